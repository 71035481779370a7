// SPDX-License-Identifier: BSD-3-Clause
// What a worker counts beside packets: bursts, waits, cycles, and how full its handoffs were.
#include <chrono>

#include "testbed.h"

namespace
{

enum { LEFT, RIGHT };

class Counters : public Testbed
{
protected:
  void start_wire()
  {
    start(text({"left", "right"}, "forward: [wire: [left, right]]\n"
                                  "workers: { cores: [0, 1], handoff: 1024 }\n"));
    ASSERT_EQ(datapath.n_handoffs, 2u);
  }

  // The handoff that carries packets for a port.
  handoff *handoff_to(unsigned port)
  {
    for (unsigned h = 0; h < datapath.n_handoffs; h++)
      if (datapath.handoff[h].port == port)
        return &datapath.handoff[h];
    return nullptr;
  }

  void feed_many(unsigned n)
  {
    feed(LEFT, make_many(n, 60));
  }

  template <typename Condition> void wait_until(Condition condition)
  {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(condition());
  }

  counters ask(unsigned w)
  {
    struct worker *worker = datapath.worker[w];
    worker_snapshot_ask(worker);
    wait_until([&] { return worker_snapshot_ready(worker); });
    return worker->snapshot;
  }
};

TEST_F(Counters, BurstsArePollsThatGavePackets)
{
  start_wire();
  for (unsigned i = 0; i < 10; i++)
    turn_all();
  EXPECT_EQ(count_all().bursts, 0u);
  feed_many(257);
  settle();
  EXPECT_EQ(count(0).bursts, 5u);
  EXPECT_EQ(count(0).received[LEFT], 257u);
  feed_many(1);
  settle();
  EXPECT_EQ(count(0).bursts, 6u);
  EXPECT_EQ(count(1).bursts, 0u) << "what comes by handoff is no poll of a receive queue";
  EXPECT_EQ(count(1).taken, 258u);
}

TEST_F(Counters, TurnsSayWhatTheyMoved)
{
  start_wire();
  EXPECT_EQ(turn(0), 0u);
  feed_many(100);
  EXPECT_EQ(turn(0), 64u);
  EXPECT_EQ(turn(0), 36u);
  EXPECT_EQ(turn(0), 0u);
  EXPECT_EQ(turn(1), 64u);
  EXPECT_EQ(turn(1), 36u);
  EXPECT_EQ(turn(1), 0u);
}

TEST_F(Counters, HandoffOccupancyAndHighWater)
{
  start_wire();
  handoff *way = handoff_to(RIGHT);
  ASSERT_NE(way, nullptr);
  EXPECT_EQ(way->high_water, 0u);
  feed_many(100);
  turn(0);
  turn(0);
  EXPECT_EQ(rte_ring_count(way->ring), 100u);
  EXPECT_EQ(way->high_water, 100u);
  turn(1);
  EXPECT_EQ(rte_ring_count(way->ring), 36u);
  EXPECT_EQ(way->high_water, 100u) << "stays";
  feed_many(30);
  turn(0);
  EXPECT_EQ(rte_ring_count(way->ring), 66u);
  EXPECT_EQ(way->high_water, 100u);
  feed_many(1200);
  for (unsigned i = 0; i < 50; i++)
    turn(0);
  EXPECT_EQ(way->high_water, rte_ring_count(way->ring));
  EXPECT_EQ(way->size, 1024u);
  EXPECT_GT(way->high_water, way->size - BURST_MAX);
  EXPECT_EQ(handoff_to(LEFT)->high_water, 0u) << "nothing went that way";
}

TEST_F(Counters, SnapshotIsWhatWasCountedThen)
{
  start_wire();
  plug(RIGHT);
  feed_many(64);
  settle();
  counters before = count(1);
  EXPECT_EQ(before.pending, 64u);
  EXPECT_EQ(before.taken, 64u);
  feed_many(10);
  settle();
  EXPECT_EQ(datapath.worker[1]->snapshot.taken, 64u) << "a copy";
  EXPECT_EQ(count(1).pending, 74u);
  unplug(RIGHT);
  settle();
  EXPECT_EQ(count(1).pending, 0u);
  EXPECT_EQ(count(1).transmitted[RIGHT], 74u);
}

// A worker with traffic is busy, one without is idle; how long is the machine's business.
TEST_F(Counters, BusyAndIdleCycles)
{
  start(text({"left", "right", "quiet"},
             "forward: [wire: [left, right], sink: [quiet]]\n"
             "workers: { assign: [{ core: 0, rx: [left/0, right/0], tx: [left, right] },\n"
             "                    { core: 1, rx: [quiet/0] }] }\n"));
  feed_many(100);
  run();
  wait_until([&] { return ask(0).transmitted[RIGHT] == 100; });
  wait_until([&] { return ask(0).idle_cycles > 0 && ask(1).idle_cycles > 0; });
  counters busy = ask(0), quiet = ask(1);
  EXPECT_GT(busy.busy_cycles, 0u);
  EXPECT_EQ(quiet.busy_cycles, 0u);

  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_GT(ask(1).idle_cycles, quiet.idle_cycles) << "idle time goes on";
  EXPECT_EQ(ask(0).busy_cycles, busy.busy_cycles) << "busy time does not";
  feed_many(100);
  wait_until([&] { return ask(0).transmitted[RIGHT] == 200; });
  EXPECT_GT(ask(0).busy_cycles, busy.busy_cycles);
  stop();
}

} // namespace
