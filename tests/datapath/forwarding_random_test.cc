// SPDX-License-Identifier: BSD-3-Clause
// Random topologies, VLAN tables, rules and frames, passed through the datapath and through a model
// of it. A failure names the seed and shows the configuration; PLATTER_SEED=… in the environment
// makes that the only one.
#include <cstdlib>
#include <random>

#include "forwarding_bed.h"

namespace
{

// Instrumented, these are the first of the same ones.
#ifdef SANITIZED
enum : unsigned { TOPOLOGIES = 300 };
#else
enum : unsigned { TOPOLOGIES = 1000 };
#endif
enum : unsigned { PER_TEST = 50, BURSTS = 10, FIRST_SEED = 20240301 };

const std::vector<unsigned> vlans = {10, 20, 30};

class Random
{
public:
  explicit Random(unsigned seed) : engine(seed) {}
  unsigned below(size_t n)
  {
    return static_cast<unsigned>(engine() % n);
  }
  bool one_in(unsigned n)
  {
    return below(n) == 0;
  }
  template <typename All> const auto &of(const All &all)
  {
    return all[below(all.size())];
  }

private:
  std::mt19937 engine;
};

class ForwardingRandom : public ForwardingBed, public testing::WithParamInterface<unsigned>
{
protected:
  Random random{0};
  model::Ports named = 0; // ports that rules may name

  model::Ports some(bool maybe_none = false)
  {
    model::Ports ports = 0;
    while (ports == 0) {
      for (unsigned port : model::list(named))
        ports |= random.one_in(3) ? model::bit(port) : 0;
      if (maybe_none)
        break;
    }
    return ports;
  }

  model::Member member(bool aware)
  {
    model::Member m;
    if (random.one_in(6))
      m.learn = random.below(3);
    if (!aware)
      return m;
    if (random.one_in(2)) {
      m.access = random.of(vlans);
      return m;
    }
    m.trunk.insert(random.of(vlans));
    for (unsigned vlan : vlans)
      if (random.one_in(2))
        m.trunk.insert(vlan);
    if (random.one_in(2))
      m.native = *std::next(m.trunk.begin(), random.below(m.trunk.size()));
    return m;
  }

  model::Entry bridge(const std::vector<unsigned> &ports)
  {
    model::Entry entry = {"bridge", ports, random.one_in(2), {}, {}};
    for (unsigned port : ports)
      entry.member[port] = member(entry.vlans);
    if (random.one_in(3)) {
      unsigned port = random.of(ports);
      const model::Member &m = entry.member[port];
      unsigned vlan = m.access != 0 ? m.access : entry.vlans ? *m.trunk.begin() : 0;
      entry.table[{vlan, station(random.below(6))}] = {port, true};
    }
    return entry;
  }

  // Some ports forward, one or two only read, and the last ones are members of a balance.
  void make_topology()
  {
    std::vector<unsigned> sinks;
    unsigned forwarding = 1 + random.below(7), taps = 1 + random.below(2);
    for (unsigned port = 0; port < forwarding;) {
      unsigned left = forwarding - port, n = std::min(left, 2 + random.below(3));
      std::vector<unsigned> ports(n);
      std::iota(ports.begin(), ports.end(), port);
      if (n >= 2 && random.one_in(4))
        model.forward.push_back({"wire", {port, port + 1}, false, {}, {}}), n = 2;
      else if (n >= 2 && !random.one_in(4))
        model.forward.push_back(bridge(ports));
      else
        model.forward.push_back({"reflect", {port}, false, {}, {}}), n = 1;
      port += n;
    }
    named = model::bit(forwarding + taps) - 1;
    model.n_ports = forwarding + taps + 2 + random.below(2);
    for (unsigned port = forwarding; port < model.n_ports; port++) {
      sinks.push_back(port);
      model.probes |= (named & model::bit(port)) == 0 ? model::bit(port) : 0;
    }
    model.forward.push_back({"sink", sinks, false, {}, {}});
  }

  // Which of a packet's slots a sampling rule takes depends on their order, where there are
  // several.
  bool may_sample(bool egress)
  {
    for (const model::Entry &entry : model.forward)
      if (egress && entry.vlans)
        return false;
    for (const model::Rule &rule : model.rules)
      if (egress && rule.egress && rule.vlan != model::Vlan::none)
        return false;
    return true;
  }

  model::Rule rule(bool may_sample_at_all)
  {
    model::Rule r;
    r.egress = random.one_in(2);
    r.filter = random.one_in(3) ? &model::filter("") : &random.of(model::filters());
    if (may_sample_at_all && may_sample(r.egress) && random.one_in(4))
      r.sample = 1 + random.below(3);
    r.drop = random.one_in(8);
    r.mirror = random.one_in(2) ? some(true) : 0;
    r.balance = random.one_in(3);
    if ((r.mirror != 0 || r.balance) && random.one_in(2))
      r.truncate = random.of(std::vector<unsigned>{14, 18, 60, 64, 65, 128, 129, 1000, 9216});
    if (!r.drop) {
      if (random.one_in(3)) {
        r.vlan = random.of(std::vector{model::Vlan::push, model::Vlan::pop, model::Vlan::set});
        r.vlan_id = random.of(vlans);
        if (r.vlan == model::Vlan::push && random.one_in(3))
          r.vlan_tpid = model::SERVICE;
      }
      if (random.one_in(5))
        r.redirect = some();
    }
    r.stop = random.one_in(4);
    r.ports_named = r.egress || !random.one_in(4);
    r.ports = r.ports_named ? some()
                            : (model::bit(model.n_ports) - 1) &
                                  ~(r.mirror | r.redirect | (r.balance ? model.probes : 0));
    if (r.ports == 0)
      r.ports = some(), r.ports_named = true;
    return r;
  }

  Bytes address(bool source)
  {
    unsigned kind = random.below(20);
    if (kind == 0)
      return source ? Bytes(6) : Bytes{1, 0x80, 0xc2, 0, 0, static_cast<uint8_t>(random.below(20))};
    if (kind < 4 && !source)
      return random.one_in(2) ? broadcast : group;
    return kind == 4 && source && random.one_in(2) ? group : station(random.below(6));
  }

  std::vector<uint32_t> tags()
  {
    const std::vector<uint32_t> first = {
        tag(0, random.below(8)), tag(10), tag(20, 5), tag(30), tag(40), tag(4095),
        0x88a80000u + 10};
    if (random.one_in(3))
      return {};
    if (random.one_in(5))
      return {random.of(first), random.of(first)};
    return {random.of(first)};
  }

  Frame frame()
  {
    size_t length = random.of(std::vector<size_t>{60, 64, 65, 127, 128, 129, 1514, 9000});
    auto kind = random.of(std::vector{Payload::ip_udp, Payload::ip_tcp, Payload::ip6_udp,
                                      Payload::ip6_tcp, Payload::arp, Payload::other});
    Frame f;
    f.bytes =
        whole_frame(address(false), address(true), tags(), payload(kind, random.below(8)), length);
    unsigned n = length > 2000 ? 6 + random.below(4) : random.one_in(2) ? 1 : 2 + random.below(3);
    f.segments = ::split(f.bytes.size(), n);
    if (random.one_in(4)) { // a header in pieces
      size_t piece = std::min<size_t>(1 + random.below(20), f.segments[0] - 1);
      f.segments[0] -= piece;
      f.segments.insert(f.segments.begin(), piece);
    }
    return f;
  }

  void burst()
  {
    unsigned port;
    do
      port = random.below(model.n_ports);
    while ((up & model::bit(port)) == 0);
    unsigned n = random.one_in(8) ? 33 + random.below(31) : 1 + random.below(8);
    if (random.one_in(4))
      n = BURST_MAX;
    std::vector<Frame> frames;
    for (unsigned i = 0; i < n; i++)
      frames.push_back(frame());
    pass(port, frames);
  }
};

TEST_P(ForwardingRandom, LeavesAsTheModelSays)
{
  const char *only = getenv("PLATTER_SEED");
  unsigned seed = only != nullptr ? static_cast<unsigned>(strtoul(only, nullptr, 10)) : GetParam();
  for (unsigned n = only != nullptr ? 1 : unsigned{PER_TEST}; n > 0 && !HasFailure(); n--, seed++) {
    random = Random(seed);
    model = {};
    make_topology();
    std::string cores = random.one_in(3) ? "[0, 1]" : "[0]";
    for (unsigned rules = random.below(7); rules > 0; rules--)
      model.rules.push_back(rule(cores == "[0]"));
    SCOPED_TRACE("PLATTER_SEED=" + std::to_string(seed) + "\n" + model.text());
    start_model(cores);
    for (unsigned i = 0; i < BURSTS && !HasFailure(); i++) {
      SCOPED_TRACE("burst " + std::to_string(i));
      if (random.one_in(5))
        links(random.one_in(3) ? model::ALL : random.below(1u << model.n_ports) | model::bit(0));
      burst();
    }
    TearDown();
  }
}

INSTANTIATE_TEST_SUITE_P(From, ForwardingRandom,
                         testing::Range<unsigned>(FIRST_SEED, FIRST_SEED + TOPOLOGIES, PER_TEST),
                         [](const auto &info) { return std::to_string(info.param); });

} // namespace
