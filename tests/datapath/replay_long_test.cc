// SPDX-License-Identifier: BSD-3-Clause
// Two and a half million packets by reference, each to two readers, as where one port is mirrored
// to another. One of them is slow: it looks at every frame when it takes it and again when it lets
// it go. Neither ever sees one that is not as the capture has it.
#include <deque>

#include <sched.h>

#include "replay_bed.h"

namespace
{

enum { IN, FAST, SLOW_ONE };

// Of all bytes and their places.
uint64_t checksum(const uint8_t *bytes, size_t length)
{
  uint64_t sum[4] = {length, 1, 2, 3}, word[4];
  for (; length >= sizeof(word); length -= sizeof(word), bytes += sizeof(word)) {
    memcpy(word, bytes, sizeof(word));
    for (unsigned i = 0; i < 4; i++)
      sum[i] = (sum[i] ^ word[i]) * 0x9e3779b97f4a7c15;
  }
  for (; length > 0; length--)
    sum[0] = (sum[0] ^ *bytes++) * 0x9e3779b97f4a7c15;
  return sum[0] ^ sum[1] << 1 ^ sum[2] << 2 ^ sum[3] << 3;
}

// EAL keeps its threads on one core, and the worker would inherit that.
void use_all_cores()
{
  cpu_set_t all;
  CPU_ZERO(&all);
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
    CPU_SET(cpu, &all);
  EXPECT_EQ(sched_setaffinity(0, sizeof(all), &all), 0);
}

class ReplayLong : public ReplayBed
{
protected:
  void SetUp() override
  {
    use_all_cores();
    Sizes sizes;
    sizes.transmit = 1000;
    start(text({"in", "fast", "slow"}, "forward: [test_flood: [in, fast, slow]]\n"
                                       "workers: { cores: [0] }\noverload: wait\n"),
          sizes);
    std::vector<size_t> lengths;
    for (unsigned i = 0; i < 997; i++) // mostly short, as traffic is
      lengths.push_back(i % 12 < 7 ? 60 + i % 5 : i % 12 < 11 ? 570 + i % 31 : 1514);
    lengths[500] = 9216;
    capture_of(lengths);
    for (const Bytes &bytes : frames)
      sums.push_back(checksum(bytes.data(), bytes.size()));
  }

  bool altered(const rte_mbuf *m, uint64_t number) const
  {
    return m->nb_segs != 1 || m->pkt_len != frame(number).size() ||
           checksum(rte_pktmbuf_mtod(m, const uint8_t *), m->pkt_len) != sums[number % sums.size()];
  }

  unsigned read_fast()
  {
    Packets packets = read(FAST, 256);
    for (const rte_mbuf *m : packets)
      wrong += altered(m, n_fast++);
    rte_pktmbuf_free_bulk(packets.data(), packets.size());
    return packets.size();
  }

  unsigned take_slow()
  {
    Packets packets = read(SLOW_ONE, 256);
    for (rte_mbuf *m : packets) {
      wrong += altered(m, n_slow++);
      held.push_back(m);
    }
    return packets.size();
  }

  // Keeps ever more, and then, or when no more comes, lets go of all but a few. How many it keeps
  // comes round after 750,250 packets, all of them three times: more show nothing new.
  unsigned read_slow()
  {
    unsigned n = take_slow();
    if (held.size() > most_held || n == 0) {
      size_t keep = most_held % 61;
      for (uint64_t number = n_slow - held.size(); held.size() > keep; number++) {
        wrong += altered(held.front(), number);
        rte_pktmbuf_free(held.front());
        held.pop_front();
      }
      most_held = most_held * 3 % 3001;
    }
    return n;
  }

  std::vector<uint64_t> sums;
  std::deque<rte_mbuf *> held;
  size_t most_held = 1;
  uint64_t n_fast = 0, n_slow = 0, wrong = 0;
};

TEST_F(ReplayLong, NoFrameIsEverAltered)
{
  const uint64_t laps = SLOW ? 200 : 2503, all = laps * 997; // two and a half million
  replay *source = open(",loop=" + std::to_string(laps), 1000);
  ASSERT_EQ(status_of(source).copies, 2u);
  run();
  EXPECT_TRUE(wait_for([&] { // at first it keeps all that there is
    read_fast();
    take_slow();
    return n_slow == 2 * 997 && status_of(source).stalls > 0;
  }));
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(100);
  while (n_slow < all && wrong == 0 && std::chrono::steady_clock::now() < end)
    if (read_fast() + read_slow() == 0)
      std::this_thread::yield();
  while (n_fast < all && read_fast() > 0)
    ;
  stop();
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(n_slow, all);
  EXPECT_EQ(n_fast, all);
  for (rte_mbuf *m : held)
    rte_pktmbuf_free(m);
  replay_status status = status_of(source);
  EXPECT_EQ(status.state, REPLAY_FINISHED);
  EXPECT_EQ(status.sent, all);
  EXPECT_EQ(status.laps, laps);
  counters sum = count_all();
  EXPECT_EQ(sum.received[IN], all);
  EXPECT_EQ(sum.cloned, all);
  EXPECT_EQ(sum.transmitted[FAST] + sum.transmitted[SLOW_ONE], 2 * all);
  EXPECT_EQ(sum_dropped(sum), 0u);
  expect_no_copies();
}

} // namespace
