// SPDX-License-Identifier: BSD-3-Clause
// Random topologies with as many readers and forms of a packet as a burst's slots allow, under
// pressure: every port at a pace of its own, full bursts, both policies, all layouts. Each case is
// run twice, without readers and with them, and what is promised is this:
//
//   forwarding is never worse for a reader, once it has been short of room for the first time
//   nothing is lost for want of a slot
//   every port sends what came in by one receive queue in the order it came
//
// Until forwarding is short of room at a port, readers may have all that it leaves free. How much
// that is does not depend on time: forwarding that leaves later than it would without them lies in
// the port's queues, and these are full when it is short of room; from then on, readers get nothing
// there. So a port sends less by what its queues hold, at most (`under_way`). One case of each
// topology is long enough for this to be little. In a bridge that waits, each port sends only what
// all the others have room for, and misses what they miss.
//
// A failure names the seed and shows the configuration; PLATTER_SEED=… in the environment makes
// that the only one.
#include <array>
#include <cstdlib>
#include <cstring>
#include <random>

#include "testbed.h"

namespace
{

#ifdef SANITIZED
enum : unsigned { TOPOLOGIES = 75 };
#else
enum : unsigned { TOPOLOGIES = 500 };
#endif
enum : unsigned { CASES = 20, PER_TEST = 25, FIRST_SEED = 20261128 };
enum : unsigned { TURNS = 8, TURNS_LONG = 120 };
enum : unsigned { RECEIVE_RING = 127, TRANSMIT_RING = 64 };

enum : size_t { LENGTH = 100, TRUNCATED_MOST = 60 };

using Counts = std::array<uint64_t, PORTS_MAX>; // forwarded, by port

class ForwardingPressure : public Testbed, public testing::WithParamInterface<unsigned>
{
protected:
  std::mt19937 random;
  unsigned n_ports = 0, n_sources = 0;
  std::vector<portset> own; // by port: where its entry sends

  unsigned below(unsigned n)
  {
    return random() % n;
  }

  template <typename All> auto of(const All &all)
  {
    return all[below(all.size())];
  }

  static std::string names(portset ports)
  {
    std::string all;
    for (; ports != 0; ports &= ports - 1)
      all += (all.empty() ? "p" : ", p") + std::to_string(__builtin_ctz(ports));
    return all;
  }

  std::string forward()
  {
    std::string all;
    own.assign(n_ports, 0);
    for (unsigned port = 0; port < n_sources;) {
      unsigned n = std::min(n_sources - port, 2 + below(3));
      portset ports = ((portset{1} << n) - 1) << port;
      for (unsigned p = port; n > 1 && p < port + n; p++)
        own[p] = ports & ~(portset{1} << p);
      const char *kind = n == 1 ? "sink" : n == 2 ? of(std::vector{"wire", "bridge"}) : "bridge";
      bool vlans = n > 2 && below(2) == 0;
      all += std::string("  - ") + kind + ": " + (vlans ? "{ports: {" : "[");
      for (unsigned p = port; vlans && p < port + n; p++)
        all += "p" + std::to_string(p) + ": {" +
               (p % 2 == 0 ? "access: 7" : "trunk: [7], native: 7") + (p % 3 == 1 ? "}, " : "}, ");
      all += vlans ? "}}\n" : names(ports) + "]\n";
      port += n;
    }
    return all + "  - sink: [" +
           names(((portset{1} << n_ports) - 1) & ~((portset{1} << n_sources) - 1)) + "]\n";
  }

  // Readers only of what is for port 53. Those of whole packets at ports that these are not
  // forwarded to, where they are known by that; the others by their length.
  std::string mirror(bool egress)
  {
    portset from = 1 + below((1u << n_sources) - 1), sent = 0;
    portset to = 1 + below((1u << n_ports) - 1);
    unsigned length = below(3) > 0 ? 20 + below(TRUNCATED_MOST - 20) : 0;
    for (unsigned port = 0; port < n_sources; port++)
      sent |= egress || (from >> port & 1) != 0 ? own[port] : 0;
    if (length == 0)
      to &= ~sent;
    if (to == 0)
      return "";
    return "  - { " + std::string(egress ? "to" : "from") + ": [" + names(from) +
           "], match: \"udp dst port 53\", " + (below(4) == 0 ? "balance" : "mirror") + ": [" +
           names(to) + "]" + (length > 0 ? ", truncate: " + std::to_string(length) : "") + " }\n";
  }

  std::string rules()
  {
    std::string all;
    for (unsigned n = 1 + below(below(8) == 0 ? 24 : 5); n > 0; n--)
      all += mirror(below(4) == 0);
    for (unsigned n = below(3) == 0 ? below(7) : 0; n > 0; n--)
      all += "  - { to: [" + names(1 + below((1u << n_sources) - 1)) +
             "], match: \"\", vlan: {push: " + std::to_string(1 + below(9)) + "} }\n";
    return all.empty() ? "  - { from: [p0], match: \"\", count: true }\n" : all;
  }

  std::string topology()
  {
    n_sources = 2 + below(5);
    n_ports = n_sources + 1 + below(2);
    std::string all = "forward:\n" + forward();
    const std::vector<const char *> cores = {"[0]", "[0, 1]", "[0, 1, 2]"}, sizes = {"64", "300"};
    all += "rules:\n" + rules() + "workers: {cores: " + of(cores) +
           ", layout: " + of(std::vector{"pipeline", "pipeline", "run-to-completion"}) +
           ", handoff: " + of(sizes) + "}\noverload: " + of(std::vector{"wait", "drop", "auto"}) +
           "\nmemory: {mbufs: 8192}\n";
    return all;
  }

  // Broadcast, from an address that is the port and a number, UDP to port 53 or another.
  rte_mbuf *packet(unsigned port, uint32_t number, bool read)
  {
    static const uint8_t start[] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0,  0, 0, 8, 0,  0x45, 0, 0,  86, 0,  0, 0,
        0,    64,   17,   0,    0,    10,   0, 0, 1, 10, 0, 0, 2, 16, 0,    0, 53, 0,  66, 0, 0};
    rte_mbuf *m = rte_pktmbuf_alloc(memory.pool[0].frames);
    if (m == nullptr)
      throw std::runtime_error("no mbufs left");
    auto *bytes = reinterpret_cast<uint8_t *>(rte_pktmbuf_append(m, LENGTH));
    memcpy(bytes, start, sizeof(start));
    bytes[7] = static_cast<uint8_t>(port);
    memcpy(bytes + 8, &number, sizeof(number));
    bytes[37] = read ? 53 : 54;
    return m;
  }

  struct Case {
    unsigned turns;
    std::vector<unsigned> pace, offered; // by port, in each turn
  };

  Case some_case(unsigned turns)
  {
    Case c = {turns, {}, {}};
    for (unsigned port = 0; port < n_ports; port++) {
      c.pace.push_back(below(4) == 0 ? 1 + below(200) : 4 + below(60));
      c.offered.push_back(below(3) == 0 ? below(65) : unsigned{BURST_MAX});
    }
    return c;
  }

  // What came in by `from` leaves by `port` in order.
  void expect_in_order(unsigned from, unsigned port, uint32_t number)
  {
    EXPECT_LE(sent[from][port], number) << "out of order from " << from << " at " << port;
    sent[from][port] = number;
  }

  // What `port` takes in a turn.
  void take(unsigned port, unsigned most, Counts &forwarded)
  {
    Packets packets = read(port, most);
    for (const rte_mbuf *m : packets) {
      uint8_t start[12];
      uint32_t number;
      const void *bytes = rte_pktmbuf_read(m, 0, sizeof(start), start);
      if (bytes != start)
        memcpy(start, bytes, sizeof(start));
      unsigned from = start[7];
      memcpy(&number, start + 8, sizeof(number));
      expect_in_order(from, port, number);
      if ((own[from] >> port & 1) != 0 && rte_pktmbuf_pkt_len(m) >= LENGTH - 4)
        forwarded[port]++;
    }
    release(packets);
  }

  // References that can be on their way to a port at once, behind those who forward there.
  unsigned under_way(unsigned port)
  {
    unsigned all = 0;
    for (unsigned w = 0; w < datapath.n_workers; w++) {
      const egress &way = datapath.worker[w]->egress[port];
      if (way.transmit != nullptr)
        all += TRANSMIT_PENDING + TRANSMIT_RING;
      else if (way.handoff != nullptr && generation_carries(generation, w, port) != CARRIES_READERS)
        all += way.handoff->size;
    }
    return all;
  }

  // In a bridge that waits, a port sends what the others have room for, too: what their queues hold
  // may be missing here. And which packets it takes is a matter of whose turn it is whenever all
  // have room: those of a port that waits for two others seldom meet that without readers, and more
  // often with them, to the cost of its own. So what is promised there is to a port that was busy
  // all the time; half of it to others, or else they starve.
  void expect_no_worse(const Case &c, unsigned port, uint64_t without, uint64_t with)
  {
    uint64_t less = under_way(port);
    if (forwarding.wait[port] && __builtin_popcount(own[port]) > 1) {
      bool busy = without >= 0.95 * std::min(c.pace[port], unsigned{TRANSMIT_RING}) * c.turns;
      less += busy ? without / 100 : without / 2;
      for (portset others = own[port]; others != 0; others &= others - 1)
        less += under_way(__builtin_ctz(others));
    }
    EXPECT_GE(with + less, without) << "port " << port;
  }

  // From the same turn on: it says whom a worker serves first.
  Counts run_case(const Case &c, bool with_readers)
  {
    Counts forwarded = {};
    for (unsigned w = 0; w < datapath.n_workers; w++)
      datapath.worker[w]->turns = 0;
    for (unsigned turn = 0; turn < c.turns; turn++) {
      for (unsigned port = 0; port < n_sources; port++) {
        unsigned room = std::min(rte_ring_free_count(receive_ring(port)), c.offered[port]);
        Packets packets;
        for (unsigned n = room; n > 0; n--)
          packets.push_back(packet(port, next++, with_readers));
        feed(port, packets);
      }
      turn_all();
      for (unsigned port = 0; port < n_ports; port++)
        take(port, c.pace[port], forwarded);
    }
    return forwarded;
  }

  // Everything leaves, readers' handoffs included, and nothing is remembered.
  void drain()
  {
    bool moved = true;
    while (moved) {
      for (unsigned port = 0; port < n_ports; port++)
        datapath.pressure[port].level = 0;
      settle();
      moved = false;
      for (unsigned port = 0; port < n_ports; port++) {
        Packets packets = read(port);
        moved |= !packets.empty();
        release(packets);
      }
    }
    for (unsigned port = 0; port < n_ports; port++)
      datapath.pressure[port].level = 0;
    for (unsigned port = 0; port < n_sources; port++)
      ASSERT_EQ(rte_ring_count(receive_ring(port)), 0u);
    counters all = count_all();
    ASSERT_EQ(all.handed, all.taken);
    ASSERT_EQ(all.pending, 0u);
  }

  uint64_t dropped_anywhere(const char *reason)
  {
    uint64_t all = 0;
    for (unsigned port = 0; port < n_ports; port++)
      all += dropped(port, reason);
    return all;
  }

  std::array<std::array<uint32_t, PORTS_MAX>, PORTS_MAX> sent = {}; // last, from port to port
  uint32_t next = 0;
};

TEST_P(ForwardingPressure, IsNeverWorseForAReader)
{
  const char *only = getenv("PLATTER_SEED");
  unsigned seed = only != nullptr ? static_cast<unsigned>(strtoul(only, nullptr, 10)) : GetParam();
  for (unsigned n = only != nullptr ? 1 : unsigned{PER_TEST}; n > 0 && !HasFailure(); n--, seed++) {
    random.seed(seed);
    std::string rest = topology();
    SCOPED_TRACE("PLATTER_SEED=" + std::to_string(seed) + "\n" + rest);
    std::vector<std::string> names;
    for (unsigned port = 0; port < n_ports; port++)
      names.push_back("p" + std::to_string(port));
    Sizes sizes;
    sizes.receive = RECEIVE_RING;
    sizes.transmit = TRANSMIT_RING;
    start(text(names, rest), sizes);
    for (unsigned k = 0; k < CASES && !HasFailure(); k++) {
      SCOPED_TRACE("case " + std::to_string(k));
      Case c = some_case(k + 1 < CASES ? TURNS : TURNS_LONG);
      Counts without = run_case(c, false);
      drain();
      Counts with = run_case(c, true);
      drain();
      for (unsigned port = 0; port < n_sources; port++)
        expect_no_worse(c, port, without[port], with[port]);
    }
    for (const char *reason : {"rule_no_mbuf", "no_tag_mbuf", "no_header_mbuf", "no_verdict"})
      EXPECT_EQ(dropped_anywhere(reason), 0u) << reason;
    sent = {};
    TearDown();
  }
}

INSTANTIATE_TEST_SUITE_P(From, ForwardingPressure,
                         testing::Range<unsigned>(FIRST_SEED, FIRST_SEED + TOPOLOGIES, PER_TEST),
                         [](const auto &info) { return std::to_string(info.param); });

} // namespace
