// SPDX-License-Identifier: BSD-3-Clause
// One slow port, fed by several: a receive queue of the worker that sends to it, and handoffs from
// workers that do not. Whoever is served first must not be so for ever, at no speed of the port.
#include <algorithm>
#include <map>

#include "testbed.h"

namespace
{

// Instrumented, only memory is looked at: a quarter of the rounds goes every way.
#ifdef SANITIZED
enum : unsigned { BURSTS = 100 };
#else
enum : unsigned { BURSTS = 400 };
#endif

struct Case {
  std::string policy;
  unsigned n_others; // workers that feed the port through handoffs
  unsigned n_local;  // receive queues of the port's own worker
  unsigned pace;     // references that the port takes each turn
};

void PrintTo(const Case &test, std::ostream *out)
{
  *out << test.policy << "_" << test.n_others << "_others_" << test.n_local << "_local_pace_"
       << test.pace;
}

class Fairness : public Testbed, public testing::WithParamInterface<Case>
{
protected:
  // Sources are ports 0, 1, … and each is known by the length of its frames. The last port is slow.
  void start_funnel()
  {
    const Case &test = GetParam();
    unsigned n_sources = test.n_local + test.n_others;
    std::vector<std::string> names;
    std::string list, local, others;
    for (unsigned i = 0; i < n_sources; i++) {
      names.push_back("s" + std::to_string(i));
      list += names[i] + ", ";
      if (i < test.n_local)
        local += names[i] + "/0, ";
      else
        others += ", { core: " + std::to_string(i + 1) + ", rx: [" + names[i] + "/0] }";
    }
    names.push_back("slow");
    Sizes sizes;
    sizes.transmit = test.pace;
    sizes.receive = 128;
    start(text(names, "forward: [test_funnel: [" + list +
                          "slow]]\nworkers: { assign: [{ core: 0, " + "rx: [" + local +
                          "slow/0], tx: [slow] }" + others + "] }\noverload: " + test.policy +
                          "\n"),
          sizes);
    ASSERT_EQ(datapath.n_workers, 1 + test.n_others);
    ASSERT_EQ(datapath.n_handoffs, test.n_others);
  }

  static size_t length_of(unsigned source)
  {
    return 60 + source;
  }

  void keep_full(unsigned source)
  {
    unsigned room = rte_ring_free_count(receive_ring(source));
    feed(source, make_many(room, length_of(source)));
  }
};

TEST_P(Fairness, NobodyStarves)
{
  start_funnel();
  const Case &test = GetParam();
  unsigned n_sources = test.n_local + test.n_others, slow = n_sources;
  std::map<size_t, unsigned> shares;
  for (unsigned source = 0; source < n_sources; source++)
    shares[length_of(source)] = 0;
  unsigned wanted = BURSTS * BURST_MAX, n_read = 0;
  for (unsigned round = 0; n_read < wanted && round < 100 * wanted; round++) {
    for (unsigned source = 0; source < n_sources; source++)
      keep_full(source);
    turn_all();
    Packets packets = read(slow, test.pace);
    n_read += packets.size();
    for (const rte_mbuf *m : packets)
      shares[rte_pktmbuf_pkt_len(m)]++;
    release(packets);
  }
  EXPECT_GE(n_read, wanted);
  auto [least, most] = std::minmax_element(shares.begin(), shares.end(),
                                           [](auto &a, auto &b) { return a.second < b.second; });
  EXPECT_LE(most->second, 2 * least->second) << testing::PrintToString(shares);
  if (test.policy == "wait") {
    EXPECT_EQ(sum_dropped(count_all()), 0u);
  }
}

std::vector<Case> all_cases()
{
  std::vector<Case> cases;
  for (const char *policy : {"wait", "drop"})
    for (unsigned n_others : {1, 2, 3})
      for (unsigned n_local : {0, 1, 2})
        for (unsigned pace : {8, 21, 31, 32, 33, 64, 100})
          if (n_others + n_local > 1)
            cases.push_back({policy, n_others, n_local, pace});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Cases, Fairness, testing::ValuesIn(all_cases()),
                         [](const auto &info) { return testing::PrintToString(info.param); });

} // namespace
