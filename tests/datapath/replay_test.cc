// SPDX-License-Identifier: BSD-3-Clause
// A capture that lies in memory whole: what polls hand out, and when they hand it out again.
#include <algorithm>
#include <cerrno>
#include <deque>
#include <random>
#include <set>

#include "replay_bed.h"

namespace
{

const std::vector<unsigned> poll_sizes = {1, 3, 31, 64};

class Replay : public ReplayBed
{
protected:
  void SetUp() override
  {
    start(text({"in", "out"}, "forward: [wire: [in, out]]\nworkers: { cores: [0] }\n"));
  }

  // Takes a source apart before the end of the test, as TearDown does it.
  void close(replay *source)
  {
    replay_detach(source);
    replay_release(source);
    replay_status status = status_of(source);
    EXPECT_EQ(status.mbufs_back, status.mbufs);
    replay_free(source);
    sources.erase(std::find(sources.begin(), sources.end(), source));
  }

  // Polls, and checks that the frames are the next ones and nobody else has them.
  Packets poll_next(unsigned most)
  {
    Packets packets = poll(most);
    for (const rte_mbuf *m : packets) {
      EXPECT_TRUE(is_frame(m, next)) << "frame " << next;
      EXPECT_TRUE(out.insert(m).second) << "handed out twice";
      EXPECT_EQ(m->port, device("in"));
      EXPECT_EQ(m->ol_flags, 0u);
      next++;
    }
    return packets;
  }

  void let_go(const Packets &packets)
  {
    for (const rte_mbuf *m : packets)
      out.erase(m);
    release(packets);
  }

  uint64_t next = 0;
  std::set<const rte_mbuf *> out;
};

const std::vector<size_t> edges = {1,    2,    59,   60,   63,   64,   65,   127,  128,
                                   129,  255,  256,  257,  511,  512,  513,  1023, 1024,
                                   1025, 1514, 1518, 1535, 1536, 1537, 2047, 2048, 2049,
                                   4095, 4096, 4097, 9000, 9215, 9216};

TEST_F(Replay, WholeLapsOfEveryFrameInOrder)
{
  capture_of(edges);
  uint64_t lap_bytes = 0;
  for (size_t length : edges)
    lap_bytes += length;
  for (uint64_t loop : {1, 2, 3, 100}) {
    for (unsigned size : poll_sizes) {
      SCOPED_TRACE("loop=" + std::to_string(loop) + ", polls of " + std::to_string(size));
      replay *source = open(",loop=" + std::to_string(loop), 40);
      EXPECT_EQ(status_of(source).state, REPLAY_WAITING);
      EXPECT_EQ(status_of(source).laps, 0u);
      next = 0;
      for (Packets packets = poll_next(size); !packets.empty(); packets = poll_next(size))
        let_go(packets);
      EXPECT_EQ(next, loop * edges.size());
      replay_status status = status_of(source);
      EXPECT_EQ(status.state, REPLAY_FINISHED);
      EXPECT_EQ(status.sent, next);
      EXPECT_EQ(status.laps, loop);
      EXPECT_EQ(status.frames, edges.size());
      EXPECT_EQ(status.sent_bytes, loop * lap_bytes);
      EXPECT_EQ(status.stalls, 0u);
      EXPECT_EQ(status.copies, std::min<uint64_t>(loop, 17)) << "552 frames at least";
      EXPECT_FALSE(status.window);
      EXPECT_EQ(status.late_most, 0) << "nothing has a time";
      for (unsigned i = 0; i < 10; i++)
        EXPECT_TRUE(poll(size).empty()) << "after its end";
      EXPECT_EQ(status_of(source).sent, next);
      EXPECT_EQ(status_of(source).seconds, status.seconds) << "its time goes on after its end";
      close(source);
    }
  }
}

TEST_F(Replay, BehindWhatTheDeviceItselfReceives)
{
  capture_of({60, 61, 62});
  open("");
  Packets own = make_many(5, 100);
  feed(0, own);
  Packets packets = poll(7);
  ASSERT_EQ(packets.size(), 7u);
  EXPECT_TRUE(std::equal(own.begin(), own.end(), packets.begin()));
  EXPECT_TRUE(is_frame(packets[5], 0));
  EXPECT_TRUE(is_frame(packets[6], 1));
  release(packets);
  release(poll(64));
}

// Readers that keep a packet for a time, and let go in the order in which they came.
TEST_F(Replay, LettingGoLate)
{
  capture_of_odd(97, 1600);
  for (unsigned size : poll_sizes) {
    for (unsigned kept : {1, 50, 400, 581}) {
      SCOPED_TRACE(std::to_string(kept) + " kept, polls of " + std::to_string(size));
      replay *source = open(",loop=30", 0);
      ASSERT_EQ(status_of(source).copies, 6u);
      std::deque<rte_mbuf *> held;
      next = 0;
      while (next < 30 * 97 && !HasFailure()) {
        for (rte_mbuf *m : poll_next(size))
          held.push_back(m);
        while (held.size() > kept) {
          EXPECT_TRUE(is_frame(held.front(), next - held.size())) << "changed while it was out";
          let_go({held.front()});
          held.pop_front();
        }
      }
      EXPECT_EQ(status_of(source).state, REPLAY_FINISHED);
      EXPECT_TRUE(poll(64).empty());
      let_go(Packets(held.begin(), held.end()));
      close(source);
    }
  }
}

TEST_F(Replay, LettingGoInAnyOrder)
{
  capture_of_odd(61, 9216);
  replay *source = open(",loop=0", 0);
  std::mt19937 random(1);
  std::vector<std::pair<rte_mbuf *, uint64_t>> held;
  for (unsigned round = 0; round < 5000 && !HasFailure(); round++) {
    uint64_t before = next;
    for (rte_mbuf *m : poll_next(1 + random() % 64))
      held.emplace_back(m, before++);
    std::shuffle(held.begin(), held.end(), random);
    for (unsigned n = random() % 70; n > 0 && !held.empty(); n--) {
      auto [m, number] = held.back();
      EXPECT_TRUE(is_frame(m, number)) << "changed while it was out";
      let_go({m});
      held.pop_back();
    }
  }
  replay_status status = status_of(source);
  EXPECT_EQ(status.state, REPLAY_RUNNING);
  EXPECT_EQ(status.sent, next);
  EXPECT_EQ(status.laps, next / 61);
  EXPECT_GT(status.laps, 100u);
  EXPECT_GT(status.stalls, 0u) << "nobody ever had the next frame";
  for (auto [m, number] : held)
    release({m});
}

// The source waits for ever, says so, and goes on where it was.
TEST_F(Replay, NeverLettingGo)
{
  capture_of_odd(10, 300);
  replay *source = open(",loop=0", 20);
  const unsigned all = 10 * 54;
  ASSERT_EQ(status_of(source).copies, 54u);
  Packets held;
  for (unsigned round = 0; round < 100; round++)
    for (rte_mbuf *m : poll_next(31))
      held.push_back(m);
  ASSERT_EQ(held.size(), all);
  uint64_t stalls = status_of(source).stalls;
  EXPECT_GE(stalls, 100u - all / 31 - 1);
  for (unsigned i = 0; i < 7; i++)
    EXPECT_TRUE(poll(64).empty());
  EXPECT_EQ(status_of(source).stalls, stalls + 7) << "one for each poll";
  EXPECT_EQ(status_of(source).state, REPLAY_RUNNING);
  for (unsigned i = 0; i < all; i++)
    EXPECT_TRUE(is_frame(held[i], i));

  let_go({held[1], held[2], held[all - 1]});
  EXPECT_TRUE(poll(64).empty()) << "out of order";
  let_go({held[0]});
  Packets again = poll_next(64);
  EXPECT_EQ(again, (Packets{held[0], held[1], held[2]})) << "up to the next that is out";
  let_go(again);
  let_go(Packets(held.begin() + 3, held.end() - 1));
}

// What one poll hands out is out until the last of its readers lets go.
TEST_F(Replay, SeveralReadersOfOneFrame)
{
  capture_of_odd(7, 2000);
  replay *source = open(",loop=0", 0);
  const unsigned all = 7 * 74;
  ASSERT_EQ(status_of(source).copies, 74u);
  Packets held;
  while (held.size() < all)
    for (rte_mbuf *m : poll_next(64)) {
      rte_mbuf_refcnt_update(m, 2); // three readers
      held.push_back(m);
    }
  for (unsigned reader = 0; reader < 3; reader++) {
    EXPECT_TRUE(poll(64).empty()) << reader;
    for (unsigned i = 0; i < all; i++)
      EXPECT_TRUE(is_frame(held[i], i));
    release(held);
  }
  out.clear();
  EXPECT_EQ(poll_next(64), Packets(held.begin(), held.begin() + 64));
  release(Packets(held.begin(), held.begin() + 64));
}

// A stage may leave marks on a packet's mbuf; the next lap must not see them.
TEST_F(Replay, MarksOfALapAreGoneInTheNext)
{
  capture_of({60});
  open(",loop=0");
  for (unsigned i = 0; i < 2000; i++) {
    Packets packets = poll_next(1);
    ASSERT_EQ(packets.size(), 1u);
    packets[0]->ol_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_TX_TCP_CKSUM;
    let_go(packets);
  }
}

TEST_F(Replay, TwoPortsOfOneFile)
{
  capture_of_odd(600, 200);
  open("", 0, "in");
  open("", 0, "out");
  for (const char *port : {"in", "out"})
    for (unsigned i = 0; i < 600;) {
      Packets packets = poll(64, port);
      ASSERT_FALSE(packets.empty());
      for (const rte_mbuf *m : packets) {
        EXPECT_TRUE(is_frame(m, i++));
        EXPECT_EQ(m->port, device(port));
      }
      release(packets);
    }
}

// What is asked of the kernel before the start holds what DPDK then takes.
TEST_F(Replay, TakesNoMoreMemoryThanItSaid)
{
  const std::vector<std::pair<unsigned, size_t>> files = {{1, 60},      {10, 9216},   {1000, 64},
                                                          {1000, 1518}, {3000, 4096}, {999, 9216}};
  for (auto [n, longest] : files) {
    for (const char *rest : {",loop=1", ",loop=0"}) {
      SCOPED_TRACE(std::to_string(n) + " frames of up to " + std::to_string(longest) + rest);
      capture_of_odd(n, longest);
      replay_plan plan = make_plan(rest, 100);
      size_t before = taken();
      replay *source = open(plan, "in");
      size_t took = taken() - before;
      EXPECT_LE(took, replay_plan_bytes(&plan, sysconf(_SC_PAGESIZE)));
      EXPECT_GT(took, plan.bytes * plan.copies);
      close(source);
      EXPECT_EQ(taken(), before) << "not all of it came back";
    }
  }
}

class ReplayChanged : public Replay
{
protected:
  // Opens a file by a plan that was made before it changed.
  void expect_refused(const replay_plan &plan, int expected, const std::string &sentence)
  {
    size_t before = taken();
    char error[512] = "";
    replay *opened = nullptr;
    EXPECT_EQ(replay_open(&opened, &plan, 0, SOCKET_ID_ANY, error, sizeof(error)), expected);
    EXPECT_EQ(error, path + ": " + sentence);
    EXPECT_EQ(opened, nullptr);
    EXPECT_EQ(taken(), before) << "left behind";
  }
};

TEST_F(ReplayChanged, BetweenPlanAndStart)
{
  capture_of_odd(100, 200);
  replay_plan plan = make_plan(",loop=3", 100);
  const std::string changed = "changed while it was read";
  std::vector<Bytes> other = frames;
  other.pop_back();
  write_capture(other);
  expect_refused(plan, -ESTALE, changed);
  other = frames;
  other.push_back(pattern(60));
  write_capture(other);
  expect_refused(plan, -ESTALE, changed);
  other = frames;
  other[50] = pattern(9216);
  write_capture(other);
  expect_refused(plan, -ESTALE, changed);
  other[50] = pattern(9217);
  write_capture(other);
  expect_refused(plan, -EINVAL,
                 "frame 51: 9217 bytes; platter forwards frames of up to 9216; the "
                 "option skip-long=yes leaves longer ones out");
  write_file(path, "no capture any more, but a text");
  expect_refused(plan, -EINVAL, "not a capture file: unknown file format");
  std::filesystem::remove(path);
  expect_refused(plan, -ENOENT, "No such file or directory");

  write_capture();
  open(plan, "in");
  uint64_t n = 0;
  for (Packets packets = poll_next(64); !packets.empty(); packets = poll_next(64)) {
    n += packets.size();
    let_go(packets);
  }
  EXPECT_EQ(n, 300u);
}

TEST_F(ReplayChanged, MoreMemoryThanThereIs)
{
  capture_of_odd(100, 9216);
  replay_plan plan = make_plan(",loop=0,memory=100GB", 1000000);
  size_t before = taken();
  char error[512] = "";
  replay *opened = nullptr;
  EXPECT_EQ(replay_open(&opened, &plan, 0, SOCKET_ID_ANY, error, sizeof(error)), -ENOMEM);
  EXPECT_EQ(std::string(error).find(path + ": no memory for its frames, "), 0u) << error;
  EXPECT_EQ(taken(), before) << "left behind";
}

} // namespace
