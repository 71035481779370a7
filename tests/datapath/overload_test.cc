// SPDX-License-Identifier: BSD-3-Clause
// More comes in than goes out. `drop` loses exactly what does not fit, where it did not fit; `wait`
// loses nothing and leaves it in the receive queue.
#include <random>

#include "testbed.h"

namespace
{

enum { LEFT, RIGHT };
enum { RECEIVER, SENDER }; // workers of the pipeline: the home of left, the home of right

// The least, one that is no multiple of a burst, and a usual one.
const std::vector<unsigned> handoff_sizes = {64, 100, 1024};

class Overload : public Testbed
{
protected:
  // Handoffs smaller than what the tests feed, so that they fill up.
  void start_wire(const std::string &overload, unsigned n_workers, const Sizes &sizes = Sizes(),
                  unsigned handoff = 1024)
  {
    std::string cores = n_workers == 2 ? "[0, 1]" : "[0]";
    start(text({"left", "right"}, "forward: [wire: [left, right]]\nworkers: { cores: " + cores +
                                      ", handoff: " + std::to_string(handoff) +
                                      " }\noverload: " + overload + "\n"),
          sizes);
    ASSERT_EQ(datapath.n_workers, n_workers);
  }

  std::vector<Look> feed_many(unsigned n)
  {
    Packets packets = make_many(n, 60);
    feed(LEFT, packets);
    return look(packets);
  }

  void turn_often(unsigned worker, unsigned n = 100)
  {
    for (unsigned i = 0; i < n; i++)
      turn(worker);
  }

  // Takes what has been transmitted and then everything that still comes.
  std::vector<Look> read_all()
  {
    std::vector<Look> all;
    Packets packets;
    do {
      settle();
      packets = read(RIGHT);
      for (const Look &one : look(packets))
        all.push_back(one);
      release(packets);
    } while (!packets.empty());
    return all;
  }

  // The most that the handoff for right has held.
  unsigned high_water()
  {
    for (unsigned h = 0; h < datapath.n_handoffs; h++)
      if (datapath.handoff[h].port == RIGHT)
        return datapath.handoff[h].high_water;
    return 0;
  }

  unsigned waiting()
  {
    return rte_ring_count(receive_ring(LEFT));
  }
};

TEST_F(Overload, DropAtAFullHandoff)
{
  for (unsigned size : handoff_sizes) {
    SCOPED_TRACE("handoff of " + std::to_string(size));
    start_wire("drop", 2, Sizes(), size);
    std::vector<Look> before = feed_many(1500);
    turn_often(RECEIVER);
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(count(RECEIVER).received[LEFT], 1500u);
    EXPECT_EQ(count(RECEIVER).handed, size);
    EXPECT_EQ(high_water(), size);
    EXPECT_EQ(dropped(RIGHT, "handoff_full"), 1500u - size);
    EXPECT_EQ(sum_dropped(count_all()), 1500u - size);
    EXPECT_EQ(count_all().waits, 0u);
    expect_accounts();

    before.resize(size);
    EXPECT_EQ(read_all(), before);
    EXPECT_EQ(count(SENDER).taken, size);
    TearDown();
  }
}

// The burst that meets the end of the ring goes in as far as there is room, from its start.
TEST_F(Overload, DropOfPartOfABurst)
{
  start_wire("drop", 2);
  std::vector<Look> before = feed_many(1000);
  turn_often(RECEIVER);
  for (const Look &one : feed_many(64))
    before.push_back(one);
  turn(RECEIVER);
  EXPECT_EQ(dropped(RIGHT, "handoff_full"), 40u);
  before.resize(1024);
  EXPECT_EQ(read_all(), before);
}

TEST_F(Overload, DropAtAFullTransmitQueue)
{
  start_wire("drop", 1);
  plug(RIGHT);
  std::vector<Look> before = feed_many(777);
  turn_often(0);
  EXPECT_EQ(count(0).received[LEFT], 777u);
  EXPECT_EQ(count(0).pending, static_cast<uint64_t>(TRANSMIT_PENDING));
  EXPECT_EQ(dropped(RIGHT, "transmit_full"), 777u - TRANSMIT_PENDING);
  EXPECT_EQ(sum_dropped(count_all()), 777u - TRANSMIT_PENDING);
  expect_accounts();

  unplug(RIGHT);
  before.resize(TRANSMIT_PENDING);
  EXPECT_EQ(read_all(), before);
}

// The other direction goes on as if nothing were wrong.
TEST_F(Overload, DropDoesNotStallOthers)
{
  start_wire("drop", 2);
  plug(RIGHT);
  for (unsigned round = 0; round < 10; round++) {
    feed_many(300);
    Packets packets = make_many(64, 60);
    std::vector<Look> before = look(packets);
    feed(RIGHT, packets);
    settle();
    Packets out = read(LEFT);
    EXPECT_EQ(look(out), before);
    release(out);
  }
  EXPECT_EQ(waiting(), 0u);
  EXPECT_GT(dropped(RIGHT, "handoff_full"), 0u);
}

TEST_F(Overload, WaitAtAFullHandoff)
{
  for (unsigned size : handoff_sizes) {
    SCOPED_TRACE("handoff of " + std::to_string(size));
    start_wire("wait", 2, Sizes(), size);
    std::vector<Look> before = feed_many(1500);
    turn_often(RECEIVER);
    uint64_t received = count(RECEIVER).received[LEFT];
    uint64_t waits = count(RECEIVER).waits;
    EXPECT_GT(received, 0u);
    EXPECT_LE(received, size);
    EXPECT_LT(size - received, static_cast<uint64_t>(BURST_MAX)) << "had room for a burst";
    EXPECT_EQ(high_water(), received);
    EXPECT_EQ(waiting(), 1500 - received);

    turn_often(RECEIVER, 10);
    EXPECT_EQ(waiting(), 1500 - received) << "polled without room";
    EXPECT_EQ(count(RECEIVER).waits, waits + 10);
    expect_accounts();

    EXPECT_EQ(read_all(), before);
    EXPECT_EQ(sum_dropped(count_all()), 0u);
    TearDown();
  }
}

TEST_F(Overload, WaitAtAFullTransmitQueue)
{
  for (unsigned n_workers : {1, 2}) {
    SCOPED_TRACE(std::to_string(n_workers) + " workers");
    start_wire("wait", n_workers);
    plug(RIGHT);
    std::vector<Look> before = feed_many(1700);
    settle();
    unsigned left = waiting();
    EXPECT_GT(left, 0u);
    uint64_t waits = count_all().waits;
    for (unsigned i = 0; i < 10; i++)
      turn_all();
    EXPECT_EQ(waiting(), left);
    EXPECT_GT(count_all().waits, waits);
    EXPECT_EQ(sum_dropped(count_all()), 0u);
    expect_accounts();

    unplug(RIGHT);
    EXPECT_EQ(read_all(), before);
    EXPECT_EQ(sum_dropped(count_all()), 0u);
    TearDown();
  }
}

// A packet to several ports waits for the slowest of them, and still loses nothing.
TEST_F(Overload, WaitForTheSlowestOfSeveral)
{
  start(text({"a", "b", "c"}, "forward: [test_flood: [a, b, c]]\n"
                              "workers: { cores: [0, 1] }\noverload: wait\n"));
  plug(2);
  Packets packets = make_many(1000, 60, 2);
  std::vector<Look> before = look(packets);
  feed(0, packets);
  settle();
  EXPECT_GT(rte_ring_count(receive_ring(0)), 0u);
  unplug(2);
  for (unsigned port : {1, 2}) {
    settle();
    Packets out = read(port);
    EXPECT_EQ(look(out), before);
    release(out);
  }
  EXPECT_EQ(sum_dropped(count_all()), 0u);
}

class TakesNothing : public Overload, public testing::WithParamInterface<const char *>
{
};

TEST_P(TakesNothing, ThenShutdown)
{
  for (unsigned n_workers : {1, 2}) {
    SCOPED_TRACE(std::to_string(n_workers) + " workers");
    start_wire(GetParam(), n_workers);
    plug(RIGHT);
    plug(LEFT);
    feed_many(2000);
    feed(RIGHT, make_many(700, 60, 3));
    settle();
    counters before = count_all();
    uint64_t under_way = before.pending + before.handed - before.taken;
    EXPECT_GT(under_way, 0u);
    for (unsigned w = 0; w < n_workers; w++)
      worker_abandon(datapath.worker[w]);
    EXPECT_EQ(dropped(LEFT, "shutdown") + dropped(RIGHT, "shutdown"), under_way);
    EXPECT_EQ(sum(count_all().transmitted), 0u);
    EXPECT_EQ(count_all().pending, 0u);
    unplug(RIGHT);
    unplug(LEFT);
    TearDown();
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, TakesNothing, testing::Values("wait", "drop"),
                         [](const auto &info) { return std::string(info.param); });

// The driver takes what it likes; the packets keep their order.
TEST_F(Overload, WaitForATransmitQueueThatTakesCrumbs)
{
  for (unsigned size : {3, 7, 61, 100}) {
    SCOPED_TRACE("transmit ring of " + std::to_string(size));
    Sizes sizes;
    sizes.transmit = size;
    start_wire("wait", 2, sizes);
    std::mt19937 random(size);
    std::vector<Look> before = feed_many(2000), after;
    for (unsigned round = 0; after.size() < before.size() && round < 100000; round++) {
      turn(random() % 2);
      Packets packets = read(RIGHT, random() % (size + 1));
      for (const Look &one : look(packets))
        after.push_back(one);
      release(packets);
    }
    EXPECT_EQ(after, before);
    EXPECT_EQ(sum_dropped(count_all()), 0u);
    TearDown();
  }
}

TEST_F(Overload, DropKeepsTheOrderOfTheRest)
{
  Sizes sizes;
  sizes.transmit = 5;
  start_wire("drop", 1, sizes);
  std::mt19937 random(1);
  std::vector<Look> before = feed_many(2000);
  size_t next = 0, n_read = 0;
  for (unsigned round = 0; round < 2000; round++) {
    turn(0);
    Packets packets = read(RIGHT, random() % 6);
    for (const Look &one : look(packets)) {
      while (next < before.size() && !(before[next] == one))
        next++;
      EXPECT_LT(next, before.size()) << "out of order, or not what was sent";
      n_read++;
    }
    release(packets);
  }
  EXPECT_EQ(n_read + dropped(RIGHT, "transmit_full"), 2000u);
  EXPECT_GT(n_read, static_cast<size_t>(TRANSMIT_PENDING));
}

} // namespace
