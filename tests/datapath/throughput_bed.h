// SPDX-License-Identifier: BSD-3-Clause
// A device of known behaviour between the two ports of a tester: what it does to the frames it does
// exactly, and counts.
#ifndef TESTS_DATAPATH_THROUGHPUT_BED_H
#define TESTS_DATAPATH_THROUGHPUT_BED_H

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <rte_cycles.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_ring.h>
#include <sched.h>

#include "throughput/tester.h"

// What other programs do must not count: this thread comes before theirs where that is allowed.
inline int before_others(int priority)
{
  sched_param parameter = {};
  parameter.sched_priority = priority;
  return sched_setscheduler(0, SCHED_FIFO, &parameter);
}

class Device
{
public:
  // Takes one frame, the n-th (from 1 on), and puts out what it likes.
  using Behaviour = std::function<void(Device &, rte_mbuf *, uint64_t)>;

  Device(rte_ring *in, rte_ring *out, Behaviour take)
      : in_(in), out_(out), take_(std::move(take)), thread_([this] { run(); })
  {
  }
  ~Device()
  {
    stop_ = true;
    thread_.join();
    for (auto &held : held_)
      rte_pktmbuf_free(held.second);
  }

  void put(rte_mbuf *m)
  {
    while (rte_ring_enqueue(out_, m) != 0)
      ;
  }
  // Puts it out when the moment (cycles) has come: the moments are in order.
  void put_at(rte_mbuf *m, uint64_t moment)
  {
    held_.emplace_back(moment, m);
  }
  size_t held() const
  {
    return held_.size();
  }

  uint64_t done = 0; // the behaviour's count

private:
  void run()
  {
    before_others(1);
    uint64_t n = 0;
    void *m = nullptr;
    while (!stop_ || rte_ring_count(in_) > 0) {
      while (!held_.empty() && rte_rdtsc() >= held_.front().first) {
        put(held_.front().second);
        held_.pop_front();
      }
      if (rte_ring_dequeue(in_, &m) == 0)
        take_(*this, static_cast<rte_mbuf *>(m), ++n);
    }
  }

  rte_ring *in_, *out_;
  Behaviour take_;
  std::deque<std::pair<uint64_t, rte_mbuf *>> held_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

class Throughput : public testing::Test
{
protected:
  enum { FRAMES = 16384 }; // under way

  void start(const frames_wish &wish, unsigned room = SENDER_ROOM)
  {
    static unsigned number;
    const std::string name = "tester" + std::to_string(number++);
    to = rte_ring_create((name + "to").c_str(), FRAMES, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
    from = rte_ring_create((name + "from").c_str(), FRAMES, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
    ASSERT_EQ(frames_make(&frames, &wish), 0);
    pool = sender_pool((name + "pool").c_str(), &frames, FRAMES - 1, room, 0);
    ASSERT_NE(pool, nullptr);
    port = rte_eth_from_rings(name.c_str(), &from, 1, &to, 1, 0);
    ASSERT_GE(port, 0);
    rte_eth_conf conf = {};
    ASSERT_EQ(rte_eth_dev_configure(port, 1, 1, &conf), 0);
    ASSERT_EQ(rte_eth_rx_queue_setup(port, 0, 1024, 0, nullptr, pool), 0);
    ASSERT_EQ(rte_eth_tx_queue_setup(port, 0, 1024, 0, nullptr), 0);
    ASSERT_EQ(rte_eth_dev_start(port), 0);
    tester.sender.port = tester.receiver.port = port;
    tester.sender.frames = &frames;
    tester.sender.pool = pool;
    tester.sender.room = room;
    payload_pool = payloads_pool((name + "payloads").c_str(), 1, frames.longest, 0);
    ASSERT_EQ(payloads_make(&payloads, payload_pool, &frames, room), 0);
    tester.sender.payloads = &payloads;
    ASSERT_EQ(receiver_make(&tester.receiver, &frames), 0);
    tester.receiver.port = port;
    tester.together = true;
    tester.refusal_is_loss = true;
    tester.lcore[0] = rte_get_next_lcore(-1, 1, 0);
    ASSERT_LT(tester.lcore[0], unsigned(RTE_MAX_LCORE)) << "this takes two cores";
    // The test itself, which sleeps mostly, comes first.
    before_others(2);
    rte_eal_remote_launch([](void *) { return before_others(1); }, nullptr, tester.lcore[0]);
    rte_eal_wait_lcore(tester.lcore[0]);
    tester.quiet = 0.03;
    tester.patience = 1;
    tester.short_share = 0.005;
    tester_begin(&tester, 1000);
  }

  void TearDown() override
  {
    void *m = nullptr;
    while (from != nullptr && rte_ring_dequeue(from, &m) == 0)
      rte_pktmbuf_free(static_cast<rte_mbuf *>(m));
    if (port >= 0 && rte_eth_dev_stop(port) == 0)
      rte_eth_dev_close(port);
    payloads_free(&payloads);
    if (payload_pool != nullptr) {
      EXPECT_EQ(rte_mempool_in_use_count(payload_pool), 0u) << "all references are back";
    }
    rte_mempool_free(payload_pool);
    payload_pool = nullptr;
    receiver_free(&tester.receiver);
    if (pool != nullptr) {
      EXPECT_EQ(rte_mempool_in_use_count(pool), 0u) << "all mbufs are back";
    }
    rte_mempool_free(pool);
    rte_ring_free(to);
    rte_ring_free(from);
    frames_free(&frames);
    to = from = nullptr;
    pool = nullptr;
    port = -1;
  }

  trial run(double rate, double seconds, uint64_t *done, Device::Behaviour behaviour)
  {
    trial result = {};
    Device device(to, from, std::move(behaviour));
    EXPECT_EQ(tester_run(&tester, rate, seconds, &result), 0);
    if (done != nullptr)
      *done = device.done;
    return result;
  }

  static frames_wish of(unsigned size, unsigned flows = 1)
  {
    frames_wish wish = {};
    wish.n_mix = 1;
    wish.mix[0] = size;
    wish.flows = flows;
    return wish;
  }

  struct frames frames = {};
  struct tester tester = {};
  struct payloads payloads = {};
  rte_mempool *pool = nullptr, *payload_pool = nullptr;
  rte_ring *to = nullptr, *from = nullptr;
  int port = -1;
};

#endif
