// SPDX-License-Identifier: BSD-3-Clause
#include "forwarding_model.h"

#include <algorithm>

namespace model
{

namespace
{

// Shorter ones are copied whole.
enum : size_t { SHORT_FRAME = 128 };

Bytes address(const Bytes &bytes, size_t at)
{
  return Bytes(bytes.begin() + static_cast<ptrdiff_t>(at),
               bytes.begin() + static_cast<ptrdiff_t>(at) + 6);
}

} // namespace

std::vector<unsigned> list(Ports ports)
{
  std::vector<unsigned> all;
  for (; ports != 0; ports &= ports - 1)
    all.push_back(static_cast<unsigned>(__builtin_ctz(ports)));
  return all;
}

// In place where nobody else holds the first segment and the bytes are all in it. Else a short
// frame is copied whole, and of a longer one the first bytes, with the rest shared behind them.
void Packet::write(size_t length, Copied &copied)
{
  const Segment &head = segments[0];
  if (head.buffer.use_count() == 1 && head.buffer->over == nullptr && length <= head.length)
    return;
  auto own = std::make_shared<Buffer>(Buffer{nullptr, -1});
  if (bytes.size() <= SHORT_FRAME) {
    copied.frames++;
    copied.frame_bytes += bytes.size();
    segments = {{own, 0, bytes.size()}};
    return;
  }
  copied.headers++;
  copied.header_bytes += length;
  std::vector<Segment> all = {{own, 0, length}};
  for (const Segment &s : segments) {
    size_t skipped = std::min(length, s.length);
    length -= skipped;
    if (skipped == 0)
      all.push_back(s);
    else if (skipped < s.length)
      all.push_back({std::make_shared<Buffer>(
                         Buffer{s.buffer->over != nullptr ? s.buffer->over : s.buffer, -1}),
                     s.offset + skipped, s.length - skipped});
  }
  segments = all;
}

Packet Packet::first(size_t length) const
{
  Packet part = {Bytes(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(length)), {}};
  for (const Segment &s : segments) {
    size_t n = std::min(length, s.length);
    if (n > 0)
      part.segments.push_back({std::make_shared<Buffer>(Buffer{
                                   s.buffer->over != nullptr ? s.buffer->over : s.buffer, -1}),
                               s.offset, n});
    length -= n;
  }
  return part;
}

size_t Model::add(size_t of, const Packet &packet, Ports verdict, Ports readers, Ports open)
{
  slots.push_back(
      {packet, verdict, readers, open, verdict == 0 ? "" : "no_verdict", true, slots[of].origin});
  return slots.size() - 1;
}

// Puts a tag on (with this TCI), takes one off, or sets it. Readers so far keep the old bytes.
void Model::edit(size_t i, Vlan vlan, unsigned tci, unsigned tpid)
{
  if (slots[i].readers != 0) {
    add(i, slots[i].packet, 0, slots[i].readers, 0);
    slots[i].readers = 0;
  }
  Packet &packet = slots[i].packet;
  packet.write(vlan == Vlan::push ? HEADER : HEADER + TAG, result.copied);
  auto at = packet.bytes.begin() + ADDRESSES;
  const Bytes tag = {static_cast<uint8_t>(tpid >> 8), static_cast<uint8_t>(tpid),
                     static_cast<uint8_t>(tci >> 8), static_cast<uint8_t>(tci)};
  if (vlan == Vlan::push) {
    packet.bytes.insert(at, tag.begin(), tag.end());
    packet.segments[0].offset -= TAG;
    packet.segments[0].length += TAG;
  } else if (vlan == Vlan::pop) {
    packet.bytes.erase(at, at + TAG);
    packet.segments[0].offset += TAG;
    packet.segments[0].length -= TAG;
  } else {
    std::copy(tag.begin() + 2, tag.end(), at + 2);
  }
}

void Model::refuse(const Rule &rule, Slot &slot)
{
  Ports mine = rule.egress ? slot.open & rule.ports : 0;
  slot.verdict = rule.egress ? slot.verdict & ~mine : 0;
  if (slot.verdict != 0) // the packet goes on elsewhere
    result.dropped["rule_drop"] += list(mine).size();
  slot.reason = "rule_drop";
  slot.settled = true;
  slot.open &= rule.egress ? ~rule.ports : 0;
}

// Returns the slot in which the packet goes on.
size_t Model::rewrite(const Rule &rule, size_t i)
{
  if (rule.vlan != Vlan::push && !tagged(slots[i].packet.bytes))
    return i;
  Ports mine = slots[i].open & rule.ports;
  if (rule.egress && mine != slots[i].verdict) {
    size_t other = add(i, slots[i].packet, mine, 0, mine);
    slots[i].verdict &= ~mine;
    slots[i].open &= ~mine;
    i = other;
  }
  unsigned priority = rule.vlan == Vlan::set ? word(slots[i].packet.bytes, HEADER) & ~VLAN_ID : 0;
  edit(i, rule.vlan, priority | rule.vlan_id, rule.vlan_tpid);
  return i;
}

// Ports that get the packet of a slot in another form.
Ports Model::elsewhere(size_t i) const
{
  Ports ports = 0;
  for (size_t other = 0; other < slots.size(); other++)
    if (other != i && slots[other].origin == slots[i].origin)
      ports |= slots[other].verdict;
  return ports;
}

// A port gets a packet once, in whatever form, and a port without a link loses it once.
void Model::redirect(const Rule &rule, size_t i)
{
  Slot &slot = slots[i];
  Ports wanted = rule.redirect & ~elsewhere(i) & ~lost[slot.origin];
  slot.verdict = rule.egress ? slot.verdict & ~(slot.open & rule.ports) : 0;
  wanted &= ~slot.verdict;
  Ports there = wanted & up;
  slot.verdict |= there;
  if (slot.verdict == 0)
    slot.reason = wanted != 0 ? "redirect_down" : "";
  else
    result.dropped["redirect_down"] += list(wanted & ~up).size();
  lost[slot.origin] |= wanted & ~up;
  if (rule.egress)
    slot.open = (slot.open & ~rule.ports) | (rule.stop ? 0 : there);
  else
    slot.settled = true;
}

void Model::give(const Rule &rule, size_t i)
{
  Ports readers = rule.mirror | (rule.balance ? bit(PROBES) : 0);
  if (readers != 0 && rule.truncate > 0 && slots[i].packet.bytes.size() > rule.truncate)
    add(i, slots[i].packet.first(rule.truncate), 0, readers, 0);
  else
    slots[i].readers |= readers;
}

// One action after the other, each for all that matched.
void Model::act(const Rule &rule, std::vector<size_t> matches)
{
  for (size_t i : matches)
    give(rule, i);
  for (size_t &i : matches)
    if (rule.drop)
      refuse(rule, slots[i]);
    else if (rule.vlan != Vlan::none)
      i = rewrite(rule, i);
  if (rule.drop)
    return;
  lost.clear();
  for (size_t i : matches)
    if (rule.redirect != 0)
      redirect(rule, i);
  for (size_t i : matches)
    if (rule.stop)
      slots[i].open &= rule.egress ? ~rule.ports : 0;
}

void Model::run_rules(bool egress)
{
  for (Slot &slot : slots)
    slot.open = egress ? slot.verdict : ALL;
  for (Rule &rule : rules) {
    if (rule.egress != egress || (!egress && (rule.ports & bit(ingress)) == 0))
      continue;
    std::vector<size_t> matches;
    for (size_t i = 0; i < slots.size(); i++) {
      if ((slots[i].open & (egress ? rule.ports : ALL)) == 0 ||
          !rule.filter->matches(slots[i].packet.bytes))
        continue;
      rule.matches++;
      if (rule.sample <= 1 || rule.matches % rule.sample == 0)
        matches.push_back(i);
    }
    act(rule, matches);
  }
}

void Model::run_forward(size_t i)
{
  Slot &slot = slots[i];
  for (Entry &entry : forward) {
    auto at = std::find(entry.ports.begin(), entry.ports.end(), ingress);
    if (at == entry.ports.end())
      continue;
    if (entry.kind == "wire") {
      slot.verdict = bit(entry.ports[at == entry.ports.begin() ? 1 : 0]);
    } else if (entry.kind == "sink") {
      slot.reason = "sink";
    } else if (entry.kind == "reflect") {
      slot.verdict = bit(ingress);
      if (slot.readers != 0)
        add(i, slot.packet, 0, slot.readers, 0);
      Packet &packet = slots[i].packet;
      slots[i].readers = 0;
      packet.write(HEADER, result.copied);
      std::swap_ranges(&packet.bytes[0], &packet.bytes[6], &packet.bytes[6]);
    } else {
      run_bridge(entry, i);
    }
  }
}

namespace
{

bool member_of(const Entry &entry, unsigned port, unsigned vlan)
{
  const Member &m = entry.member.at(port);
  return !entry.vlans || (vlan != 0 && (m.access == vlan || m.trunk.count(vlan) > 0));
}

bool leaves_untagged(const Entry &entry, unsigned port, unsigned vlan)
{
  const Member &m = entry.member.at(port);
  return m.access == vlan || m.native == vlan;
}

} // namespace

void Model::run_bridge(Entry &entry, size_t i)
{
  const Bytes &bytes = slots[i].packet.bytes;
  const Bytes to = address(bytes, 0), from = address(bytes, 6);
  unsigned vlan = 0, tci = 0;
  slots[i].reason = "refused";
  if (from[0] % 2 == 1 || from == Bytes(6) ||
      (Bytes(to.begin(), to.begin() + 5) == Bytes{1, 0x80, 0xc2, 0, 0} && to[5] < 16))
    return;
  if (entry.vlans) {
    const Member &port = entry.member[ingress];
    tci = word(bytes, ADDRESSES) == CUSTOMER ? word(bytes, HEADER) : 0;
    if ((tci & VLAN_ID) == 0)
      tci |= port.access != 0 ? port.access : port.native;
    vlan = tci & VLAN_ID;
    if (!member_of(entry, ingress, vlan))
      return;
  }
  learned.push_back([this, &entry, key = Key{vlan, from}] { learn(entry, key); });

  slots[i].reason = "same_port";
  if (to == from) // it is where it sends from
    return;
  auto known = entry.table.find({vlan, to});
  Ports ports = 0;
  if (to[0] % 2 == 0 && known != entry.table.end())
    ports = bit(known->second.port);
  else
    for (unsigned port : entry.ports)
      ports |= member_of(entry, port, vlan) ? bit(port) : 0;
  slots[i].reason = ports == bit(ingress) && to[0] % 2 == 0 && known != entry.table.end()
                        ? "same_port"
                        : "no_member_up";
  slots[i].verdict = ports & up & ~bit(ingress);
  if (entry.vlans && slots[i].verdict != 0)
    bridge_tags(entry, i, vlan, tci);
}

// Ports that take it as it came keep the buffer, the others get a slot of their own.
void Model::bridge_tags(const Entry &entry, size_t i, unsigned vlan, unsigned tci)
{
  const Bytes &bytes = slots[i].packet.bytes;
  bool has = word(bytes, ADDRESSES) == CUSTOMER;
  bool named = has && (word(bytes, HEADER) & VLAN_ID) != 0;
  Ports untagged = 0;
  for (unsigned port : list(slots[i].verdict))
    untagged |= leaves_untagged(entry, port, vlan) ? bit(port) : 0;
  Ports with = slots[i].verdict & ~untagged;
  auto change = [&](size_t slot, bool tag) {
    if (tag && !named)
      edit(slot, has ? Vlan::set : Vlan::push, tci);
    else if (!tag && has)
      edit(slot, Vlan::pop, 0);
  };
  if (with != 0 && untagged != 0) {
    Ports apart = has ? untagged : with;
    size_t other = add(i, slots[i].packet, apart, 0, 0);
    slots[i].verdict &= ~apart;
    change(other, apart == with);
    change(i, apart != with);
  } else {
    change(i, with != 0);
  }
}

void Model::learn(Entry &entry, const Key &key)
{
  auto known = entry.table.find(key);
  if (known != entry.table.end() && (known->second.fixed || known->second.port == ingress))
    return;
  unsigned n = 0;
  for (const auto &[other, station] : entry.table)
    n += !station.fixed && station.port == ingress;
  if (n < entry.member[ingress].learn)
    entry.table[key] = {ingress, false};
}

void Model::links(Ports now_up)
{
  up = (now_up & ~bit(PROBES)) | ((now_up & probes) != 0 ? bit(PROBES) : 0);
  for (Entry &entry : forward)
    for (auto at = entry.table.begin(); at != entry.table.end();)
      at = !at->second.fixed && (up & bit(at->second.port)) == 0 ? entry.table.erase(at)
                                                                 : std::next(at);
}

void Model::dispatch()
{
  std::map<size_t, size_t> forms;
  for (const Slot &slot : slots)
    result.slots = std::max(result.slots, ++forms[slot.origin]);
  std::stable_sort(slots.begin(), slots.end(),
                   [](const Slot &a, const Slot &b) { return a.origin < b.origin; });
  for (const Slot &slot : slots) {
    Ports readers = slot.readers & ~slot.verdict;
    for (unsigned port : list(slot.verdict | (readers & up)))
      result.out[port].push_back(slot.packet);
    for (size_t n = list(readers & ~up).size(); n > 0; n--)
      result.dropped["mirror_down"]++;
    if (slot.verdict == 0 && slot.reason != "")
      result.dropped[slot.reason]++;
  }
}

Result Model::pass(unsigned port, std::vector<Packet> packets)
{
  ingress = port;
  result = {};
  for (Packet &packet : packets)
    slots.push_back({std::move(packet), 0, 0, 0, "no_verdict", false, slots.size()});
  run_rules(false);
  for (size_t i = 0, n = slots.size(); i < n; i++)
    if (!slots[i].settled)
      run_forward(i);
  run_rules(true);
  dispatch();
  slots.clear();
  for (const auto &tell : learned)
    tell();
  learned.clear();
  return std::move(result);
}

} // namespace model
