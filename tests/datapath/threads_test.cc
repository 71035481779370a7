// SPDX-License-Identifier: BSD-3-Clause
// Workers on threads of their own: nothing is lost, doubled, changed or overtaken between them, and
// every copy of the counters that is asked for in the middle of it closes.
#include <chrono>
#include <cstring>
#include <utility>

#include "testbed.h"

namespace
{

enum { LEFT, RIGHT };

class Threads : public Testbed
{
protected:
  void start_wire(const std::string &workers)
  {
    start(text({"left", "right"},
               "forward: [wire: [left, right]]\nworkers: " + workers + "\noverload: wait\n"));
  }

  // Frames with consecutive numbers, as many as there is room for.
  unsigned feed_more(unsigned port, uint64_t up_to)
  {
    rte_ring *ring = receive_ring(port);
    uint64_t n = std::min<uint64_t>(rte_ring_free_count(ring), up_to - fed[port]);
    n = std::min<uint64_t>(n, 512);
    Packets packets(n);
    if (n == 0 || rte_pktmbuf_alloc_bulk(memory.pool[0].frames, packets.data(), n) != 0)
      return 0;
    for (rte_mbuf *m : packets)
      fill(m, port, fed[port]++);
    EXPECT_EQ(rte_ring_enqueue_bulk(ring, reinterpret_cast<void **>(packets.data()), n, nullptr),
              n);
    return n;
  }

  // Number and port in every eight bytes.
  static void fill(rte_mbuf *m, unsigned port, uint64_t number)
  {
    char *place = rte_pktmbuf_append(m, LENGTH);
    uint64_t word = word_of(port, number);
    for (unsigned at = 0; at < LENGTH; at += sizeof(word))
      memcpy(place + at, &word, sizeof(word));
  }

  static uint64_t word_of(unsigned port, uint64_t number)
  {
    return number * 2 + port;
  }

  // What was fed into `port` and has come out at its peer.
  unsigned check(unsigned port)
  {
    Packets packets = read(port == LEFT ? RIGHT : LEFT, 512);
    for (const rte_mbuf *m : packets) {
      uint64_t words[LENGTH / sizeof(uint64_t)];
      memcpy(words, rte_pktmbuf_mtod(m, void *), LENGTH);
      wrong += rte_pktmbuf_pkt_len(m) != LENGTH || rte_mbuf_refcnt_read(m) != 1;
      for (uint64_t word : words)
        wrong += word != word_of(port, checked[port]);
      checked[port]++;
    }
    rte_pktmbuf_free_bulk(packets.data(), packets.size());
    return packets.size();
  }

  // Looks at the copies of the counters that are there, and asks for the next.
  void look_at_snapshots()
  {
    for (unsigned w = 0; w < datapath.n_workers; w++) {
      struct worker *worker = datapath.worker[w];
      if (!worker_snapshot_ready(worker))
        continue;
      expect_closed(worker->snapshot);
      EXPECT_GE(sum(worker->snapshot.received), sum(last[w].received));
      EXPECT_GE(sum(worker->snapshot.transmitted), sum(last[w].transmitted));
      last[w] = worker->snapshot;
      n_snapshots[w]++;
      worker_snapshot_ask(worker);
    }
  }

  // One round of feeder, readers and control. The workers may need this thread's core.
  void round(uint64_t up_to)
  {
    unsigned moved = feed_more(LEFT, up_to) + feed_more(RIGHT, up_to) + check(LEFT) + check(RIGHT);
    look_at_snapshots();
    if (moved == 0)
      std::this_thread::yield();
  }

  template <typename Condition> void rounds_until(uint64_t up_to, Condition condition)
  {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition() && !HasFailure() && std::chrono::steady_clock::now() < end)
      round(up_to);
    EXPECT_TRUE(condition());
    EXPECT_EQ(wrong, 0u);
  }

  void expect_carried(uint64_t n)
  {
    run();
    rounds_until(n, [&] {
      return checked[LEFT] == n && checked[RIGHT] == n && n_snapshots[0] >= 100 &&
             n_snapshots[datapath.n_workers - 1] >= 100;
    });
    stop();
    counters all = count_all();
    EXPECT_EQ(sum(all.received), 2 * n);
    EXPECT_EQ(sum(all.transmitted), 2 * n);
    EXPECT_EQ(sum_dropped(all), 0u);
    EXPECT_EQ(all.pending, 0u);
    expect_no_copies();
  }

  // Snapshots of all workers, made after this was called.
  counters ask_all()
  {
    counters all = {};
    unsigned had[2] = {n_snapshots[0], n_snapshots[1]};
    rounds_until(0, [&] { return n_snapshots[0] >= had[0] + 2 && n_snapshots[1] >= had[1] + 2; });
    for (const counters &one : last) {
      all.received[LEFT] += sum(one.received);
      all.transmitted[LEFT] += sum(one.transmitted);
      all.handed += one.handed;
      all.taken += one.taken;
      all.pending += one.pending;
    }
    return all;
  }

  static constexpr unsigned LENGTH = 64;
  uint64_t fed[2] = {}, checked[2] = {}, wrong = 0;
  unsigned n_snapshots[2] = {};
  counters last[2] = {};
};

TEST_F(Threads, PipelineBothWays)
{
  start_wire("{ cores: [0, 1] }");
  ASSERT_EQ(datapath.n_handoffs, 2u);
  expect_carried(200000);
  EXPECT_EQ(count_all().handed, 400000u);
}

TEST_F(Threads, RunToCompletionBothWays)
{
  start_wire("{ cores: [0, 1], layout: run-to-completion }");
  ASSERT_EQ(datapath.n_handoffs, 0u);
  expect_carried(100000);
}

TEST_F(Threads, OneReceivesOtherSends)
{
  start_wire("{ assign: [{ core: 0, rx: [left/0, right/0] }, { core: 1, tx: [left, right] }] }");
  ASSERT_EQ(datapath.n_handoffs, 2u);
  expect_carried(100000);
}

// Draining in the middle of traffic: nothing more is received, all under way goes out; and then on.
TEST_F(Threads, DrainLeavesNothingUnderWay)
{
  start_wire("{ cores: [0, 1] }");
  run();
  for (uint64_t n : {20000, 50000, 90000}) {
    rounds_until(n + 10000, [&] { return checked[LEFT] >= n && checked[RIGHT] >= n; });
    set_mode(WORKER_DRAIN);
    counters all;
    do
      all = ask_all();
    while (!HasFailure() && (all.handed != all.taken || all.pending > 0));
    EXPECT_EQ(all.received[LEFT], all.transmitted[LEFT]);
    EXPECT_EQ(ask_all().received[LEFT], all.received[LEFT]) << "received while draining";
    set_mode(WORKER_RUN);
  }
  stop();
  expect_accounts();
}

// Nobody reads what comes out on the left: when the workers stop, packets from the right are in
// every place that there is.
TEST_F(Threads, StopInTheMiddleOfTraffic)
{
  start_wire("{ cores: [0, 1] }");
  run();
  Sizes sizes;
  while (checked[LEFT] < 10000 || fed[RIGHT] <= sizes.receive + sizes.transmit) {
    feed_more(LEFT, UINT64_MAX);
    feed_more(RIGHT, UINT64_MAX);
    check(LEFT);
  }
  stop();
  EXPECT_EQ(wrong, 0u);
  counters all = count_all();
  uint64_t under_way = all.pending + all.handed - all.taken;
  EXPECT_GT(under_way, 0u);
  EXPECT_EQ(sum(all.received), sum(all.transmitted) + under_way);
}

// Running workers go by another generation, again and again: wire and sink in turn, each in memory
// of its own, which is freed as soon as they have passed. What is fed after that goes the new way,
// and only that way.
TEST_F(Threads, TheNextGeneration)
{
  start_wire("{ cores: [0, 1] }");
  struct forwarding sink = {};
  config_errors errors = {};
  size_t n_kinds;
  const config_kind *kinds = forward_kinds(&n_kinds);
  std::string sinks = text({"left", "right"}, "forward: [sink: [left, right]]\noverload: wait\n");
  struct config *other = config_parse("sink", sinks.data(), sinks.size(), kinds, n_kinds, &errors);
  ASSERT_NE(other, nullptr);
  forwarding_make(&sink, other, false);
  run();
  uint64_t sunk = 0, n = 0;
  for (unsigned i = 0; i < 200 && !HasFailure(); i++) {
    bool sinks_now = i % 2 == 0;
    struct generation *next = generation_make(sinks_now ? &sink : &forwarding, layout);
    ASSERT_NE(next, nullptr);
    uint64_t mark = datapath_go_by(&datapath, next);
    while (!datapath_passed(&datapath, mark))
      std::this_thread::yield();
    generation_free(std::exchange(generation, next));
    n += 100;
    while (fed[LEFT] < n)
      feed_more(LEFT, n);
    if (sinks_now) {
      sunk += 100;
      while (rte_ring_empty(receive_ring(LEFT)) == 0)
        std::this_thread::yield();
      mark = datapath_mark(&datapath);
      while (!datapath_passed(&datapath, mark)) // what it has taken it has decided on
        std::this_thread::yield();
      EXPECT_EQ(check(LEFT), 0u);
      checked[LEFT] = n;
    } else {
      while (checked[LEFT] < n && wrong == 0)
        check(LEFT);
    }
  }
  stop();
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(dropped(LEFT, "sink"), sunk);
  EXPECT_EQ(sum(count_all().transmitted), n - sunk);
  config_free(other);
}

} // namespace
