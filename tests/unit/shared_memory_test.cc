// SPDX-License-Identifier: BSD-3-Clause
// Memory that workers may be reading is not unmapped: by a worker whose turns this test counts.
#include "ports/peers/shared_memory.h"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <rte_rcu_qsbr.h>

#include "datapath/datapath.h"

namespace
{
class SharedMemory : public testing::Test
{
protected:
  SharedMemory()
  {
    rte_rcu_qsbr_init(quiet_.get(), 1);
    rte_rcu_qsbr_thread_register(quiet_.get(), 0);
    rte_rcu_qsbr_thread_online(quiet_.get(), 0);
    shared_memory_guard(&datapath_);
  }
  ~SharedMemory() override
  {
    shared_memory_guard(nullptr);
    if (!gone_)
      munmap(memory_, size_);
  }

  // And looks at once whether it is gone: its place may be others' soon.
  void unmap()
  {
    unsigned char there;
    munmap(memory_, size_);
    gone_ = mincore(memory_, size_, &there) != 0;
  }

  // Works while the worker turns.
  void while_turning(const std::function<void()> &work)
  {
    std::atomic<bool> stop{false};
    std::thread turning([&] {
      while (!stop) {
        rte_rcu_qsbr_quiescent(quiet_.get(), 0);
        std::this_thread::yield();
      }
    });
    work();
    stop = true;
    turning.join();
  }

  // A thread of a driver's: what it was told is its own.
  static void on_a_thread(const std::function<void()> &work)
  {
    std::thread(work).join();
  }

  size_t size_ = sysconf(_SC_PAGESIZE);
  void *memory_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  bool gone_ = false;
  std::unique_ptr<rte_rcu_qsbr, decltype(&free)> quiet_{
      static_cast<rte_rcu_qsbr *>(aligned_alloc(RTE_CACHE_LINE_SIZE, rte_rcu_qsbr_get_memsize(1))),
      free};
  struct datapath datapath_ = {.n_workers = 1, .quiet = quiet_.get()};
};

TEST_F(SharedMemory, GoesWhenTheTurnIsOver)
{
  while_turning([&] { on_a_thread([&] { unmap(); }); });
  EXPECT_TRUE(gone_);
}

TEST_F(SharedMemory, StaysWhereTheTurnDoesNotEnd)
{
  on_a_thread([&] {
    shared_memory_peer_changes(); // nor did it then
    unmap();
  });
  EXPECT_FALSE(gone_);
}

// The worker may then be waiting for a lock that the driver's thread holds.
TEST_F(SharedMemory, GoesAtOnceWhereTheWaitWasBefore)
{
  on_a_thread([&] {
    while_turning(shared_memory_peer_changes);
    unmap();
  });
  EXPECT_TRUE(gone_);
}

TEST_F(SharedMemory, GoesAtOnceWhereNoWorkerRuns)
{
  shared_memory_guard(nullptr);
  on_a_thread([&] { unmap(); });
  EXPECT_TRUE(gone_);
}
} // namespace
