// SPDX-License-Identifier: BSD-3-Clause
// The hash of a flow: the same there and back, for every fragment, with and without tags and in any
// segments; different for different flows.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "packet/flow.h"
#include "packets.h"

namespace
{

struct End {
  uint8_t mac;
  uint8_t address;
  uint16_t port;
};

const End one = {1, 7, 40000}, other = {2, 9, 443};

void put16(Bytes *bytes, uint16_t value)
{
  bytes->push_back(static_cast<uint8_t>(value >> 8));
  bytes->push_back(static_cast<uint8_t>(value & 0xff));
}

Bytes ethernet(const End &from, const End &to, uint16_t type, unsigned tags = 0)
{
  Bytes bytes = {2, 0, 0, 0, 0, to.mac, 2, 0, 0, 0, 0, from.mac};
  for (unsigned i = 0; i < tags; i++) {
    put16(&bytes, i + 1 < tags ? 0x88a8 : 0x8100);
    put16(&bytes, static_cast<uint16_t>(10 + i));
  }
  put16(&bytes, type);
  return bytes;
}

void put_ports(Bytes *bytes, const End &from, const End &to)
{
  put16(bytes, from.port);
  put16(bytes, to.port);
  bytes->resize(bytes->size() + 28);
}

Bytes ipv4(const End &from, const End &to, uint8_t protocol, unsigned tags = 0,
           uint16_t fragment = 0, unsigned options = 0)
{
  Bytes bytes = ethernet(from, to, 0x0800, tags);
  const uint8_t head[] = {static_cast<uint8_t>(0x45 + options),
                          0,
                          0,
                          static_cast<uint8_t>(52 + 4 * options),
                          0,
                          0,
                          static_cast<uint8_t>(fragment >> 8),
                          static_cast<uint8_t>(fragment),
                          64,
                          protocol,
                          0,
                          0,
                          10,
                          0,
                          0,
                          from.address,
                          10,
                          0,
                          0,
                          to.address};
  bytes.insert(bytes.end(), std::begin(head), std::end(head));
  bytes.resize(bytes.size() + 4 * options);
  put_ports(&bytes, from, to);
  return bytes;
}

// `extension`: a destination options header between.
Bytes ipv6(const End &from, const End &to, uint8_t protocol, bool extension = false)
{
  Bytes bytes = ethernet(from, to, 0x86dd);
  const uint8_t head[] = {0x60,
                          0,
                          0,
                          0,
                          0,
                          static_cast<uint8_t>(32 + 8 * extension),
                          static_cast<uint8_t>(extension ? 60 : protocol),
                          64};
  bytes.insert(bytes.end(), std::begin(head), std::end(head));
  for (uint8_t address : {from.address, to.address}) {
    bytes.push_back(0xfe);
    bytes.resize(bytes.size() + 14);
    bytes.push_back(address);
  }
  if (extension) {
    bytes.push_back(protocol);
    bytes.resize(bytes.size() + 7);
  }
  put_ports(&bytes, from, to);
  return bytes;
}

class Flow : public PacketTest
{
protected:
  uint64_t hash(const Bytes &bytes, const std::vector<size_t> &lengths = {})
  {
    rte_mbuf *m = segments(bytes, lengths);
    uint64_t hash = flow_hash(m);
    rte_pktmbuf_free(m);
    return hash;
  }
};

TEST_F(Flow, BothDirectionsAreOne)
{
  for (uint8_t protocol : {6, 17, 132, 1, 50}) {
    EXPECT_EQ(hash(ipv4(one, other, protocol)), hash(ipv4(other, one, protocol))) << +protocol;
    EXPECT_EQ(hash(ipv6(one, other, protocol)), hash(ipv6(other, one, protocol))) << +protocol;
    EXPECT_EQ(hash(ipv6(one, other, protocol, true)), hash(ipv6(other, one, protocol)))
        << "behind an extension header, " << +protocol;
  }
  EXPECT_EQ(hash(ethernet(one, other, 0x88cc)), hash(ethernet(other, one, 0x88cc)));
}

TEST_F(Flow, TagsOptionsAndSegmentsMakeNoDifference)
{
  uint64_t expected = hash(ipv4(one, other, 6));
  EXPECT_EQ(hash(ipv4(one, other, 6, 1)), expected);
  EXPECT_EQ(hash(ipv4(one, other, 6, 2)), expected);
  EXPECT_EQ(hash(ipv4(one, other, 6, 1, 0, 3)), expected);
  EXPECT_EQ(hash(ipv4(one, other, 6), {1, 13, 0, 20}), expected);
  EXPECT_EQ(hash(ipv4(one, other, 6, 0, 0x4000)), expected) << "may not be fragmented, and is not";
}

TEST_F(Flow, FragmentsGoByAddressesOnly)
{
  End elsewhere = one;
  elsewhere.port = 1;
  uint64_t first = hash(ipv4(one, other, 17, 0, 0x2000));
  EXPECT_EQ(hash(ipv4(one, other, 17, 0, 0x2005)), first);
  EXPECT_EQ(hash(ipv4(other, elsewhere, 17, 0, 0x0009)), first);
  EXPECT_NE(hash(ipv4(one, other, 17)), first);
}

TEST_F(Flow, LengthsAreNoTypes)
{
  uint64_t expected = hash(ethernet(one, other, 3));
  for (uint16_t length : {38, 1500, 0x5ff})
    EXPECT_EQ(hash(ethernet(other, one, length, 1)), expected) << length;
  EXPECT_NE(hash(ethernet(one, other, 0x600)), expected);
}

TEST_F(Flow, EveryPartCounts)
{
  const Bytes frames[] = {ipv4(one, other, 6),
                          ipv4(one, other, 17),
                          ipv4({1, 8, 40000}, other, 6),
                          ipv4(one, {2, 9, 444}, 6),
                          ipv4({1, 9, 40000}, {2, 7, 443}, 6),  // ports at the other ends
                          ipv4({1, 6, 40000}, {2, 10, 443}, 6), // the same sum of addresses
                          ipv6(one, other, 6),
                          ethernet(one, other, 0x88cc),
                          ethernet(one, other, 0x0806)};
  std::set<uint64_t> hashes;
  for (const Bytes &frame : frames)
    hashes.insert(hash(frame));
  EXPECT_EQ(hashes.size(), std::size(frames));
}

TEST_F(Flow, FramesThatEndEarlyAreReadNoFurther)
{
  for (const Bytes &whole : {ipv4(one, other, 6, 2), ipv6(one, other, 17, true)})
    for (size_t length = 1; length <= whole.size(); length++) {
      Bytes bytes = whole;
      bytes.resize(length);
      hash(bytes); // the sanitizer looks on
      hash(bytes, {length / 2});
    }
}

TEST_F(Flow, ManyFlowsSpreadOverEveryBit)
{
  unsigned ones[64] = {};
  for (uint16_t port = 1; port <= 1000; port++) {
    uint64_t value = hash(ipv4({1, 7, port}, other, 6));
    for (unsigned bit = 0; bit < 64; bit++)
      ones[bit] += value >> bit & 1;
  }
  for (unsigned bit = 0; bit < 64; bit++)
    EXPECT_NEAR(ones[bit], 500, 100) << bit;
}

} // namespace
