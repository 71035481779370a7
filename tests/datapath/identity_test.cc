// SPDX-License-Identifier: BSD-3-Clause
// Forwarding moves references: what is transmitted is the very mbuf that was received, over the
// same buffer at the same place, whatever the layout and the size of the burst.
#include <algorithm>
#include <set>

#include "testbed.h"

namespace
{

enum { LEFT, RIGHT };

struct Layout {
  const char *name;
  const char *workers;
  unsigned rx_queues;
  unsigned n_workers;
  unsigned n_handoffs;
};

void PrintTo(const Layout &layout, std::ostream *out)
{
  *out << layout.name;
}

const Layout layouts[] = {
    {"pipeline", "{ cores: [0, 1], layout: pipeline }", 1, 2, 2},
    {"pipeline_two_queues", "{ cores: [0, 1], layout: pipeline }", 2, 2, 2},
    {"pipeline_one_worker", "{ cores: [0], layout: pipeline }", 1, 1, 0},
    {"run_to_completion", "{ cores: [0, 1], layout: run-to-completion }", 1, 2, 0},
    {"run_to_completion_two_queues", "{ cores: [0, 1], layout: run-to-completion }", 2, 2, 0},
    {"run_to_completion_one_worker", "{ cores: [0], layout: run-to-completion }", 1, 1, 0},
    {"one_receives_other_sends",
     "{ assign: [{ core: 0, rx: [left/0, right/0] }, { core: 1, tx: [left, right] }] }", 1, 2, 2},
};

class Identity : public Testbed, public testing::WithParamInterface<Layout>
{
protected:
  void start_wire(const std::string &overload)
  {
    start(text({"left", "right"},
               std::string("forward: [wire: [left, right]]\nworkers: ") + GetParam().workers +
                   "\noverload: " + overload + "\n",
               GetParam().rx_queues));
    ASSERT_EQ(datapath.n_workers, GetParam().n_workers);
    ASSERT_EQ(datapath.n_handoffs, GetParam().n_handoffs);
  }

  // A burst into each queue of a port, as whoever looks at the wire before it sees it.
  std::vector<std::vector<Look>> feed_queues(unsigned port, unsigned n, unsigned n_segments)
  {
    std::vector<std::vector<Look>> before;
    for (unsigned queue = 0; queue < GetParam().rx_queues; queue++) {
      Packets packets = make_many(n, 60 + 11 * n_segments, n_segments);
      before.push_back(look(packets));
      feed(port, packets, queue);
    }
    return before;
  }

  // Order holds within a receive queue; those of a port come together in any order.
  void expect_same(const std::vector<std::vector<Look>> &before, unsigned port)
  {
    Packets packets = read(port);
    std::vector<Look> after = look(packets);
    size_t n = 0;
    for (const std::vector<Look> &queue : before) {
      std::set<const rte_mbuf *> members;
      for (const Look &look : queue)
        members.insert(look.segments[0].m);
      std::vector<Look> from_queue;
      std::copy_if(after.begin(), after.end(), std::back_inserter(from_queue),
                   [&](const Look &look) { return members.count(look.segments[0].m) > 0; });
      EXPECT_EQ(from_queue, queue);
      n += queue.size();
    }
    EXPECT_EQ(after.size(), n);
    for (const rte_mbuf *m : packets)
      EXPECT_EQ(rte_mbuf_refcnt_read(m), 1);
    release(packets);
  }

  void expect_wire(const std::string &overload)
  {
    start_wire(overload);
    uint64_t n_fed = 0;
    for (unsigned n_segments : {1, 2, 3, 5}) {
      for (unsigned n : burst_sizes) {
        SCOPED_TRACE(std::to_string(n) + " frames of " + std::to_string(n_segments) + " segments");
        auto from_left = feed_queues(LEFT, n, n_segments);
        auto from_right = feed_queues(RIGHT, n, n_segments);
        settle();
        expect_same(from_left, RIGHT);
        expect_same(from_right, LEFT);
        n_fed += n * GetParam().rx_queues;
      }
    }
    counters all = count_all();
    for (unsigned port : {LEFT, RIGHT}) {
      EXPECT_EQ(all.received[port], n_fed);
      EXPECT_EQ(all.transmitted[port], n_fed);
    }
    EXPECT_EQ(sum_dropped(all), 0u);
    EXPECT_EQ(all.cloned, 0u);
    expect_no_copies();
  }
};

TEST_P(Identity, WireThatWaits)
{
  expect_wire("auto");
}

TEST_P(Identity, WireThatDrops)
{
  expect_wire("drop");
}

// As it stands in the transmit ring is how it left the receive ring, headroom included, for a
// driver may have put the frame anywhere in its buffer.
TEST_P(Identity, OddPlacesInTheBuffer)
{
  start_wire("auto");
  Packets packets = make_many(64, 200);
  for (unsigned i = 0; i < packets.size(); i++) {
    rte_pktmbuf_adj(packets[i], static_cast<uint16_t>(i));
    packets[i]->ol_flags |= RTE_MBUF_F_RX_RSS_HASH;
    packets[i]->hash.rss = i;
  }
  std::vector<Look> before = look(packets);
  feed(LEFT, packets);
  settle();
  Packets after = read(RIGHT);
  EXPECT_EQ(look(after), before);
  for (unsigned i = 0; i < after.size(); i++)
    EXPECT_EQ(after[i]->hash.rss, i);
  release(after);
  expect_no_copies();
}

INSTANTIATE_TEST_SUITE_P(Layouts, Identity, testing::ValuesIn(layouts),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
