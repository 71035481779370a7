// SPDX-License-Identifier: BSD-3-Clause
// Readers at a port that forwarding fills, or does not. Whatever the port takes in a turn, whoever
// comes first and whichever way they come: a mirror never costs forwarding anything, and gets what
// forwarding leaves.
#include "testbed.h"

namespace
{

enum {
  SOURCE,
  BUSY,
  MIRRORED
}; // ports: a wire from the first to the second, a mirror from the third

struct Way {
  const char *name, *assign;
};
const std::vector<Way> ways = {
    {"local", "{ core: 0, rx: [source/0, busy/0, mirrored/0], tx: [source, busy] }"},
    {"one_handoff", "{ core: 0, rx: [source/0, mirrored/0] }, "
                    "{ core: 1, rx: [busy/0], tx: [source, busy] }"},
    {"two_handoffs", "{ core: 0, rx: [source/0] }, { core: 1, rx: [busy/0], tx: [source, busy] }, "
                     "{ core: 2, rx: [mirrored/0] }"},
    {"mirror_local", "{ core: 0, rx: [source/0] }, "
                     "{ core: 1, rx: [busy/0, mirrored/0], tx: [source, busy] }"},
    {"wire_local", "{ core: 0, rx: [source/0, busy/0], tx: [source, busy] }, "
                   "{ core: 1, rx: [mirrored/0] }"},
};

using Case = std::tuple<Way, const char *, unsigned>; // way, policy, references taken each turn

void PrintTo(const Case &test, std::ostream *out)
{
  *out << std::get<0>(test).name << "_" << std::get<1>(test) << "_" << std::get<2>(test);
}

struct Got {
  uint64_t forwarded, read;
};

// Shares of what is forwarded are within a hundredth after so many turns. Instrumented, the same
// code runs and only memory is looked at: a turn is like the next.
#ifdef SANITIZED
enum : unsigned { TURNS = 900 };
#else
enum : unsigned { TURNS = 6000 };
#endif

class Pressure : public Testbed
{
protected:
  enum : unsigned { WARM_UP = 600 };

  void start_busy(const Way &way, const char *policy, unsigned pace)
  {
    Sizes sizes;
    sizes.transmit = pace;
    sizes.receive = 128;
    start(text({"source", "busy", "mirrored"},
               std::string("forward: [wire: [source, busy], sink: [mirrored]]\n") +
                   "rules: [{ from: [mirrored], match: \"\", mirror: [busy] }]\n" +
                   "workers: { assign: [" + way.assign + "] }\noverload: " + policy + "\n"),
          sizes);
  }

  void feed_more(unsigned port, unsigned most)
  {
    unsigned room = rte_ring_free_count(receive_ring(port));
    for (unsigned n = std::min(room, most); n > 0; n--) {
      rte_mbuf *m = rte_pktmbuf_alloc(memory.pool[0].frames);
      ASSERT_NE(m, nullptr);
      rte_pktmbuf_append(m, static_cast<uint16_t>(60 + port));
      feed(port, {m});
    }
  }

  // As many turns, with so many packets offered in each.
  Got run_turns(unsigned turns, unsigned pace, unsigned offered, unsigned mirrored)
  {
    Got got = {0, 0};
    for (unsigned i = 0; i < turns; i++) {
      feed_more(SOURCE, offered);
      feed_more(MIRRORED, mirrored);
      turn_all();
      Packets packets = read(BUSY, pace);
      for (const rte_mbuf *m : packets)
        (rte_pktmbuf_pkt_len(m) == 60 + SOURCE ? got.forwarded : got.read)++;
      release(packets);
    }
    return got;
  }

  uint64_t lost()
  {
    return sum_dropped(count_all()) - dropped(MIRRORED, "sink");
  }

  void forget()
  {
    for (unsigned port = 0; port < PORTS_MAX; port++)
      datapath.pressure[port].level = 0;
  }
};

class Busy : public Pressure, public testing::WithParamInterface<Case>
{
};

TEST_P(Busy, AMirrorCostsForwardingNothing)
{
  const auto &[way, policy, pace] = GetParam();
  start_busy(way, policy, pace);
  run_turns(WARM_UP, pace, 128, 0);
  Got alone = run_turns(TURNS, pace, 128, 0);
  forget();
  run_turns(WARM_UP, pace, 128, 128);
  Got beside = run_turns(TURNS, pace, 128, 128);
  EXPECT_GE(beside.forwarded, 0.99 * alone.forwarded) << alone.forwarded;
  if (pace <= 64) {
    EXPECT_GE(alone.forwarded, 0.9 * pace * TURNS) << "or there is nothing to lose";
  }
  if (std::string(policy) == "wait") {
    EXPECT_EQ(lost(), dropped(BUSY, "mirror_full"));
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, Busy,
                         testing::Combine(testing::ValuesIn(ways), testing::Values("wait", "drop"),
                                          testing::Values(1, 2, 8, 16, 21, 32, 33, 63, 64, 65,
                                                          100)),
                         [](const auto &info) { return testing::PrintToString(info.param); });

class Idle : public Pressure, public testing::WithParamInterface<Case>
{
};

TEST_P(Idle, AMirrorGetsWhatForwardingLeaves)
{
  const auto &[way, policy, pace] = GetParam();
  unsigned offered = pace / 4;
  start_busy(way, policy, pace);
  run_turns(WARM_UP, pace, offered, 128);
  Got got = run_turns(TURNS, pace, offered, 128);
  EXPECT_NEAR(got.forwarded, offered * TURNS, 0.01 * offered * TURNS);
  EXPECT_GE(got.read, 0.9 * std::min(pace - offered, unsigned{BURST_MAX}) * TURNS);
  EXPECT_EQ(lost(), dropped(BUSY, "mirror_full"));
}

INSTANTIATE_TEST_SUITE_P(Ways, Idle,
                         testing::Combine(testing::ValuesIn(ways), testing::Values("wait", "drop"),
                                          testing::Values(8, 40, 64)),
                         [](const auto &info) { return testing::PrintToString(info.param); });

// A wire, and a rule that sends there from another entry: they share, and neither starves.
TEST_F(Pressure, ARedirectSharesAPortThatOthersWaitFor)
{
  for (unsigned pace : {1u, 8u, 21u, 33u, 64u}) {
    Sizes sizes;
    sizes.transmit = pace;
    sizes.receive = 128;
    start(text({"source", "busy", "mirrored"},
               "forward: [wire: [source, busy], sink: [mirrored]]\n"
               "rules: [{ from: [mirrored], match: \"\", redirect: [busy] }]\n"
               "workers: { cores: [0] }\noverload: wait\n"),
          sizes);
    Got got = run_turns(TURNS, pace, 128, 128);
    EXPECT_GE(got.forwarded, 0.4 * pace * TURNS) << pace;
    EXPECT_GE(got.read, 0.4 * pace * TURNS) << pace;
    TearDown();
  }
}

// Where nothing may be lost, readers and redirects are waited for like everybody else.
TEST_F(Pressure, AReplayWaitsForReaders)
{
  for (const char *cores : {"0", "0, 1", "0, 1, 2"})
    for (unsigned size : {1u, 7u, 64u, 1000u}) {
      Sizes sizes;
      sizes.transmit = size;
      sizes.exact = true;
      std::string rules = "rules:\n  - { from: [a], match: \"\", mirror: [c] }\n"
                          "  - { from: [a], match: \"\", mirror: [c], truncate: 33 }\n"
                          "  - { from: [a], match: \"\", mirror: [d], truncate: 44 }\n"
                          "  - { to: [b], match: \"\", vlan: { push: 3 } }\n";
      start(text({"a", "b", "c", "d"},
                 "forward: [wire: [a, b], sink: [c, d]]\nworkers: { cores: [" + std::string(cores) +
                     "], handoff: 64 }\noverload: wait\n" + rules),
            sizes);
      EXPECT_EQ(forwarding.slots[0], 4u);
      Packets packets = make_many(1000, 200);
      std::vector<Bytes> at_c, before = bytes_of(packets);
      for (const Bytes &bytes : before) {
        at_c.emplace_back(bytes.begin(), bytes.begin() + 33);
        at_c.push_back(bytes); // its slot is made when the tag is pushed
      }
      feed(0, packets);
      // The collector takes nothing for a while: everybody waits.
      plug(2);
      settle();
      Packets early = read(1);
      EXPECT_LT(early.size(), 1000u);
      release(early);
      std::vector<Bytes> got;
      unplug(2);
      size_t n_d = 0;
      for (unsigned idle = 0; idle < 3; idle++) {
        settle();
        for (unsigned port : {1u, 2u, 3u}) {
          Packets out = read(port);
          idle = out.empty() ? idle : 0;
          for (const Bytes &bytes : bytes_of(out))
            if (port == 2)
              got.push_back(bytes);
          n_d += port == 3 ? out.size() : 0;
          release(out);
        }
      }
      EXPECT_EQ(got, at_c);
      EXPECT_EQ(n_d, 1000u);
      EXPECT_EQ(sum_dropped(count_all()), 0u);
      TearDown();
    }
}

} // namespace
