// SPDX-License-Identifier: BSD-3-Clause
// Bridges with very many stations.
#include "bridge_bed.h"

namespace
{

class BridgeScale : public BridgeBed
{
protected:
  // Feeds frames from stations `first` to `end` into port A, and lets control hear of them as often
  // as a ring of posts takes. Returns how many left at B.
  uint64_t speak(uint32_t first, uint32_t end, double seconds_each = 0)
  {
    uint64_t left = 0;
    for (uint32_t at = first; at < end;) {
      uint32_t n = std::min<uint32_t>(1000, end - at);
      Packets packets(n);
      EXPECT_EQ(rte_pktmbuf_alloc_bulk(memory.pool[0].frames, packets.data(), n), 0);
      for (uint32_t i = 0; i < n; i++) {
        char *place = rte_pktmbuf_append(packets[i], 64);
        memset(place, 0xff, 6);
        Bytes from = station(at + i);
        std::copy(from.begin(), from.end(), place + 6);
        memset(place + 12, 0x88, 52);
      }
      feed(A, packets);
      settle();
      Packets out = read(B);
      left += out.size();
      release(out);
      at += n;
      now += seconds_each;
      bridges_tick(bridges, all_up, now);
    }
    return left;
  }
};

TEST_F(BridgeScale, AMillionAddresses)
{
  const uint32_t million = 1000000;
  start_bridge({"a", "b"}, "{ports: [a, b], capacity: 1000000}");
  EXPECT_EQ(speak(0, million), million);
  EXPECT_EQ(figures().learned, million);
  EXPECT_EQ(figures().entries, million);
  EXPECT_EQ(figures().rejected_full, 0u);
  EXPECT_EQ(figures().lost, 0u);
  for (uint32_t number = 0; number < million; number += 99991)
    EXPECT_EQ(ways(B, frame(station(number), station(million + 1))), Ports{A}) << number;
  EXPECT_EQ(ways(A, frame(station(5), station(7))), Ports{}) << "known behind the same port";
  links(0x2);
  tick();
  EXPECT_EQ(figures().flushed, million);
  EXPECT_EQ(figures().entries, 1u) << "of port b";
}

// A hundred thousand new stations a second, while the old ones are forgotten: every frame leaves,
// those between stations that stay by one port only.
TEST_F(BridgeScale, AHundredThousandNewAddressesASecond)
{
  start_bridge({"a", "b", "c"}, "{ports: [a, b, c], capacity: 400000, ageing: 2}");
  const uint32_t each = 1000, a_second = 100;
  uint32_t number = 1000000;
  for (unsigned round = 0; round < 10 * a_second; round++) {
    ASSERT_EQ(speak(number, number + each, 1.0 / a_second), each);
    number += each;
    release(read(C));
    if (round % 50 == 0) {
      introduce(B, {1});
      introduce(C, {2});
    }
    if (round % 7 == 0) {
      ASSERT_EQ(ways(B, frame(station(2), station(1))), Ports{C}) << round;
    }
  }
  status_bridge s = figures();
  EXPECT_EQ(s.learned, 1000u * each + 2) << "each once";
  EXPECT_EQ(s.rejected_full, 0u);
  EXPECT_EQ(s.lost, 0u);
  EXPECT_EQ(s.learned - s.aged, s.entries);
  EXPECT_LE(s.entries, 4 * a_second * each)
      << "two seconds' ageing, and what that is rounded up to";
  EXPECT_EQ(sum_dropped(count_all()), 0u);
}

} // namespace
