// SPDX-License-Identifier: BSD-3-Clause
// headers_read on frames built by hand, on every prefix of them, and with each of their lengths
// made a lie. Every frame is read from a heap buffer of exactly its size, so that the address
// sanitizer sees a read of one byte too many.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "frames.h"
#include "packet/headers.h"

namespace
{

struct Read {
  size_t size;
  headers fields;
  std::string text;
};

Read read_exactly(const Bytes &frame)
{
  // Not a vector: its capacity may be more than its size.
  std::unique_ptr<uint8_t[]> copy(new uint8_t[frame.size()]);
  std::copy(frame.begin(), frame.end(), copy.get());
  Read read;
  read.size = headers_read(copy.get(), frame.size(), &read.fields);
  char text[100];
  headers_describe(&read.fields, text, sizeof(text));
  read.text = text;
  return read;
}

struct Expected {
  const char *name;
  Bytes frame;
  std::string text;
  unsigned size; // bytes understood
  unsigned network = 0;
  unsigned protocol = 0;
  unsigned transport = 0;
  unsigned fragment = 0;
};

const Bytes V4 = ether(0x0800);
const Bytes V6 = ether(0x86dd);

std::vector<Expected> frames()
{
  return {
      {"arp", ether(0x0806) + arp() + zeros(18), "ARP", 42, 14},
      {"lldp", ether(0x88cc) + zeros(46), "0x88cc", 14},
      {"length", ether(0x0026) + zeros(46), "802.3", 14},
      {"length_max", ether(0x05ff) + zeros(46), "802.3", 14},
      {"type_min", ether(0x0600) + zeros(46), "0x0600", 14},
      {"vlan_arp", ether(0x8100) + tag(10, 0x0806) + arp(), "VLAN 10, ARP", 46, 18},
      {"vlan_802_3", ether(0x8100) + tag(10, 38) + zeros(42), "VLAN 10, 802.3", 18},
      {"vlan_udp", ether(0x8100) + tag(0xe00a, 0x0800) + ipv4({17}, udp()), "VLAN 10, IPv4 UDP", 46,
       18, 17, 38},
      {"qinq", ether(0x88a8) + tag(4095, 0x8100) + tag(1, 0x86dd) + ipv6(6, tcp()),
       "VLAN 4095, VLAN 1, IPv6 TCP", 82, 22, 6, 62},
      {"three_tags", ether(0x88a8) + tag(1, 0x8100) + tag(2, 0x8100) + tag(3, 0x0800) + zeros(40),
       "VLAN 1, VLAN 2, 0x8100", 22},
      {"tcp", V4 + ipv4({6}, tcp()), "IPv4 TCP", 54, 14, 6, 34},
      {"tcp_options", V4 + ipv4({6, 0}, tcp(15) + zeros(9)), "IPv4 TCP", 94, 14, 6, 34},
      {"ip_options", V4 + ipv4({17, 40}, udp()), "IPv4 UDP", 82, 14, 17, 74},
      {"igmp", V4 + ipv4({2, 4}, zeros(8)), "IPv4 IGMP", 46, 14, 2, 38},
      {"icmp", V4 + ipv4({1}, zeros(8)), "IPv4 ICMP", 42, 14, 1, 34},
      {"unknown", V4 + ipv4({253}, zeros(8)), "IPv4 protocol 253", 34, 14, 253},
      {"icmpv6_over_v4", V4 + ipv4({58}, zeros(8)), "IPv4 protocol 58", 34, 14, 58},
      {"do_not_fragment", V4 + ipv4({17, 0, 0x4000}, udp()), "IPv4 UDP", 42, 14, 17, 34},
      {"fragment_first", V4 + ipv4({17, 0, 0x2000}, udp(zeros(16))), "IPv4 fragment", 42, 14, 17,
       34, 1},
      {"fragment_middle", V4 + ipv4({17, 0, 0x2003}, udp(zeros(16))), "IPv4 fragment", 34, 14, 17,
       0, 1},
      {"fragment_last", V4 + ipv4({6, 8, 1}, tcp()), "IPv4 fragment", 42, 14, 6, 0, 1},
      {"fragment_half_way", V4 + ipv4({6, 0, 0x1000}, tcp()), "IPv4 fragment", 34, 14, 6, 0, 1},
      {"v6_udp", V6 + ipv6(17, udp()), "IPv6 UDP", 62, 14, 17, 54},
      {"v6_icmp", V6 + ipv6(58, zeros(24)), "IPv6 ICMP", 58, 14, 58, 54},
      {"v6_nothing", V6 + ipv6(59, {}), "IPv6 protocol 59", 54, 14, 59},
      {"v6_options", V6 + ipv6(0, extension(58, 1) + zeros(8)), "IPv6 ICMP", 66, 14, 58, 62},
      {"v6_chain",
       V6 + ipv6(0, extension(60, 1) + extension(43, 2) + extension(51, 3) + authentication(60, 6) +
                        extension(6, 1) + tcp(6)),
       "IPv6 TCP", 158, 14, 6, 134},
      {"v6_fragment_first", V6 + ipv6(44, ipv6_fragment(17, 1) + udp(zeros(8))), "IPv6 fragment",
       70, 14, 17, 62, 1},
      {"v6_fragment_later", V6 + ipv6(44, ipv6_fragment(17, 0x0b9) + udp()), "IPv6 fragment", 62,
       14, 17, 0, 1},
      {"v6_fragment_last", V6 + ipv6(44, ipv6_fragment(60, 0x0b8) + extension(6, 1)),
       "IPv6 fragment", 62, 14, 60, 0, 1},
      {"v6_atomic_fragment", V6 + ipv6(44, ipv6_fragment(17, 6) + udp()), "IPv6 UDP", 70, 14, 17,
       62},
      {"v6_options_first", V6 + ipv6(60, extension(44, 1) + ipv6_fragment(6, 0x0008) + tcp()),
       "IPv6 fragment", 70, 14, 6, 0, 1},
  };
}

std::string name_of(const testing::TestParamInfo<Expected> &info)
{
  return info.param.name;
}

void PrintTo(const Expected &expected, std::ostream *out)
{
  *out << expected.name;
}

class HeadersRead : public testing::TestWithParam<Expected>
{
};

TEST_P(HeadersRead, FindsWhatStandsWhere)
{
  const Expected &expected = GetParam();
  Read read = read_exactly(expected.frame);
  EXPECT_EQ(read.size, expected.size);
  EXPECT_EQ(read.text, expected.text);
  EXPECT_EQ(read.fields.network, expected.network);
  EXPECT_EQ(read.fields.protocol, expected.protocol);
  EXPECT_EQ(read.fields.transport, expected.transport);
  EXPECT_EQ(read.fields.fragment, expected.fragment);
}

// A prefix gives less, never something else; from the size of the headers on, it gives everything.
TEST_P(HeadersRead, EveryPrefixGivesItsPart)
{
  const Expected &expected = GetParam();
  size_t before = 0;
  for (size_t length = 0; length <= expected.frame.size(); length++) {
    SCOPED_TRACE(length);
    Read read = read_exactly(Bytes(expected.frame.begin(), expected.frame.begin() + length));
    EXPECT_LE(read.size, length);
    EXPECT_GE(read.size, before);
    before = read.size;
    EXPECT_TRUE(read.fields.network == 0 || read.fields.network == expected.network);
    EXPECT_TRUE(read.fields.transport == 0 || read.fields.transport == expected.transport);
    if (read.fields.network == 0) {
      EXPECT_EQ(read.fields.protocol, 0);
      EXPECT_EQ(read.fields.fragment, 0);
    }
    if (length < 14) {
      EXPECT_EQ(read.size, 0u);
      EXPECT_EQ(read.fields.ether_type, 0);
    } else if (length < expected.size) {
      EXPECT_LT(read.size, expected.size);
    } else {
      EXPECT_EQ(read.size, expected.size);
      EXPECT_EQ(read.text, expected.text);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Frames, HeadersRead, testing::ValuesIn(frames()), name_of);

// One byte of a good frame changed.
struct Lie {
  const char *name;
  Bytes frame;
  size_t at;
  unsigned value;
  std::string text;
  unsigned size;
  unsigned network = 0;
  unsigned protocol = 0;
};

void PrintTo(const Lie &lie, std::ostream *out)
{
  *out << lie.name;
}

std::vector<Lie> lies()
{
  const Bytes v4_udp = V4 + ipv4({17}, udp(zeros(4)));
  const Bytes v4_tcp = V4 + ipv4({6}, tcp());
  const Bytes v6_udp = V6 + ipv6(17, udp());
  const Bytes v6_options = V6 + ipv6(60, extension(17, 1) + udp());
  const Bytes v6_twice = V6 + ipv6(60, extension(60, 1) + extension(17, 1) + udp());
  const Bytes v6_ah = V6 + ipv6(51, authentication(17, 4) + udp());
  return {
      {"v4_version", v4_udp, 14, 0x65, "malformed IPv4", 14},
      {"v4_header_short", v4_udp, 14, 0x44, "malformed IPv4", 14},
      {"v4_header_none", v4_udp, 14, 0x40, "malformed IPv4", 14},
      {"v4_header_beyond_total", v4_udp, 14, 0x4f, "malformed IPv4", 14},
      {"v4_total_below_header", v4_udp, 17, 19, "malformed IPv4", 14},
      {"v4_total_without_udp", v4_udp, 17, 27, "IPv4 UDP", 34, 14, 17},
      {"v4_total_is_header", v4_udp, 17, 20, "IPv4 UDP", 34, 14, 17},
      {"udp_length_short", v4_udp, 39, 7, "IPv4 UDP", 34, 14, 17},
      {"tcp_offset_short", v4_tcp, 46, 0x40, "IPv4 TCP", 34, 14, 6},
      {"tcp_offset_beyond", v4_tcp, 46, 0x60, "IPv4 TCP", 34, 14, 6},
      {"v6_version", v6_udp, 14, 0x40, "malformed IPv6", 14},
      {"v6_payload_without_udp", v6_udp, 19, 7, "IPv6 UDP", 54, 14, 17},
      {"v6_payload_none", v6_udp, 19, 0, "IPv6 UDP", 54, 14, 17},
      {"v6_extension_beyond", v6_options, 55, 2, "IPv6 protocol 60", 54, 14, 60},
      {"v6_extension_far_beyond", v6_options, 55, 255, "IPv6 protocol 60", 54, 14, 60},
      {"v6_extension_over_payload", v6_options, 19, 7, "IPv6 protocol 60", 54, 14, 60},
      {"v6_hop_by_hop_late", v6_twice, 54, 0, "IPv6 protocol 0", 62, 14, 0},
      {"v6_ah_beyond", v6_ah, 55, 255, "IPv6 protocol 51", 54, 14, 51},
      {"arp_addresses_beyond", ether(0x0806) + arp(), 18, 7, "malformed ARP", 14},
      {"arp_addresses_far_beyond", ether(0x0806) + arp(), 19, 255, "malformed ARP", 14},
  };
}

class HeadersLie : public testing::TestWithParam<Lie>
{
};

TEST_P(HeadersLie, EndsWhereTheLieIs)
{
  const Lie &lie = GetParam();
  Bytes frame = lie.frame;
  ASSERT_NE(frame.at(lie.at), lie.value);
  frame[lie.at] = static_cast<uint8_t>(lie.value);
  Read read = read_exactly(frame);
  EXPECT_EQ(read.size, lie.size);
  EXPECT_EQ(read.text, lie.text);
  EXPECT_EQ(read.fields.network, lie.network);
  EXPECT_EQ(read.fields.protocol, lie.protocol);
  EXPECT_EQ(read.fields.transport, 0);
}

// Every value in every byte: nothing read outside, no offset that points outside.
TEST_P(HeadersLie, NoByteLeadsOutside)
{
  Bytes frame = GetParam().frame;
  for (size_t at = 12; at < frame.size(); at++) {
    uint8_t good = frame[at];
    for (unsigned value = 0; value < 256; value++) {
      frame[at] = static_cast<uint8_t>(value);
      Read read = read_exactly(frame);
      ASSERT_LE(read.size, frame.size()) << at << " " << value;
      ASSERT_LE(read.fields.network, read.size) << at << " " << value;
      ASSERT_LE(read.fields.transport, read.size) << at << " " << value;
    }
    frame[at] = good;
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, HeadersLie, testing::ValuesIn(lies()),
                         [](const auto &info) { return std::string(info.param.name); });

// A packet that promises more than there is, as the first segment of a long one does.
TEST(Headers, PayloadMayEndEarly)
{
  Bytes v4 = V4 + ipv4({17}, udp(zeros(1000)));
  v4.resize(60);
  EXPECT_EQ(read_exactly(v4).size, 42u);
  Bytes v6 = V6 + ipv6(6, tcp() + zeros(1000));
  v6.resize(80);
  EXPECT_EQ(read_exactly(v6).size, 74u);
}

TEST(Headers, PaddingIsNoHeader)
{
  // An IPv4 header alone, padded to 60 bytes with what would be a UDP header.
  Read read = read_exactly(V4 + ipv4({17}, {}) + udp(zeros(18)));
  EXPECT_EQ(read.fields.transport, 0);
  EXPECT_EQ(read.size, 34u);
}

TEST(Headers, TagsOutermostFirst)
{
  Read read = read_exactly(ether(0x88a8) + tag(0x6064, 0x8100) + tag(0x00c8, 0x88cc));
  EXPECT_EQ(read.fields.n_tags, 2);
  EXPECT_EQ(read.fields.tag[0], 0x6064);
  EXPECT_EQ(read.fields.tag[1], 0x00c8);
  EXPECT_EQ(read.fields.ether_type, 0x88cc);
}

TEST(Headers, TagCutShortIsNoTag)
{
  Read read = read_exactly(ether(0x8100) + Bytes{0, 10, 8});
  EXPECT_EQ(read.fields.n_tags, 0);
  EXPECT_EQ(read.fields.ether_type, 0x8100);
  EXPECT_EQ(read.size, 14u);
}

// A chain of any length takes bounded work: it is followed for eight headers.
TEST(Headers, LongExtensionChains)
{
  for (unsigned n : {7u, 8u, 9u, 1000u}) {
    Bytes chain;
    for (unsigned i = 1; i < n; i++)
      chain = chain + extension(60, 1);
    Read read = read_exactly(V6 + ipv6(60, chain + extension(17, 1) + udp()));
    EXPECT_EQ(read.fields.transport, n <= 8 ? 54 + 8 * n : 0) << n;
    EXPECT_EQ(read.fields.protocol, n <= 8 ? 17 : 60) << n;
  }
}

// The longest offsets that can come about still fit.
TEST(Headers, LongestExtensionHeaders)
{
  Bytes chain;
  for (unsigned i = 1; i < 8; i++)
    chain = chain + extension(60, 256);
  Read read = read_exactly(ether(0x88a8) + tag(1, 0x8100) + tag(2, 0x86dd) +
                           ipv6(60, chain + extension(6, 256) + tcp(15)) + zeros(60000));
  EXPECT_EQ(read.fields.transport, 62 + 8 * 2048);
  EXPECT_EQ(read.size, 62u + 8 * 2048 + 60);
}

TEST(HeadersDescribe, CutsToTheSizeGiven)
{
  const Bytes frame = ether(0x8100) + tag(10, 0x0800) + ipv4({17}, udp());
  Read read = read_exactly(frame);
  for (size_t size = 0; size <= read.text.size() + 3; size++) {
    std::unique_ptr<char[]> text(new char[size]);
    headers_describe(&read.fields, text.get(), size);
    if (size > 0) {
      EXPECT_EQ(std::string(text.get()), read.text.substr(0, size - 1)) << size;
    }
  }
  headers_describe(&read.fields, nullptr, 0);
}

} // namespace
