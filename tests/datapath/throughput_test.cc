// SPDX-License-Identifier: BSD-3-Clause
// Every figure of a trial is right: between the tester's ports stands a device whose behaviour is
// known to the frame.
#include "throughput_bed.h"

namespace
{

constexpr double RATE = 100000, SECONDS = 0.2;
constexpr unsigned ONE_IN = 17;

void expect_nothing_else(const trial &t)
{
  EXPECT_EQ(t.foreign, 0u);
  EXPECT_EQ(t.earlier, 0u);
  EXPECT_EQ(t.beyond, 0u);
  EXPECT_EQ(t.backwards, 0u);
  EXPECT_EQ(t.refused, 0u);
  EXPECT_GT(t.sent, 50u * ONE_IN);
  EXPECT_LE(t.sent, RATE * SECONDS + 1);
}

TEST_F(Throughput, AWireLosesNothing)
{
  frames_wish mix = of(64, 10);
  ASSERT_TRUE(frames_mix("imix", 4, &mix));
  const std::pair<frames_wish, unsigned> kinds[] = {
      {of(64), SENDER_ROOM},      {of(64, 1000), SENDER_ROOM}, {of(1518, 16), SENDER_ROOM},
      {of(9000, 3), SENDER_ROOM}, {mix, SENDER_ROOM},          {of(1518), 1518},
  };
  for (const auto &[wish, room] : kinds) { // the last in one segment
    start(wish, room);
    trial t = run(RATE, SECONDS, nullptr, [](Device &d, rte_mbuf *m, uint64_t) { d.put(m); });
    SCOPED_TRACE(wish.mix[0]);
    expect_nothing_else(t);
    EXPECT_EQ(t.received, t.sent);
    EXPECT_EQ(t.lost + t.corrupted + t.duplicates + t.reordered, 0u);
    EXPECT_GT(t.delay.least, 0);
    EXPECT_LE(t.delay.least, t.delay.p50);
    EXPECT_LE(t.delay.p50, t.delay.most);
    TearDown();
  }
}

TEST_F(Throughput, LossIsExact)
{
  uint64_t dropped = 0;
  start(of(64, 100));
  trial t = run(RATE, SECONDS, &dropped, [](Device &d, rte_mbuf *m, uint64_t n) {
    if (n % ONE_IN != 0)
      return d.put(m);
    d.done++;
    rte_pktmbuf_free(m);
  });
  expect_nothing_else(t);
  EXPECT_EQ(dropped, t.sent / ONE_IN);
  EXPECT_EQ(t.lost, dropped);
  EXPECT_EQ(t.received, t.sent - dropped);
  EXPECT_EQ(t.reordered + t.duplicates + t.corrupted, 0u);
}

TEST_F(Throughput, DuplicatesAreExact)
{
  uint64_t doubled = 0;
  start(of(512, 100));
  trial t = run(RATE, SECONDS, &doubled, [](Device &d, rte_mbuf *m, uint64_t n) {
    if (n % ONE_IN == 0) {
      rte_mbuf_refcnt_update(m, 1);
      if (m->next != nullptr)
        rte_mbuf_refcnt_update(m->next, 1);
      d.put(m);
      d.done++;
    }
    d.put(m);
  });
  expect_nothing_else(t);
  EXPECT_EQ(doubled, t.sent / ONE_IN);
  EXPECT_EQ(t.duplicates, doubled);
  EXPECT_EQ(t.received, t.sent);
  EXPECT_EQ(t.lost + t.reordered + t.corrupted, 0u);
}

// Each ONE_IN-th is held back until `by` others have passed.
Device::Behaviour hold_back(unsigned by)
{
  struct Held {
    ~Held()
    {
      rte_pktmbuf_free(m);
    }
    rte_mbuf *m = nullptr;
    uint64_t until = 0;
  };
  auto held = std::make_shared<Held>();
  return [=](Device &d, rte_mbuf *m, uint64_t n) {
    if (n % ONE_IN == 0 && held->m == nullptr) {
      held->m = m;
      held->until = n + by;
      return;
    }
    d.put(m);
    if (held->m == nullptr || n != held->until)
      return;
    d.put(held->m);
    held->m = nullptr;
    d.done++;
  };
}

TEST_F(Throughput, ReorderingAndItsExtentAreExact)
{
  for (unsigned by : {1u, 5u, 60u}) {
    SCOPED_TRACE(by);
    uint64_t moved = 0;
    start(of(64));
    trial t = run(RATE, SECONDS, &moved, hold_back(by));
    expect_nothing_else(t);
    EXPECT_GT(moved, t.sent / ONE_IN / 6);
    EXPECT_EQ(t.reordered, moved);
    EXPECT_EQ(t.extent, by);
    EXPECT_FALSE(t.extent_more);
    EXPECT_EQ(t.duplicates + t.corrupted, 0u);
    EXPECT_LE(t.lost, 1u) << "one may still be held back";
    TearDown();
  }
}

TEST_F(Throughput, FlowsAreInOrderEachByItself)
{
  uint64_t moved = 0;
  start(of(64, 100));
  trial t = run(RATE, SECONDS, &moved, hold_back(60));
  expect_nothing_else(t);
  EXPECT_GT(moved, 10u);
  EXPECT_EQ(t.reordered, 0u) << "only frames of other flows came before";
}

TEST_F(Throughput, CorruptionIsExactWhereverItIs)
{
  uint64_t damaged = 0;
  start(of(128, 7));
  rte_mempool *copies = rte_pktmbuf_pool_create("copies", 4095, 0, 0, 2048, 0);
  ASSERT_NE(copies, nullptr);
  trial t = run(RATE, SECONDS, &damaged, [=](Device &d, rte_mbuf *m, uint64_t n) {
    if (n % ONE_IN != 0)
      return d.put(m);
    rte_mbuf *copy = rte_pktmbuf_copy(m, copies, 0, UINT32_MAX);
    rte_pktmbuf_free(m);
    unsigned at = 14 + d.done % (copy->pkt_len - 14);
    *rte_pktmbuf_mtod_offset(copy, uint8_t *, at) ^= 1u << d.done % 8;
    d.done++;
    d.put(copy);
  });
  expect_nothing_else(t);
  EXPECT_EQ(damaged, t.sent / ONE_IN);
  EXPECT_GT(damaged, 50u);
  EXPECT_EQ(t.corrupted, damaged);
  EXPECT_EQ(t.received, t.sent - damaged);
  EXPECT_EQ(t.lost + t.duplicates + t.reordered, 0u);
  EXPECT_EQ(rte_mempool_in_use_count(copies), 0u);
  rte_mempool_free(copies);
}

TEST_F(Throughput, WhatARouterChangesIsNoCorruption)
{
  start(of(64));
  trial t = run(RATE, SECONDS, nullptr, [](Device &d, rte_mbuf *m, uint64_t) {
    auto *ip = rte_pktmbuf_mtod_offset(m, rte_ipv4_hdr *, 14);
    memset(rte_pktmbuf_mtod(m, void *), 0xee, 12);
    ip->time_to_live--;
    ip->hdr_checksum = 0;
    ip->hdr_checksum = rte_ipv4_cksum(ip);
    d.put(m);
  });
  expect_nothing_else(t);
  EXPECT_EQ(t.received, t.sent);
}

TEST_F(Throughput, FramesOfOthersAreCountedApart)
{
  uint64_t added = 0;
  start(of(64));
  rte_mempool *others = rte_pktmbuf_pool_create("others", 4095, 0, 0, 2048, 0);
  trial t = run(RATE, SECONDS, &added, [=](Device &d, rte_mbuf *m, uint64_t n) {
    d.put(m);
    if (n % ONE_IN != 0)
      return;
    rte_mbuf *other = rte_pktmbuf_alloc(others);
    memset(rte_pktmbuf_append(other, 60), n % 2 == 0 ? 0xff : 0x00, 60);
    d.put(other);
    d.done++;
  });
  EXPECT_EQ(t.foreign, added);
  EXPECT_EQ(t.received, t.sent);
  EXPECT_EQ(t.lost + t.corrupted, 0u);
  rte_mempool_free(others);
}

// Claims about time are for trials that other programs left alone: on a busy machine that takes a
// few.
constexpr unsigned ATTEMPTS = 5;

TEST_F(Throughput, DelayIsWithinFiveMicroseconds)
{
  for (double delay : {50e-6, 500e-6}) {
    uint64_t cycles = delay * rte_get_tsc_hz();
    trial t = {};
    start(of(64, 8));
    for (unsigned i = 0; i < ATTEMPTS && !(std::abs(t.delay.p50 - delay) < 5e-6); i++) {
      t = run(RATE, SECONDS, nullptr, [=](Device &d, rte_mbuf *m, uint64_t) {
        struct stamp stamp;
        stamp_read(rte_pktmbuf_mtod_offset(m, uint8_t *, 42), &stamp);
        uint64_t now = rte_rdtsc();
        d.put_at(m, now - ((now - stamp.time) & STAMP_TIME_MASK) + cycles);
      });
      EXPECT_EQ(t.received, t.sent);
    }
    EXPECT_NEAR(t.delay.p50, delay, 5e-6);
    TearDown();
  }
}

// A device that forwards R frames a second and drops the rest.
TEST_F(Throughput, TheRateOfADeviceIsWithinOnePercent)
{
  constexpr double LIMIT = 50000;
  const double cycles = rte_get_tsc_hz() / LIMIT;
  trial t = {};
  start(of(64, 8));
  for (unsigned i = 0;
       i < ATTEMPTS && !(std::abs(t.received - LIMIT * t.seconds) < LIMIT * t.seconds * 0.01);
       i++) {
    auto next = std::make_shared<double>(0);
    sleep(1); // the kernel gives the threads of a second 0.95 of it
    t = run(RATE, 0.4, nullptr, [=](Device &d, rte_mbuf *m, uint64_t) {
      double now = rte_rdtsc();
      if (*next == 0)
        *next = now;
      if (*next > now + 100 * cycles) // its queue is full
        return rte_pktmbuf_free(m);
      *next = std::max(*next, now) + cycles;
      d.put_at(m, uint64_t(*next));
    });
    EXPECT_EQ(t.lost, t.sent - t.received);
  }
  EXPECT_NEAR(t.received / t.seconds, LIMIT, LIMIT * 0.01);
}

// One behind the other, and each waits for the last of the one before.
TEST_F(Throughput, WhatATrialLeavesBehindIsNotTheNextOnes)
{
  start(of(64));
  rte_mbuf *held = nullptr;
  auto keep_first = [&](Device &d, rte_mbuf *m, uint64_t n) {
    if (n == 1)
      std::swap(held, m);
    if (m != nullptr)
      d.put(m);
  };
  trial t = run(RATE, 0.05, nullptr, keep_first);
  EXPECT_EQ(t.lost, 1u);
  t = run(RATE, 0.05, nullptr, keep_first);
  EXPECT_EQ(t.earlier, 1u);
  EXPECT_EQ(t.lost, 1u);
  rte_pktmbuf_free(held);
}

TEST_F(Throughput, PacingIsEvenAndCatchesUpOnNothing)
{
  start(of(64));
  trial t = run(RATE, 0.5, nullptr, [](Device &d, rte_mbuf *m, uint64_t) { d.put(m); });
  EXPECT_NEAR(t.gaps.p50, 1 / RATE, 0.05 / RATE);
  double caught_up = t.gaps.least;
  EXPECT_GT(caught_up, 0) << "no two frames left at once";
  if (t.void_reason == TRIAL_VALID) {
    EXPECT_NEAR(t.offered, RATE, RATE * tester.short_share);
  }
  EXPECT_LE(t.offered, RATE * 1.0001);
}

TEST_F(Throughput, ASenderThatFallsShortVoidsTheTrial)
{
  start(of(64));
  trial t = run(1e9, 0.05, nullptr, [](Device &d, rte_mbuf *m, uint64_t) { d.put(m); });
  EXPECT_EQ(t.void_reason, TRIAL_SHORT);
}

} // namespace
