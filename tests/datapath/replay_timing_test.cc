// SPDX-License-Identifier: BSD-3-Clause
// When frames leave. The clock is the machine's, which may be busy with something else: a frame may
// come late, but never early, and however late it is, it is counted.
#include <rte_cycles.h>

#include "replay/schedule.h"
#include "replay/source.h"
#include "replay_bed.h"

namespace
{

class ReplayTiming : public ReplayBed
{
protected:
  void SetUp() override
  {
    start(text({"in", "out"}, "forward: [wire: [in, out]]\nworkers: { cores: [0] }\n"));
  }

  static double hz()
  {
    return rte_get_tsc_hz();
  }

  // Polls until all have come: not one before `cycles[i]` from `zero`, where they begin anew after
  // `lap` cycles.
  void expect_not_early(uint64_t zero, const std::vector<double> &cycles, double lap, uint64_t n,
                        const std::string &port = "in")
  {
    uint64_t next = 0, early = 0, wrong = 0;
    EXPECT_TRUE(wait_for([&] {
      Packets packets = poll(7, port);
      uint64_t now = rte_rdtsc();
      for (const rte_mbuf *m : packets) {
        double due = next / cycles.size() * lap + cycles[next % cycles.size()];
        early += now - zero < due - 1; // of what rounding leaves
        wrong += !is_frame(m, next++);
      }
      release(packets);
      return next >= n;
    }));
    EXPECT_EQ(next, n);
    EXPECT_EQ(early, 0u);
    EXPECT_EQ(wrong, 0u);
    EXPECT_TRUE(poll(64, port).empty());
  }

  // A source that waits begins soon, at a time that is known then.
  static uint64_t begin(replay *source)
  {
    uint64_t zero = rte_rdtsc() + rte_get_tsc_hz() / 10000;
    replay_begin(source, zero);
    return zero;
  }

  void expect_late(const replay *source)
  {
    replay_status status = status_of(source);
    EXPECT_EQ(status.state, REPLAY_FINISHED);
    EXPECT_GT(status.seconds, 0);
    EXPECT_GE(status.late_p50, 0);
    EXPECT_LE(status.late_p50, status.late_p99);
    EXPECT_LE(status.late_p99, status.late_p999);
    EXPECT_LE(status.late_p999, status.late_most * 17 / 16 + 1e-9);
    EXPECT_LE(status.late_most, status.seconds);
    const double intervals = status.sent - 1;
    EXPECT_NEAR(status.achieved_pps, intervals / status.seconds, 1);
    EXPECT_NEAR(status.achieved_bits,
                8 * (status.sent_bytes * intervals / status.sent + 24 * intervals) / status.seconds,
                1);
  }
};

TEST_F(ReplayTiming, FramesPerSecond)
{
  capture_of_odd(101, 300);
  std::vector<double> due;
  for (unsigned i = 0; i < 101; i++)
    due.push_back(i * hz() / 30011);
  for (const char *held : {"", ",loop=13"}) {
    replay *source = open(std::string(",start=wait,rate=30.011kpps") + held, 0);
    expect_not_early(begin(source), due, 101 * hz() / 30011, *held == '\0' ? 101 : 13 * 101);
    expect_late(source);
    replay_detach(source);
  }
}

TEST_F(ReplayTiming, BitsPerSecond)
{
  capture_of_odd(23, 9216);
  std::vector<double> due;
  double bits = 0;
  for (const Bytes &bytes : frames) {
    due.push_back(bits * hz() / 100e6);
    bits += 8 * (bytes.size() + 24);
  }
  replay *source = open(",start=wait,rate=100Mbit,loop=5", 0);
  expect_not_early(begin(source), due, bits * hz() / 100e6, 5 * 23);
  expect_late(source);
}

// Gaps of the capture's own, one of them of nothing; after a lap the mean of them.
TEST_F(ReplayTiming, OriginalAcrossTheLapBoundary)
{
  const std::vector<unsigned> micros = {0, 500, 501, 501, 3000, 10000};
  Pcap file;
  std::vector<double> due;
  for (unsigned at : micros) {
    frames.push_back(pattern(60 + at % 97, at));
    file.add(std::string(frames.back().begin(), frames.back().end()), 0, 1700000000, 500000 + at);
    due.push_back(at * 1e-6 * hz());
  }
  write_file(path, file.bytes);
  for (double speed : {1.0, 0.5, 4.0}) {
    SCOPED_TRACE(speed);
    std::vector<double> paced = due;
    for (double &at : paced)
      at /= speed;
    replay *source = open(",start=wait,loop=3,rate=original,speed=" + std::to_string(speed));
    expect_not_early(begin(source), paced, 12000e-6 * hz() / speed, 3 * 6);
    EXPECT_GE(status_of(source).seconds, 34000e-6 / speed - 1e-6);
    expect_late(source);
    replay_detach(source);
  }
}

TEST_F(ReplayTiming, ThroughAWindow)
{
  capture_of_odd(5003, 300);
  replay_plan plan = make_plan(",start=wait,rate=50kpps", 0);
  plan.window = true;
  plan.copies = 0;
  plan.window_mbufs = REPLAY_WINDOW_MIN;
  replay *source = open(plan, "in");
  std::vector<double> due;
  for (unsigned i = 0; i < 5003; i++)
    due.push_back(i * hz() / 50000);
  expect_not_early(begin(source), due, 0, 5003);
  expect_late(source);
}

TEST_F(ReplayTiming, ThoseThatWaitBeginTogetherAndNotBefore)
{
  capture_of_odd(5, 300);
  replay *in = open(",start=wait,loop=0", 0, "in"), *out = open(",start=wait,loop=0", 0, "out");
  for (unsigned i = 0; i < 1000; i++)
    for (const char *port : {"in", "out"})
      ASSERT_TRUE(poll(64, port).empty());
  for (const replay *source : {in, out}) {
    EXPECT_EQ(status_of(source).state, REPLAY_WAITING);
    EXPECT_EQ(status_of(source).stalls, 0u);
    EXPECT_EQ(status_of(source).seconds, 0);
  }
  uint64_t zero = rte_rdtsc() + rte_get_tsc_hz() / 1000;
  replay_begin(in, zero);
  replay_begin(out, zero);
  uint64_t early = 0;
  for (const char *port : {"in", "out"})
    EXPECT_TRUE(wait_for([&] {
      Packets packets = poll(3, port);
      bool come = !packets.empty();
      early += come && rte_rdtsc() < zero;
      release(packets);
      return come;
    }));
  EXPECT_EQ(early, 0u);
  for (const replay *source : {in, out}) { // counted from one moment, whoever was polled first
    uint64_t before = rte_rdtsc();
    replay_status status = status_of(source);
    uint64_t after = rte_rdtsc();
    EXPECT_EQ(status.state, REPLAY_RUNNING);
    EXPECT_GE(status.seconds * hz(), before - zero - 1.0);
    EXPECT_LE(status.seconds * hz(), after - zero + 1.0);
  }
}

// The source alone, on slots that a test sets up itself.
class Source : public ReplayTiming
{
protected:
  void SetUp() override
  {
    ReplayTiming::SetUp();
    source.timed = true;
    source.left = UINT64_MAX;
  }

  // Slots due after so many cycles each.
  void slots(const std::vector<uint64_t> &cycles)
  {
    for (uint64_t due : cycles)
      slot.push_back({make(pattern(60, slot.size())), due << SCHEDULE_SHIFT});
    source.slot = slot.data();
    source.n_slots = slot.size();
  }

  Packets take(uint16_t most)
  {
    Packets packets(most);
    packets.resize(source_take(&source, packets.data(), most));
    return packets;
  }

  void TearDown() override
  {
    for (const struct slot &one : slot)
      rte_pktmbuf_free(one.packet);
    ReplayTiming::TearDown();
  }

  struct source source = {};
  std::vector<struct slot> slot;
};

constexpr uint64_t NEVER = 1ull << 50; // cycles: days

TEST_F(Source, EveryFrameIsInTheHistogramOnce)
{
  std::vector<uint64_t> cycles;
  for (uint64_t i = 0; i < 300; i++)
    cycles.push_back(i * 4001);
  slots(cycles);
  source.lap = 300 * 4001 << SCHEDULE_SHIFT;
  source.left = 7 * 300 + 5;
  uint64_t most = 0;
  EXPECT_TRUE(wait_for([&] {
    Packets packets = take(31);
    release(packets);
    EXPECT_EQ(histogram_total(&source.late), source.sent);
    most = std::max(most, source.late.most);
    return source.end != 0;
  }));
  EXPECT_EQ(source.sent, 7u * 300 + 5);
  EXPECT_EQ(source.bytes, source.sent * 60);
  EXPECT_EQ(source.left, 0u);
  EXPECT_LE(source.late.most, source.end - source.zero);
  EXPECT_GE(source.end - source.zero, (7 * 300 + 4) * 4001u) << "over before its last frame's time";
}

TEST_F(Source, WhatIsNotDueIsNoStall)
{
  slots({0, NEVER, NEVER});
  Packets first = take(64);
  EXPECT_EQ(first.size(), 1u);
  rte_mbuf_refcnt_update(slot[1].packet, 1); // somebody else has the next frame, whose time is far
  for (unsigned i = 0; i < 10; i++)
    EXPECT_TRUE(take(64).empty());
  EXPECT_EQ(source.stalls, 0u);
  slot[1].due = 0;
  EXPECT_TRUE(take(64).empty());
  EXPECT_EQ(source.stalls, 1u);
  rte_mbuf_refcnt_update(slot[1].packet, -1);
  Packets second = take(64);
  EXPECT_EQ(second.size(), 1u);
  EXPECT_EQ(histogram_total(&source.late), 2u);
  EXPECT_EQ(source.stalls, 1u);
  release(first);
  release(second);
}

TEST_F(Source, BeginsWhenItIsToldTo)
{
  slots({0, 0, 0, NEVER});
  source.waits = true;
  EXPECT_TRUE(take(64).empty()) << "has not been told";
  source.begin = rte_rdtsc() + NEVER;
  EXPECT_TRUE(take(64).empty()) << "is told a time to come";
  EXPECT_EQ(source.zero, 0u);
  source.begin = rte_rdtsc() - 1000;
  Packets packets = take(64);
  EXPECT_EQ(packets.size(), 3u);
  EXPECT_EQ(source.zero, source.begin);
  release(packets);
}

TEST_F(Source, ElseBeginsWithTheFirstPoll)
{
  slots({0, NEVER});
  uint64_t before = rte_rdtsc();
  release(take(1));
  EXPECT_GE(source.zero, before);
  EXPECT_LE(source.zero, rte_rdtsc());
  EXPECT_EQ(source.end, 0u);
}

// It never hands out more than asked for, nor than it still has to.
TEST_F(Source, KeepsToWhatIsAskedAndLeft)
{
  slots(std::vector<uint64_t>(70, 0));
  source.left = 68;
  for (unsigned most : {1, 3, 31}) {
    Packets packets = take(most);
    EXPECT_EQ(packets.size(), most);
    release(packets);
  }
  EXPECT_EQ(source.end, 0u);
  Packets rest = take(64);
  EXPECT_EQ(rest.size(), 68u - 35);
  EXPECT_NE(source.end, 0u);
  EXPECT_EQ(source.sent, 68u);
  EXPECT_TRUE(take(64).empty());
  EXPECT_EQ(source.stalls, 0u);
  release(rest);
}

} // namespace
