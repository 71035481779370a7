// SPDX-License-Identifier: BSD-3-Clause
// A capture that does not fit into the memory for it: the same frames in the same order, and what
// happens where the file changes while it is read.
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>

#include <rte_lcore.h>
#include <sched.h>

#include "replay_bed.h"

namespace
{

class Window : public ReplayBed
{
protected:
  void SetUp() override
  {
    start(text({"in", "out"}, "forward: [wire: [in, out]]\nworkers: { cores: [0] }\n"));
    capture_of_odd(13001, 2000);
  }

  // A window as small as one may be for frames that somebody may keep.
  replay_plan least_plan(const std::string &loop, unsigned held = 0)
  {
    replay_plan plan = make_plan(loop + ",memory=15MB", held);
    EXPECT_TRUE(plan.window);
    EXPECT_LT(plan.window_mbufs, frames.size()) << "not smaller than the file";
    plan.window_mbufs = held + REPLAY_WINDOW_MIN;
    return plan;
  }

  // Polls and checks until `up_to` frames were there or the source has failed; lets go of a frame
  // when `kept` more are there.
  void read_up_to(const replay *source, uint64_t up_to, unsigned most = 64, size_t kept = 0)
  {
    bool come = wait_for([&] {
      Packets packets = poll(std::min<uint64_t>(most, up_to - next));
      for (rte_mbuf *m : packets) {
        wrong += !is_frame(m, next++) || m->port != device("in") || m->refcnt != 1;
        held.push_back(m);
      }
      while (held.size() > kept)
        let_go_first();
      return next == up_to || (packets.empty() && status_of(source).state == REPLAY_FAILED);
    });
    EXPECT_TRUE(come) << next << " of " << up_to;
    EXPECT_EQ(wrong, 0u);
  }

  void let_go_first()
  {
    wrong += !is_frame(held.front(), next - held.size());
    release({held.front()});
    held.pop_front();
  }

  void let_go()
  {
    while (!held.empty())
      let_go_first();
    EXPECT_EQ(wrong, 0u);
  }

  std::string failure(const replay *source)
  {
    EXPECT_TRUE(wait_for([&] { return status_of(source).state == REPLAY_FAILED; }));
    std::string error = status_of(source).error;
    EXPECT_EQ(error.find(path + ": "), 0u) << error;
    return error.substr(std::min(error.size(), path.size() + 2));
  }

  std::deque<rte_mbuf *> held;
  uint64_t next = 0, wrong = 0;
};

TEST_F(Window, WholeLapsOfEveryFrameInOrder)
{
  uint64_t lap_bytes = 0;
  for (const Bytes &bytes : frames)
    lap_bytes += bytes.size();
  replay *source = open(least_plan(",loop=3"), "in");
  EXPECT_EQ(status_of(source).state, REPLAY_WAITING);
  for (uint64_t i = 1; i <= 3; i++) {
    read_up_to(source, i * frames.size(), i == 1 ? 31 : i == 2 ? 64 : 3);
    EXPECT_EQ(status_of(source).laps, i);
  }
  EXPECT_TRUE(poll(64).empty()) << "after its end";
  replay_status status = status_of(source);
  EXPECT_EQ(status.state, REPLAY_FINISHED);
  EXPECT_TRUE(status.window);
  EXPECT_EQ(status.sent, 3 * frames.size());
  EXPECT_EQ(status.sent_bytes, 3 * lap_bytes);
  EXPECT_EQ(status.mbufs, static_cast<size_t>(REPLAY_WINDOW_MIN));
}

// Its thread has a name that `top -H` shows, and the CPUs of control, not those of who opened it.
TEST_F(Window, ReadsAheadWhereControlRuns)
{
  cpu_set_t before, all, control = rte_lcore_cpuset(rte_get_main_lcore());
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  memset(&all, 0xff, sizeof(all));
  ASSERT_EQ(sched_setaffinity(0, sizeof(all), &all), 0);
  open(least_plan(",loop=0"), "in");
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
  int found = 0;
  for (const auto &task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name != "replay0")
      continue;
    cpu_set_t own;
    ASSERT_EQ(sched_getaffinity(std::stoi(task.path().filename()), sizeof(own), &own), 0);
    EXPECT_TRUE(CPU_EQUAL(&own, &control));
    found++;
  }
  EXPECT_EQ(found, 1);
}

TEST_F(Window, LettingGoLate)
{
  const unsigned kept = 1777;
  replay *source = open(least_plan(",loop=2", kept), "in");
  read_up_to(source, 2 * frames.size(), 31, kept);
  EXPECT_EQ(status_of(source).state, REPLAY_FINISHED);
  EXPECT_EQ(held.size(), kept);
  let_go();
}

// Every mbuf of the window is with a reader: the source waits, and goes on when they come back.
TEST_F(Window, NeverLettingGo)
{
  replay *source = open(least_plan(",loop=0"), "in");
  uint64_t seen = 0;
  for (unsigned quiet = 0; quiet < 50 && next < frames.size(); quiet++) {
    for (rte_mbuf *m : poll(64)) {
      wrong += !is_frame(m, next++);
      held.push_back(m);
    }
    if (next > seen)
      quiet = 0;
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    seen = next;
  }
  const unsigned in_caches = 16 * 3 / 2; // of this thread, which made the window
  EXPECT_GE(next, REPLAY_WINDOW_MIN - in_caches - 64u);
  EXPECT_LE(next, static_cast<uint64_t>(REPLAY_WINDOW_MIN));
  uint64_t stalls = status_of(source).stalls;
  EXPECT_TRUE(poll(64).empty());
  EXPECT_EQ(status_of(source).stalls, stalls + 1);
  let_go();
  read_up_to(source, 2 * frames.size() + 17);
  EXPECT_EQ(status_of(source).state, REPLAY_RUNNING);
}

// Mbufs in the caches of cores that free frames are lost to the window: there must be others.
TEST_F(Window, EveryCoreFreesSome)
{
  replay *source = open(least_plan(",loop=1"), "in");
  EXPECT_TRUE(wait_for([&] {
    for (rte_mbuf *m : poll(64)) {
      wrong += !is_frame(m, next);
      void *object = rte_pktmbuf_prefree_seg(m);
      rte_mempool_cache *cache = rte_mempool_default_cache(m->pool, next++ % RTE_MAX_LCORE);
      rte_mempool_generic_put(m->pool, &object, 1, cache);
    }
    return next == frames.size();
  })) << next;
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(status_of(source).state, REPLAY_FINISHED);
}

TEST_F(Window, NobodyEverPolls)
{
  open(least_plan(",loop=0"), "in");
  open(least_plan(",loop=1"), "out");
}

TEST_F(Window, TakesNoMoreMemoryThanItSaid)
{
  replay_plan plan = make_plan(",memory=15MB", 100);
  ASSERT_TRUE(plan.window);
  size_t before = taken();
  open(plan, "in");
  EXPECT_LE(taken() - before, replay_plan_bytes(&plan, sysconf(_SC_PAGESIZE)));
}

// The old file is still read to its end; the next lap begins with what is there then.
TEST_F(Window, TheFileIsRemovedBetweenLaps)
{
  replay *source = open(least_plan(",loop=3"), "in");
  read_up_to(source, 100);
  std::filesystem::remove(path);
  EXPECT_EQ(status_of(source).state, REPLAY_RUNNING);
  read_up_to(source, 3 * frames.size());
  EXPECT_EQ(next, frames.size()) << "a whole lap";
  EXPECT_EQ(failure(source), "No such file or directory");
  EXPECT_TRUE(poll(64).empty());
}

TEST_F(Window, AnotherCaptureInItsPlace)
{
  const std::string changed = "changed while it was replayed";
  std::vector<Bytes> shorter(frames.begin(), frames.begin() + 12000), longer = frames,
                                                                      larger = frames;
  longer.push_back(pattern(60));
  larger[3] = pattern(9216);
  for (const std::vector<Bytes> &other : {shorter, longer, larger}) {
    SCOPED_TRACE(other.size());
    write_capture();
    replay *source = open(least_plan(",loop=3"), "in");
    next = 0;
    read_up_to(source, 10);
    write_capture(other);
    read_up_to(source, 2 * frames.size() + 1);
    EXPECT_GE(next, frames.size());
    EXPECT_LE(next, 2 * frames.size());
    EXPECT_EQ(failure(source), changed);
    EXPECT_EQ(status_of(source).sent, next);
    replay_detach(source);
  }
}

TEST_F(Window, NoCaptureInItsPlace)
{
  replay *source = open(least_plan(",loop=0"), "in");
  read_up_to(source, 10);
  std::filesystem::remove(path);
  write_file(path, "a text in place of a capture");
  read_up_to(source, 9 * frames.size());
  EXPECT_EQ(next, frames.size());
  EXPECT_EQ(failure(source), "not a capture file: unknown file format");
}

// Cut off under the reader: what was read before comes out, then nothing.
TEST_F(Window, TheFileIsCutOffWhileItIsRead)
{
  for (uint64_t size : {12000000, 24, 0}) {
    SCOPED_TRACE(size);
    write_capture();
    ASSERT_GT(std::filesystem::file_size(path), size);
    replay *source = open(least_plan(",loop=2"), "in");
    next = 0;
    read_up_to(source, 10);
    std::filesystem::resize_file(path, size);
    read_up_to(source, 2 * frames.size());
    EXPECT_LT(next, frames.size());
    EXPECT_GE(next, 2048u) << "what lay ready";
    std::string error = failure(source);
    EXPECT_TRUE(error.find("damaged after frame ") == 0 || error.find("changed while") == 0)
        << error;
    replay_detach(source);
  }
}

} // namespace
