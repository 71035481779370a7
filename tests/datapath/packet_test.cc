// SPDX-License-Identifier: BSD-3-Clause
// packet_writable over every shape of packet: whoever else reads the bytes never sees them change,
// the new owner sees all of them, copies are counted, and nothing leaks.
#include <algorithm>
#include <array>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rte_mbuf.h>

#include "packet/copy.h"
#include "packet/packet.h"
#include "packets.h"

namespace
{

struct Case {
  Shape shape;
  bool shared;
  uint16_t size;
  uint16_t length;
};

std::string case_name(const Case &test)
{
  return std::string(shape_names[static_cast<size_t>(test.shape)]) +
         (test.shared ? "_shared_" : "_sole_") + std::to_string(test.size) + "_" +
         std::to_string(test.length);
}

void PrintTo(const Case &test, std::ostream *out)
{
  *out << case_name(test);
}

std::vector<Case> all_cases()
{
  std::vector<Case> cases;
  for (size_t shape = 0; shape < shape_names.size(); shape++)
    for (bool shared : {false, true})
      for (uint16_t size : {60, 64, 65, 127, 128, 129, 256, 257, 1514, 9000})
        for (uint16_t length : {1, 10, 14, 18, 60, 256})
          if (length <= size)
            cases.push_back({static_cast<Shape>(shape), shared, size, length});
  return cases;
}

class PacketWritable : public PacketTest, public testing::WithParamInterface<Case>
{
protected:
  bool stays_itself() const
  {
    const Case &test = GetParam();
    if (test.shared)
      return false;
    size_t first = test.shape == Shape::single || test.shape == Shape::bare ? test.size
                   : test.shape == Shape::two                               ? 10
                   : test.shape == Shape::four                              ? 1
                                               : 0; // not its own bytes
    return test.length <= first;
  }

  bool copied_whole() const
  {
    return !stays_itself() && GetParam().size <= PACKET_SHORT_MAX;
  }

  bool ends_with_segment() const
  {
    const Case &test = GetParam();
    if (test.length == test.size)
      return true;
    if (test.shape == Shape::two || test.shape == Shape::clones)
      return test.length == 10;
    return test.shape == Shape::four && (test.length == 1 || test.length == 14);
  }

  Counts counts() const
  {
    Counts expected = {};
    if (copied_whole())
      expected.short_frame = {1, GetParam().size};
    else if (!stays_itself())
      expected.header_rewrite = {1, GetParam().length};
    return expected;
  }

  // The copy is a packet that any driver can send, and a tag can be pushed before it.
  void expect_private(const rte_mbuf *m) const
  {
    EXPECT_EQ(m->pool, copier.headers);
    EXPECT_TRUE(RTE_MBUF_DIRECT(m));
    EXPECT_EQ(rte_pktmbuf_headroom(m), RTE_PKTMBUF_HEADROOM);
    EXPECT_EQ(m->data_len, copied_whole() ? GetParam().size : GetParam().length);
    if (copied_whole()) {
      EXPECT_EQ(m->nb_segs, 1);
    }
    const char *reason = nullptr;
    for (const rte_mbuf *segment = m; segment != nullptr; segment = segment->next)
      EXPECT_EQ(rte_mbuf_check(segment, segment == m, &reason), 0) << reason;
  }
};

TEST_P(PacketWritable, GivesPrivateBytesAndLeavesTheOthers)
{
  const Case &test = GetParam();
  Bytes bytes = pattern(test.size);
  rte_mbuf *m = make(test.shape, bytes);
  if (test.shared)
    rte_pktmbuf_refcnt_update(m, 1);
  rte_mbuf *other = test.shared ? m : nullptr;

  rte_mbuf *mine = packet_writable(m, test.length, &copier);
  ASSERT_NE(mine, nullptr);
  EXPECT_EQ(mine == m, stays_itself());
  expect_counts(counts());
  EXPECT_EQ(read(mine), bytes);
  EXPECT_EQ(rte_mbuf_refcnt_read(mine), 1);
  ASSERT_GE(mine->data_len, test.length);
  if (!stays_itself())
    expect_private(mine);

  memset(rte_pktmbuf_mtod(mine, void *), 0, test.length);
  Bytes written = bytes;
  std::fill_n(written.begin(), test.length, 0);
  EXPECT_EQ(read(mine), written);
  if (test.shape == Shape::external) {
    EXPECT_EQ(external_bytes, bytes);
  }
  if (other != nullptr) {
    EXPECT_EQ(read(other), bytes);
    rte_pktmbuf_free(other);
  }
  EXPECT_EQ(read(mine), written) << "after the other reader has gone";
  EXPECT_EQ(packet_writable(mine, test.length, &copier), mine) << "once is enough";
  expect_counts(counts());
  rte_pktmbuf_free(mine);
}

TEST_P(PacketWritable, WithoutHeadersLeavesEverything)
{
  const Case &test = GetParam();
  Bytes bytes = pattern(test.size);
  rte_mbuf *m = make(test.shape, bytes);
  if (test.shared)
    rte_pktmbuf_refcnt_update(m, 1);
  uint16_t references = rte_mbuf_refcnt_read(m);
  std::vector<rte_mbuf *> taken(N_HEADERS);
  ASSERT_EQ(rte_pktmbuf_alloc_bulk(copier.headers, taken.data(), N_HEADERS), 0);

  if (!stays_itself()) {
    EXPECT_EQ(packet_writable(m, test.length, &copier), nullptr);
    // One mbuf is too few for a header and what is behind it, except where a segment ends there.
    bool boundary =
        test.length == test.size || (test.shape == Shape::four && test.length == 14) ||
        ((test.shape == Shape::two || test.shape == Shape::clones) && test.length == 10) ||
        (test.shape == Shape::four && test.length == 1);
    if (!copied_whole() && !boundary) {
      rte_pktmbuf_free(taken.back());
      taken.pop_back();
      EXPECT_EQ(packet_writable(m, test.length, &copier), nullptr);
      EXPECT_EQ(rte_mempool_avail_count(copier.headers), 1);
    }
  }
  expect_counts({});
  EXPECT_EQ(read(m), bytes);
  EXPECT_EQ(rte_mbuf_refcnt_read(m), references);
  rte_pktmbuf_free_bulk(taken.data(), taken.size());
  for (; references > 0; references--)
    rte_pktmbuf_free(m);
}

INSTANTIATE_TEST_SUITE_P(Shapes, PacketWritable, testing::ValuesIn(all_cases()),
                         [](const auto &info) { return case_name(info.param); });

TEST_F(PacketTest, RefusesLengthsOutOfRange)
{
  for (bool shared : {false, true}) {
    for (uint16_t size : {60, 1514}) {
      rte_mbuf *m = make(Shape::two, pattern(size));
      if (shared)
        rte_pktmbuf_refcnt_update(m, 1);
      for (unsigned length : {0u, size + 1u, PACKET_HEADER_MAX + 1u, 65535u})
        EXPECT_EQ(packet_writable(m, static_cast<uint16_t>(length), &copier), nullptr) << length;
      EXPECT_EQ(rte_mbuf_refcnt_read(m), shared ? 2 : 1);
      EXPECT_EQ(read(m), pattern(size));
      rte_pktmbuf_free(m);
      if (shared)
        rte_pktmbuf_free(m);
    }
  }
  expect_counts({});
}

// One segment long enough, but more asked for than a header may have.
TEST_F(PacketTest, RefusesLongHeadersOfASoleOwner)
{
  rte_mbuf *m = make(Shape::single, pattern(1514));
  EXPECT_EQ(packet_writable(m, PACKET_HEADER_MAX + 1, &copier), nullptr);
  EXPECT_EQ(packet_writable(m, 0, &copier), nullptr);
  EXPECT_EQ(packet_writable(m, PACKET_HEADER_MAX, &copier), m);
  rte_pktmbuf_free(m);
}

TEST_F(PacketTest, CopiesMetadata)
{
  for (Shape shape : {Shape::single, Shape::clones, Shape::external}) {
    for (uint16_t size : {64, 1514}) {
      rte_mbuf *m = make(shape, pattern(size));
      m->port = 5;
      m->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_RSS_HASH | RTE_MBUF_F_TX_IP_CKSUM;
      m->vlan_tci = 0x2064;
      m->vlan_tci_outer = 0x10c8;
      m->hash.rss = 0xfeedbeef;
      m->packet_type = RTE_PTYPE_L2_ETHER_VLAN | RTE_PTYPE_L3_IPV4;
      m->l2_len = 14;
      m->l3_len = 20;
      m->dynfield1[3] = 0x12345678;
      rte_pktmbuf_refcnt_update(m, 1);
      uint64_t flags = m->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL);

      rte_mbuf *mine = packet_writable(m, 14, &copier);
      ASSERT_NE(mine, nullptr);
      ASSERT_NE(mine, m);
      EXPECT_EQ(mine->port, 5);
      EXPECT_EQ(mine->ol_flags, flags);
      EXPECT_EQ(mine->vlan_tci, 0x2064);
      EXPECT_EQ(mine->vlan_tci_outer, 0x10c8);
      EXPECT_EQ(mine->hash.rss, 0xfeedbeef);
      EXPECT_EQ(mine->packet_type, RTE_PTYPE_L2_ETHER_VLAN | RTE_PTYPE_L3_IPV4);
      EXPECT_EQ(mine->l2_len, 14);
      EXPECT_EQ(mine->l3_len, 20);
      EXPECT_EQ(mine->dynfield1[3], 0x12345678u);
      rte_pktmbuf_free(mine);
      rte_pktmbuf_free(m);
    }
  }
}

// Where the header ends with its segment nothing is left of that to refer to.
TEST_F(PacketTest, HeaderThatEndsWithItsSegment)
{
  rte_mbuf *m = segments(pattern(1514), {100, 400});
  rte_pktmbuf_refcnt_update(m, 1);
  rte_mbuf *mine = packet_writable(m, 100, &copier);
  ASSERT_NE(mine, nullptr);
  EXPECT_EQ(mine->nb_segs, 3);
  EXPECT_EQ(mine->next, m->next);
  EXPECT_EQ(rte_mempool_avail_count(copier.headers), N_HEADERS - 1);
  rte_pktmbuf_free(mine);
  EXPECT_EQ(read(m), pattern(1514));
  rte_pktmbuf_free(m);
}

// The bytes behind the header stay where they are, whichever segment they are in.
TEST_F(PacketTest, BytesBehindTheHeaderAreTheSameMemory)
{
  rte_mbuf *m = segments(pattern(1514), {100, 400});
  rte_pktmbuf_refcnt_update(m, 1);
  rte_mbuf *mine = packet_writable(m, 18, &copier);
  ASSERT_NE(mine, nullptr);
  ASSERT_EQ(mine->nb_segs, 4);
  EXPECT_EQ(rte_pktmbuf_mtod(mine->next, char *), rte_pktmbuf_mtod_offset(m, char *, 18));
  EXPECT_EQ(mine->next->next, m->next);
  EXPECT_EQ(mine->next->next->next, m->next->next);
  rte_pktmbuf_free(m);
  rte_pktmbuf_free(mine);
}

// A header taken out of a packet that is itself such a packet, with a longer header this time.
TEST_F(PacketTest, LongerHeaderOfACopy)
{
  Bytes bytes = pattern(1514);
  rte_mbuf *original = make(Shape::single, bytes);
  rte_pktmbuf_refcnt_update(original, 1);
  rte_mbuf *first = packet_writable(original, 14, &copier);
  ASSERT_NE(first, nullptr);
  rte_mbuf *second = packet_writable(first, 60, &copier);
  ASSERT_NE(second, nullptr);
  EXPECT_NE(second, first);
  EXPECT_EQ(second->nb_segs, 2);
  EXPECT_EQ(read(second), bytes);
  expect_counts({{2, 14 + 60}, {}});
  rte_pktmbuf_free(second);
  EXPECT_EQ(read(original), bytes);
  rte_pktmbuf_free(original);
}

// Every reader but the last gets a copy; the last one owns the original.
TEST_F(PacketTest, ManyReadersEachGetTheirOwn)
{
  constexpr unsigned n_readers = 5;
  Bytes bytes = pattern(1514);
  rte_mbuf *m = make(Shape::single, bytes);
  rte_pktmbuf_refcnt_update(m, n_readers - 1);
  std::array<rte_mbuf *, n_readers> mine = {};
  for (unsigned i = 0; i < n_readers; i++) {
    mine[i] = packet_writable(m, 14, &copier);
    ASSERT_NE(mine[i], nullptr);
    memset(rte_pktmbuf_mtod(mine[i], void *), static_cast<int>(i), 14);
  }
  for (unsigned i = 0; i < n_readers; i++) {
    Bytes expected = bytes;
    std::fill_n(expected.begin(), 14, i);
    EXPECT_EQ(read(mine[i]), expected) << i;
    rte_pktmbuf_free(mine[i]);
  }
}

TEST(CopySites, HaveNamesForPeopleAndMachines)
{
  EXPECT_EQ(copy_sites.count, 2u);
  for (unsigned id = 0; id < copy_sites.count; id++) {
    const label *site = copy_sites.label[id];
    EXPECT_EQ(site->id, id);
    EXPECT_EQ(std::string(site->name).find_first_not_of("abcdefghijklmnopqrstuvwxyz_"),
              std::string::npos);
    EXPECT_GT(strlen(site->help), 10u);
  }
}

TEST(LabelDeathTest, OverfullSetEndsWithItsName)
{
  label_set set = {};
  std::array<label, LABELS_MAX + 1> labels = {};
  for (unsigned i = 0; i < LABELS_MAX; i++) {
    label_register(&set, &labels[i]);
    EXPECT_EQ(labels[i].id, i);
    EXPECT_EQ(set.label[i], &labels[i]);
  }
  labels.back().name = "one_too_many";
  EXPECT_DEATH(label_register(&set, &labels.back()), "one_too_many");
}

} // namespace
