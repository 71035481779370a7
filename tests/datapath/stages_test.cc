// SPDX-License-Identifier: BSD-3-Clause
// What reflect and sink do with packets of every shape.
#include <algorithm>

#include "testbed.h"

namespace
{

enum { PROBE };

constexpr size_t ETHERNET = 14, ADDRESS = 6;

Bytes swapped(Bytes bytes)
{
  std::swap_ranges(bytes.begin(), bytes.begin() + ADDRESS, bytes.begin() + ADDRESS);
  return bytes;
}

class Reflect : public Testbed
{
protected:
  void SetUp() override
  {
    start(text({"probe"}, "forward: [reflect: [probe]]\nworkers: { cores: [0] }\n"));
  }

  // Feeds packets that another reader holds as well; returns what came back.
  Packets reflect_shared(const Packets &packets)
  {
    for (rte_mbuf *m : packets)
      rte_pktmbuf_refcnt_update(m, 1);
    feed(PROBE, packets);
    settle();
    return read(PROBE);
  }

  void expect_copied(const std::string &site, uint64_t packets, uint64_t bytes)
  {
    EXPECT_EQ(copied_packets(site), packets) << site;
    EXPECT_EQ(copied_bytes(site), bytes) << site;
  }

  // All header mbufs but `leave`.
  Packets take_headers(unsigned leave)
  {
    rte_mempool *headers = memory.pool[0].headers;
    Packets taken(headers->size - leave);
    EXPECT_EQ(rte_pktmbuf_alloc_bulk(headers, taken.data(), taken.size()), 0);
    return taken;
  }
};

TEST_F(Reflect, SoleOwnerIsRewrittenInPlace)
{
  for (unsigned n_segments : {1, 3}) {
    for (unsigned n : burst_sizes) {
      SCOPED_TRACE(std::to_string(n) + " frames of " + std::to_string(n_segments) + " segments");
      Packets packets = make_many(n, 90, n_segments);
      std::vector<Look> expected = look(packets);
      for (Look &look : expected)
        look.bytes = swapped(look.bytes);
      feed(PROBE, packets);
      settle();
      Packets out = read(PROBE);
      EXPECT_EQ(look(out), expected);
      release(out);
    }
  }
  expect_no_copies();
}

TEST_F(Reflect, SharedFrameGetsAPrivateHeader)
{
  Bytes bytes = pattern(1000);
  rte_mbuf *m = make(bytes);
  Look before = look(m);
  Packets out = reflect_shared({m});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_NE(out[0], m);
  EXPECT_EQ(bytes_of(out[0]), swapped(bytes));
  ASSERT_EQ(out[0]->nb_segs, 2);
  EXPECT_EQ(rte_pktmbuf_mtod(out[0]->next, char *), rte_pktmbuf_mtod_offset(m, char *, ETHERNET))
      << "the rest is the same memory";
  EXPECT_EQ(look(m), before);
  expect_copied("header_rewrite", 1, ETHERNET);
  expect_copied("short_frame", 0, 0);
  release(out);
  EXPECT_EQ(look(m), before);
  release({m});
}

TEST_F(Reflect, SharedShortFrameIsCopiedWhole)
{
  Packets packets = make_many(33, 60);
  std::vector<Look> before = look(packets);
  Packets out = reflect_shared(packets);
  ASSERT_EQ(out.size(), packets.size());
  for (unsigned i = 0; i < out.size(); i++) {
    EXPECT_EQ(bytes_of(out[i]), swapped(before[i].bytes));
    EXPECT_EQ(out[i]->nb_segs, 1);
  }
  EXPECT_EQ(look(packets), before);
  expect_copied("short_frame", 33, 33 * 60);
  expect_copied("header_rewrite", 0, 0);
  release(out);
  release(packets);
}

TEST_F(Reflect, SharedAmongOthersThatAreNot)
{
  Packets packets = make_many(65, 300);
  Packets kept;
  for (unsigned i = 0; i < packets.size(); i += 2) {
    rte_mbuf_refcnt_update(packets[i], 1);
    kept.push_back(packets[i]);
  }
  std::vector<Bytes> before = bytes_of(packets), kept_before = bytes_of(kept);
  feed(PROBE, packets);
  settle();
  Packets out = read(PROBE);
  ASSERT_EQ(out.size(), packets.size());
  for (unsigned i = 0; i < out.size(); i++) {
    EXPECT_EQ(out[i] == packets[i], i % 2 == 1);
    EXPECT_EQ(bytes_of(out[i]), swapped(before[i]));
  }
  EXPECT_EQ(bytes_of(kept), kept_before);
  expect_copied("header_rewrite", kept.size(), kept.size() * ETHERNET);
  release(out);
  release(kept);
}

TEST_F(Reflect, RuntsAreDropped)
{
  for (size_t length = 1; length < ETHERNET; length++)
    feed(PROBE, {make(pattern(length))});
  feed(PROBE, {make(pattern(13), {1, 5, 7})});
  settle();
  EXPECT_EQ(dropped(PROBE, "runt"), 14u);
  EXPECT_TRUE(read(PROBE).empty());
}

TEST_F(Reflect, RuntsDoNotTakeOthersAlong)
{
  std::vector<Bytes> expected;
  for (unsigned i = 0; i < 64; i++) {
    Bytes bytes = pattern(i % 2 ? ETHERNET + i : i % ETHERNET, i);
    feed(PROBE, {make(bytes)});
    if (i % 2)
      expected.push_back(swapped(bytes));
  }
  settle();
  Packets out = read(PROBE);
  EXPECT_EQ(bytes_of(out), expected);
  EXPECT_EQ(dropped(PROBE, "runt"), 32u);
  release(out);
}

TEST_F(Reflect, NothingBehindTheHeader)
{
  Bytes bytes = pattern(ETHERNET);
  rte_mbuf *sole = make(bytes), *shared = make(bytes);
  feed(PROBE, {sole});
  Packets out = reflect_shared({shared});
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0], sole);
  EXPECT_NE(out[1], shared);
  EXPECT_EQ(bytes_of(out), (std::vector<Bytes>{swapped(bytes), swapped(bytes)}));
  EXPECT_EQ(bytes_of(shared), bytes);
  expect_copied("short_frame", 1, ETHERNET);
  release(out);
  release({shared});
}

TEST_F(Reflect, HeaderInSeveralSegments)
{
  Bytes shorter = pattern(90, 1), longer = pattern(1000, 2);
  feed(PROBE, {make(shorter, {5, 85}), make(longer, {5, 4, 991})});
  settle();
  Packets out = read(PROBE);
  EXPECT_EQ(bytes_of(out), (std::vector<Bytes>{swapped(shorter), swapped(longer)}));
  expect_copied("short_frame", 1, 90);
  expect_copied("header_rewrite", 1, ETHERNET);
  release(out);
}

TEST_F(Reflect, NoMbufForAHeader)
{
  Packets taken = take_headers(0);
  Packets packets = make_many(40, 300), sole = make_many(25, 300);
  std::vector<Look> before = look(packets);
  feed(PROBE, sole);
  Packets out = reflect_shared(packets);
  EXPECT_EQ(out, sole) << "needs no header, so it lacks none";
  EXPECT_EQ(dropped(PROBE, "no_header_mbuf"), 40u);
  EXPECT_EQ(sum_dropped(count_all()), 40u);
  EXPECT_EQ(look(packets), before) << "the other reader keeps them";
  expect_no_copies();
  expect_accounts();
  release(out);
  release(packets);
  release(taken);
}

// Five mbufs make two headers with their rests; the odd one goes back.
TEST_F(Reflect, TooFewMbufsForAllHeaders)
{
  Packets taken = take_headers(5);
  Packets packets = make_many(10, 300);
  Packets out = reflect_shared(packets);
  EXPECT_EQ(out.size(), 2u);
  EXPECT_EQ(dropped(PROBE, "no_header_mbuf"), 8u);
  expect_copied("header_rewrite", 2, 2 * ETHERNET);
  EXPECT_EQ(rte_mempool_avail_count(memory.pool[0].headers), 1u);
  release(out);
  release(packets);
  release(taken);
}

class ReflectOnSeveral : public Testbed
{
};

TEST_F(ReflectOnSeveral, EachGoesBackWhereItCameFrom)
{
  start(text({"a", "b", "c"}, "forward: [reflect: [a, b, c]]\nworkers: { cores: [0, 1] }\n"));
  for (unsigned port : {0, 1, 2})
    feed(port, make_many(33, 60 + port));
  settle();
  for (unsigned port : {0, 1, 2}) {
    Packets out = read(port);
    EXPECT_EQ(out.size(), 33u);
    for (const rte_mbuf *m : out)
      EXPECT_EQ(rte_pktmbuf_pkt_len(m), 60 + port);
    release(out);
  }
}

class Sink : public Testbed
{
};

TEST_F(Sink, CountsAndFrees)
{
  start(text({"hole", "pit"}, "forward: [sink: [hole, pit]]\nworkers: { cores: [0, 1] }\n"));
  uint64_t n_fed = 0;
  for (unsigned n_segments : {1, 2, 5}) {
    for (unsigned n : burst_sizes) {
      feed(0, make_many(n, 90, n_segments));
      feed(1, make_many(n, 90, n_segments));
      settle();
      n_fed += n;
      EXPECT_EQ(rte_mempool_avail_count(memory.pool[0].frames), memory.pool[0].frames->size);
    }
  }
  for (unsigned port : {0, 1}) {
    EXPECT_EQ(count_all().received[port], n_fed);
    EXPECT_EQ(dropped(port, "sink"), n_fed);
  }
  EXPECT_EQ(sum(count_all().transmitted), 0u);
}

} // namespace
