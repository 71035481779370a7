// SPDX-License-Identifier: BSD-3-Clause
// Tags pushed, popped and set, over every shape of packet: what is behind them stays, other readers
// see the frame as it was, and only headers are copied.
#include <array>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "packet/vlan.h"
#include "packets.h"

namespace
{

struct Case {
  Shape shape;
  bool shared;
  uint16_t size;
};

void PrintTo(const Case &test, std::ostream *out)
{
  *out << shape_names[static_cast<size_t>(test.shape)] << (test.shared ? "_shared_" : "_sole_")
       << test.size;
}

std::vector<Case> all_cases()
{
  std::vector<Case> cases;
  for (size_t shape = 0; shape < shape_names.size(); shape++)
    for (bool shared : {false, true})
      for (uint16_t size : {18, 60, 64, 65, 127, 128, 129, 1514, 9000})
        cases.push_back({static_cast<Shape>(shape), shared, size});
  return cases;
}

Bytes tagged(const Bytes &frame, uint16_t tpid, uint16_t tci)
{
  Bytes out = frame;
  const std::array<uint8_t, 4> tag = {
      static_cast<uint8_t>(tpid >> 8), static_cast<uint8_t>(tpid & 0xff),
      static_cast<uint8_t>(tci >> 8), static_cast<uint8_t>(tci & 0xff)};
  out.insert(out.begin() + VLAN_ADDRESSES, tag.begin(), tag.end());
  return out;
}

class Vlan : public PacketTest, public testing::WithParamInterface<Case>
{
protected:
  // The packet, made writable for `length`; `other` keeps a second reference where it is shared.
  // `room`: of tags that are to be put in front.
  rte_mbuf *open(const Bytes &bytes, uint16_t length, uint16_t room = 0)
  {
    rte_mbuf *m = make(GetParam().shape, bytes);
    if (GetParam().shared) {
      rte_pktmbuf_refcnt_update(m, 1);
      other = m;
    }
    original = bytes;
    rte_mbuf *mine = packet_extensible(m, length, room, &copier);
    EXPECT_NE(mine, nullptr);
    return mine;
  }

  void expect_and_free(rte_mbuf *mine, const Bytes &bytes)
  {
    EXPECT_EQ(read(mine), bytes);
    EXPECT_GE(mine->data_len, RTE_ETHER_HDR_LEN) << "the Ethernet header in one piece";
    const char *reason = nullptr;
    for (const rte_mbuf *segment = mine; segment != nullptr; segment = segment->next)
      EXPECT_EQ(rte_mbuf_check(segment, segment == mine, &reason), 0) << reason;
    if (other != nullptr) {
      EXPECT_EQ(read(other), original);
      rte_pktmbuf_free(other);
    }
    if (GetParam().shape == Shape::external) {
      EXPECT_EQ(external_bytes, original);
    }
    rte_pktmbuf_free(mine);
  }

  rte_mbuf *other = nullptr;
  Bytes original;
};

TEST_P(Vlan, PushPutsATagBehindTheAddresses)
{
  Bytes bytes = pattern(GetParam().size);
  rte_mbuf *m = open(bytes, VLAN_PUSH_LENGTH, VLAN_TAG_SIZE);
  ASSERT_TRUE(packet_vlan_push(m, VLAN_TPID, 0xa00a));
  EXPECT_EQ(vlan_read(m, VLAN_ADDRESSES), VLAN_TPID);
  EXPECT_EQ(vlan_read(m, VLAN_ADDRESSES + 2), 0xa00a);
  expect_and_free(m, tagged(bytes, VLAN_TPID, 0xa00a));
}

TEST_P(Vlan, PopTakesTheOutermostTagOff)
{
  Bytes untagged = pattern(GetParam().size - VLAN_TAG_SIZE);
  rte_mbuf *m = open(tagged(untagged, VLAN_TPID_SERVICE, 7), VLAN_POP_LENGTH);
  packet_vlan_pop(m);
  expect_and_free(m, untagged);
}

TEST_P(Vlan, SetWritesTheTagAndNothingElse)
{
  Bytes untagged = pattern(GetParam().size - VLAN_TAG_SIZE);
  rte_mbuf *m = open(tagged(untagged, VLAN_TPID, 7), VLAN_SET_LENGTH);
  packet_vlan_set(m, VLAN_TPID_SERVICE, 0x6fff);
  expect_and_free(m, tagged(untagged, VLAN_TPID_SERVICE, 0x6fff));
}

TEST_P(Vlan, TwoTagsPushedAndPoppedLeaveTheFrameAsItWas)
{
  Bytes bytes = pattern(GetParam().size);
  rte_mbuf *m = open(bytes, VLAN_PUSH_LENGTH, 2 * VLAN_TAG_SIZE);
  ASSERT_TRUE(packet_vlan_push(m, VLAN_TPID, 1));
  ASSERT_TRUE(packet_vlan_push(m, VLAN_TPID_SERVICE, 2));
  EXPECT_EQ(read(m), tagged(tagged(bytes, VLAN_TPID, 1), VLAN_TPID_SERVICE, 2));
  packet_vlan_pop(m);
  packet_vlan_pop(m);
  expect_and_free(m, bytes);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Vlan, testing::ValuesIn(all_cases()),
                         testing::PrintToStringParamName());

using VlanRoom = PacketTest;

TEST_F(VlanRoom, PushWithoutHeadroomChangesNothing)
{
  Bytes bytes = pattern(60);
  rte_mbuf *m = segments(bytes, {});
  for (unsigned i = 0; i < RTE_PKTMBUF_HEADROOM / VLAN_TAG_SIZE; i++)
    ASSERT_TRUE(packet_vlan_push(m, VLAN_TPID, static_cast<uint16_t>(i)));
  Bytes full = read(m);
  EXPECT_EQ(full.size(), 60u + RTE_PKTMBUF_HEADROOM);
  EXPECT_FALSE(packet_vlan_push(m, VLAN_TPID, 1));
  EXPECT_EQ(read(m), full);
  rte_pktmbuf_free(m);
}

// As many tags as one likes: whenever headroom is used up, a private header has more.
TEST_F(VlanRoom, AskingForRoomAlwaysFindsSome)
{
  for (size_t size : {14, 60, 128, 129, 1514, 9000}) {
    Bytes expected = pattern(size);
    rte_mbuf *m = bare(expected);
    const rte_mbuf *before = m;
    unsigned moves = 0;
    for (uint16_t i = 0; i < 100; i++) {
      m = packet_extensible(m, VLAN_PUSH_LENGTH, VLAN_TAG_SIZE, &copier);
      ASSERT_NE(m, nullptr);
      moves += m != before;
      before = m;
      ASSERT_TRUE(packet_vlan_push(m, VLAN_TPID_SERVICE, i));
      expected = tagged(expected, VLAN_TPID_SERVICE, i);
    }
    EXPECT_EQ(read(m), expected);
    EXPECT_EQ(moves, (100 + 31) / 32u) << "and no more often than that";
    rte_pktmbuf_free(m);
  }
}

// Without an mbuf for a private header nothing has changed.
TEST_F(VlanRoom, WithoutHeadersAndHeadroomLeavesEverything)
{
  Bytes bytes = pattern(200);
  rte_mbuf *m = bare(bytes);
  std::vector<rte_mbuf *> taken(N_HEADERS);
  ASSERT_EQ(rte_pktmbuf_alloc_bulk(copier.headers, taken.data(), N_HEADERS), 0);
  EXPECT_EQ(packet_extensible(m, VLAN_PUSH_LENGTH, VLAN_TAG_SIZE, &copier), nullptr);
  EXPECT_EQ(packet_writable(m, VLAN_PUSH_LENGTH, &copier), m) << "nor is any needed to write";
  EXPECT_EQ(read(m), bytes);
  EXPECT_EQ(rte_mbuf_refcnt_read(m), 1);
  rte_pktmbuf_free_bulk(taken.data(), taken.size());
  rte_pktmbuf_free(m);
}

} // namespace
