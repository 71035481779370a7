// SPDX-License-Identifier: BSD-3-Clause
// A bed with the forwarding and the rules of a model: what is passed through both must leave both
// alike, byte by byte and buffer by buffer.
#ifndef TESTS_DATAPATH_FORWARDING_BED_H
#define TESTS_DATAPATH_FORWARDING_BED_H

#include <algorithm>
#include <cstring>

#include "bridge_bed.h"
#include "forwarding_model.h"

struct Frame {
  Bytes bytes;
  std::vector<size_t> segments;
};

// What the payload of a frame says it is.
enum class Payload { ip_udp, ip_tcp, ip6_udp, ip6_tcp, arp, other };

// The payload's first bytes: of a flow (0 to 255), or of its way back.
inline Bytes payload(Payload kind, unsigned flow, bool back = false)
{
  uint8_t number = static_cast<uint8_t>(flow);
  bool tcp = kind == Payload::ip_tcp || kind == Payload::ip6_tcp;
  Bytes one = {10, static_cast<uint8_t>(9 + number % 2), 0, number}, two = {192, 168, 1, 7}, bytes;
  Bytes ports[] = {{0x80, number}, tcp ? Bytes{0x01, 0xbb} : Bytes{0, 53}};
  if (back) {
    std::swap(one, two);
    std::swap(ports[0], ports[1]);
  }
  switch (kind) {
  case Payload::ip_udp:
  case Payload::ip_tcp:
    bytes = {0x08, 0, 0x45, 0, 0, 46, 0, 0, 0, 0, 64, static_cast<uint8_t>(tcp ? 6 : 17), 0, 0};
    break;
  case Payload::ip6_udp:
  case Payload::ip6_tcp:
    bytes = {0x86, 0xdd, 0x60, 0, 0, 0, 0, 40, static_cast<uint8_t>(tcp ? 6 : 17), 64};
    one.insert(one.begin(), 12, 0x20);
    two.insert(two.begin(), 12, 0x20);
    break;
  case Payload::arp:
    bytes = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1, 2, 1, 0, 0, 0, number};
    break;
  case Payload::other:
    return {0x88, 0xb5, number};
  }
  bytes.insert(bytes.end(), one.begin(), one.end());
  if (kind == Payload::arp)
    return bytes;
  bytes.insert(bytes.end(), two.begin(), two.end());
  for (const Bytes &port : ports)
    bytes.insert(bytes.end(), port.begin(), port.end());
  return bytes;
}

inline Bytes whole_frame(const Bytes &to, const Bytes &from, const std::vector<uint32_t> &tags,
                         const Bytes &inside, size_t length)
{
  Bytes bytes = frame(to, from, tags, 0);
  bytes.resize(bytes.size() - 2); // its EtherType
  bytes.insert(bytes.end(), inside.begin(), inside.end());
  Bytes rest = pattern(length - std::min(length, bytes.size()), inside.back());
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

class ForwardingBed : public Testbed
{
protected:
  model::Model model;

  void start_model(const std::string &cores = "[0]", const Sizes &sizes = {256, 1024, 0})
  {
    std::vector<std::string> names;
    for (unsigned i = 0; i < model.n_ports; i++)
      names.push_back("p" + std::to_string(i));
    start(text(names, model.text() + "memory: {mbufs: 2048}\nworkers: {cores: " + cores +
                          ", handoff: 512}\n"),
          sizes);
    up = model::ALL;
    tick();
  }

  void links(portset now_up)
  {
    up = now_up;
    model.links(up);
    datapath_links(&datapath, up);
    tick();
  }

  void tick()
  {
    now += 0.1;
    bridges_tick(bridges, up, now);
  }

  // One poll of up to a burst.
  void pass(unsigned port, const std::vector<Frame> &frames)
  {
    Packets packets;
    for (const Frame &frame : frames)
      packets.push_back(make(frame.bytes, frame.segments));
    std::map<const void *, int> received;
    for (const Look &packet : look(packets))
      for (const Look::Segment &segment : packet.segments)
        received.emplace(segment.buffer, received.size());

    Counts before = counts();
    expected = model.pass(port, model_packets(frames, packets.data()));
    EXPECT_LE(expected.slots, forwarding.slots[port]) << "control's count, for one packet";
    feed(port, packets);
    settle();
    std::map<unsigned, Packets> out;
    for (unsigned p = 0; p < model.n_ports; p++)
      for (rte_mbuf *m : read(p)) {
        out[(model.probes & model::bit(p)) != 0 ? unsigned{model::PROBES} : p].push_back(m);
        left[p]++;
      }
    expect_same(received, out);
    expect_counts(before, counts());
    for (const auto &[p, packets_out] : out)
      release(packets_out);
    tick();
  }

  model::Result expected;            // of the last pass
  std::map<unsigned, unsigned> left; // packets that have left by each port
  portset up = model::ALL;

private:
  // Segments as (number of the received one or -1, offset, length), and the bytes.
  using Out = std::pair<std::vector<std::tuple<int, size_t, size_t>>, Bytes>;

  struct Counts {
    std::map<std::string, uint64_t> dropped;
    copy_count headers, frames;
  };

  Counts counts()
  {
    counters all = count_all();
    Counts c = {{}, {}, {}};
    for (unsigned id = 0; id < drop_reasons.count; id++) {
      std::string name = drop_reasons.label[id]->name;
      if (name == "bridge_source" || name == "link_local" || name == "vlan_refused")
        name = "refused"; // more than one of them may hold
      for (unsigned p = 0; p < PORTS_MAX; p++)
        c.dropped[name] += all.dropped[p][id];
    }
    c.headers = all.copied[label_id(copy_sites, "header_rewrite")];
    c.frames = all.copied[label_id(copy_sites, "short_frame")];
    return c;
  }

  // `packets`: the same frames as mbufs, or NULL.
  static std::vector<model::Packet> model_packets(const std::vector<Frame> &frames,
                                                  rte_mbuf *const *packets)
  {
    std::vector<model::Packet> all;
    int number = 0;
    for (size_t i = 0; i < frames.size(); i++) {
      all.push_back({frames[i].bytes, {}});
      const rte_mbuf *m = packets != nullptr ? packets[i] : nullptr;
      for (size_t length : frames[i].segments) {
        all[i].segments.push_back(
            {std::make_shared<model::Buffer>(model::Buffer{nullptr, number++}),
             m != nullptr ? size_t{m->data_off} : 1024, length});
        m = m != nullptr ? m->next : nullptr;
      }
    }
    return all;
  }

  static Out as_out(const model::Packet &packet, std::set<const void *> &made)
  {
    Out out = {{}, packet.bytes};
    for (const model::Segment &s : packet.segments) {
      const model::Buffer *buffer =
          s.buffer->over != nullptr ? s.buffer->over.get() : s.buffer.get();
      if (buffer->received < 0)
        made.insert(buffer);
      out.first.emplace_back(buffer->received, buffer->received < 0 ? 0 : s.offset, s.length);
    }
    return out;
  }

  static Out as_out(const rte_mbuf *m, const std::map<const void *, int> &received,
                    std::set<const void *> &made)
  {
    Look packet = look(m);
    Out out = {{}, packet.bytes};
    for (const Look::Segment &s : packet.segments) {
      auto known = received.find(s.buffer);
      bool is = known != received.end();
      if (!is)
        made.insert(s.buffer);
      out.first.emplace_back(is ? known->second : -1, is ? s.offset : 0, s.length);
    }
    return out;
  }

  // The same packets at each port, in the same order, over the same buffers, and as many private
  // ones. What leaves by several probes is put together from them, and has no order.
  void expect_same(const std::map<const void *, int> &received,
                   const std::map<unsigned, Packets> &out)
  {
    std::set<const void *> made, model_made;
    std::map<unsigned, std::vector<Out>> is, should;
    for (const auto &[port, packets] : out)
      for (const rte_mbuf *m : packets)
        is[port].push_back(as_out(m, received, made));
    for (const auto &[port, packets] : expected.out)
      for (const model::Packet &packet : packets)
        should[port].push_back(as_out(packet, model_made));
    EXPECT_EQ(made.size(), model_made.size());
    for (unsigned port = 0; port < PORTS_MAX; port++) {
      if (port == model::PROBES) {
        std::sort(is[port].begin(), is[port].end());
        std::sort(should[port].begin(), should[port].end());
      }
      EXPECT_EQ(is[port].size(), should[port].size()) << "port " << port;
      EXPECT_EQ(is[port], should[port]) << "port " << port;
    }
  }

  void expect_counts(const Counts &before, const Counts &after)
  {
    for (const auto &[name, n] : after.dropped)
      EXPECT_EQ(n - before.dropped.at(name), expected.dropped[name]) << name;
    EXPECT_EQ(after.headers.packets - before.headers.packets, expected.copied.headers);
    EXPECT_EQ(after.headers.bytes - before.headers.bytes, expected.copied.header_bytes);
    EXPECT_EQ(after.frames.packets - before.frames.packets, expected.copied.frames);
    EXPECT_EQ(after.frames.bytes - before.frames.bytes, expected.copied.frame_bytes);
    auto s = std::make_unique<struct status>();
    memset(static_cast<void *>(s.get()), 0, sizeof(*s));
    rules_gather(rules, s.get());
    ASSERT_EQ(s->n_rules, model.rules.size());
    for (size_t i = 0; i < model.rules.size(); i++) {
      EXPECT_EQ(s->rule[i].packets, model.rules[i].matches) << "rule " << i;
      EXPECT_EQ(s->rule[i].lost, 0u) << "rule " << i;
    }
  }

  double now = 1000;
};

#endif
