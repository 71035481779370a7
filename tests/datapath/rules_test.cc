// SPDX-License-Identifier: BSD-3-Clause
// Every action of a rule, over frames of many lengths in one and in several segments: what leaves
// by which port, what is shared and what is copied.
#include "rules_bed.h"

namespace
{

TEST_F(Rules, DropTakesWhatMatchesAndNothingElse)
{
  start_rules("  - { from: [a], match: \"ip\", drop: true }\n");
  uint64_t n = 0;
  each([&](const Bytes &bytes, unsigned segments) {
    pass(A, {bytes, frame(bytes.size(), 0x0806)}, segments);
    EXPECT_EQ(take(B), List{frame(bytes.size(), 0x0806)});
    EXPECT_EQ(dropped(A, "rule_drop"), ++n);
  });
  pass(B, {frame(60)});
  EXPECT_EQ(take(A), List{frame(60)}) << "of another port";
  EXPECT_EQ(rule(0).packets, n);
  EXPECT_EQ(rule(0).filter, STATUS_FILTER_NATIVE);
  expect_no_copies();
}

TEST_F(Rules, MirrorIsAReferenceToTheSameBuffer)
{
  start_rules("  - { from: [a], match: \"ip\", mirror: [c, d] }\n");
  each([&](const Bytes &bytes, unsigned segments) {
    Packets in = {
        make(bytes, segments > 1 ? split(bytes.size(), segments) : std::vector<size_t>{})};
    std::vector<Look> before = look(in);
    feed(A, in);
    settle();
    for (unsigned port : {B, C, D}) {
      Packets out = read(port);
      EXPECT_EQ(look(out), before);
      release(out);
    }
  });
  pass(A, {frame(60, 0x0806)});
  EXPECT_EQ(take(B).size(), 1u);
  EXPECT_TRUE(take(C).empty());
  expect_no_copies();
}

TEST_F(Rules, WhatIsDroppedCanBeMirroredByTheSameRule)
{
  start_rules("  - { from: [a], match: \"ip\", mirror: [c], drop: true }\n"
              "  - { to: [b], match: \"arp\", mirror: [d], truncate: 40, drop: true }\n");
  uint64_t n = 0;
  each([&](const Bytes &bytes, unsigned segments) {
    Bytes arp = frame(bytes.size(), 0x0806), start = arp;
    start.resize(40);
    pass(A, {bytes, arp}, segments);
    EXPECT_TRUE(take(B).empty());
    EXPECT_EQ(take(C), List{bytes});
    EXPECT_EQ(take(D), List{start});
    EXPECT_EQ(dropped(A, "rule_drop"), n += 2);
  });
  expect_no_copies();
}

TEST_F(Rules, RedirectReplacesWhatForwardingWouldSay)
{
  start_rules("  - { from: [a], match: \"ip\", redirect: [c, d] }\n");
  each([&](const Bytes &bytes, unsigned segments) {
    pass(A, {bytes, frame(bytes.size(), 0x0806)}, segments);
    EXPECT_EQ(take(B), List{frame(bytes.size(), 0x0806)});
    EXPECT_EQ(take(C), List{bytes});
    EXPECT_EQ(take(D), List{bytes});
  });
  expect_no_copies();
}

TEST_F(Rules, TruncateShortensTheReferenceAndNothingElse)
{
  for (unsigned n : {14, 60, 64, 128, 1000}) {
    start_rules("  - { from: [a], match: \"\", mirror: [c], truncate: " + std::to_string(n) +
                " }\n");
    each([&](const Bytes &bytes, unsigned segments) {
      Packets in = {
          make(bytes, segments > 1 ? split(bytes.size(), segments) : std::vector<size_t>{})};
      const void *buffer = in[0]->buf_addr;
      feed(A, in);
      settle();
      EXPECT_EQ(take(B), List{bytes});
      Packets out = read(C);
      ASSERT_EQ(out.size(), 1u);
      Bytes shortened = bytes;
      shortened.resize(std::min<size_t>(n, bytes.size()));
      EXPECT_EQ(bytes_of(out[0]), shortened);
      EXPECT_EQ(out[0]->buf_addr, buffer) << "the same bytes";
      release(out);
    });
    EXPECT_EQ(rule(0).lost, 0u);
    expect_no_copies();
    TearDown();
  }
}

TEST_F(Rules, ATruncatedReferenceThatFindsNoMbufIsLostAndCounted)
{
  start_rules("  - { from: [a], match: \"\", mirror: [c, d], truncate: 20 }\n");
  rte_mempool *headers = memory.pool[0].headers;
  Packets taken(headers->size - 1);
  ASSERT_EQ(rte_pktmbuf_alloc_bulk(headers, taken.data(), taken.size()), 0);
  feed(A, {make(frame(64), {8, 8, 48})}); // 20 bytes in three segments, and one mbuf left
  settle();
  EXPECT_EQ(take(B), List{frame(64)});
  EXPECT_TRUE(take(C).empty());
  EXPECT_EQ(rule(0).lost, 2u);
  EXPECT_EQ(dropped(C, "rule_no_mbuf"), 1u);
  EXPECT_EQ(dropped(D, "rule_no_mbuf"), 1u);
  release(taken);
}

TEST_F(Rules, SampleTakesOneInSoMany)
{
  start_rules("  - { from: [a], match: \"ip\", sample: 7, mirror: [c] }\n"
              "  - { from: [a], match: \"ip\", count: true }\n");
  uint64_t n = 0, taken = 0;
  for (unsigned burst : burst_sizes) {
    for (unsigned i = 0; i < burst; i++) {
      feed(A, {make(frame(64, 0x0800, n + i)), make(frame(64, 0x0806))});
    }
    settle();
    for (const Bytes &bytes : take(C))
      EXPECT_EQ(bytes, frame(64, 0x0800, 7 * taken++ + 6));
    n += burst;
    EXPECT_EQ(taken, n / 7);
    release(read(B));
  }
  EXPECT_EQ(rule(0).packets, n);
  EXPECT_EQ(rule(1).packets, n);
  EXPECT_EQ(rule(1).bytes, n * 64);
}

TEST_F(Rules, VlanIsRewrittenInTheForwardedPacketOnly)
{
  start_rules("  - { from: [a], match: \"arp\", mirror: [c], vlan: {push: 10}, stop: true }\n"
              "  - { from: [a], match: \"vlan 20\", mirror: [c], vlan: {set: 21}, stop: true }\n"
              "  - { from: [a], match: \"vlan 30\", mirror: [c], vlan: {pop: true}, stop: true }\n"
              "  - { from: [a], match: \"ip\", mirror: [c], vlan: {pop: true} }\n");
  uint64_t whole = 0, headers = 0;
  each([&](const Bytes &bytes, unsigned segments) {
    Bytes arp = frame(bytes.size(), 0x0806);
    List in = {arp, tagged(bytes, 0xe014), tagged(bytes, 30, 0x88a8), tagged(bytes, 30), bytes};
    pass(A, in, segments);
    EXPECT_EQ(take(B), (List{tagged(arp, 10), tagged(bytes, 0xe015), bytes, bytes, bytes}));
    EXPECT_EQ(sorted(take(C)), sorted(in));
    const size_t asked[] = {14, 18, 18, 18};
    for (unsigned i = 0; i < 4; i++) // the last one has nothing to pop
      (in[i].size() <= 128 ? whole : headers) += in[i].size() <= 128 ? in[i].size() : asked[i];
  });
  EXPECT_EQ(copied_bytes("short_frame"), whole);
  EXPECT_EQ(copied_bytes("header_rewrite"), headers);
}

TEST_F(Rules, VlanOfAPacketThatNobodyElseReadsIsRewrittenInPlace)
{
  start_rules("  - { from: [a], match: \"\", vlan: {push: 10} }\n");
  for (size_t length : {60, 64, 128, 129, 1514}) {
    pass(A, {frame(length)});
    EXPECT_EQ(take(B), List{tagged(frame(length), 10)});
  }
  expect_no_copies();
}

TEST_F(Rules, WhatCannotBeRewrittenPassesOrIsDroppedWithItsReason)
{
  start_rules("  - { from: [a], match: \"\", mirror: [c], vlan: {push: 10} }\n");
  pass(A, {pattern(10)});
  EXPECT_EQ(take(B), List{pattern(10)}) << "no header to put a tag in";
  release(read(C));
  rte_mempool *headers = memory.pool[0].headers;
  Packets taken(headers->size);
  ASSERT_EQ(rte_pktmbuf_alloc_bulk(headers, taken.data(), taken.size()), 0);
  pass(A, {frame(200)});
  EXPECT_TRUE(take(B).empty());
  EXPECT_EQ(take(C), List{frame(200)}) << "the mirror needs no mbuf";
  EXPECT_EQ(dropped(A, "rule_no_mbuf"), 1u);
  release(taken);
}

TEST_F(Rules, PoliceLetsTheBurstThroughAndNoMore)
{
  start_rules("  - { from: [a], match: \"ip\", police: {rate: 1kbit, burst: 10kB} }\n");
  List in(20, frame(1024));
  pass(A, in);
  EXPECT_EQ(take(B).size(), 10u);
  EXPECT_EQ(dropped(A, "rule_police"), 10u);
  pass(A, {frame(1024, 0x0806)});
  EXPECT_EQ(take(B).size(), 1u) << "not its packets";
}

// A packet that leaves by two ports uses up the rate of the rule about both twice, and of what
// there is each has half.
TEST_F(Rules, PoliceChargesEveryPortThatAPacketLeavesBy)
{
  start_rules("  - { to: [b, c], match: \"ip\", police: {rate: 1kbit, burst: 11kB} }\n", "0",
              "test_flood: [a, b, c, d]");
  pass(A, List(20, frame(1024)));
  EXPECT_EQ(take(B).size(), 6u);
  EXPECT_EQ(take(C).size(), 5u);
  EXPECT_EQ(take(D).size(), 20u) << "not about this port";
  EXPECT_EQ(dropped(B, "rule_police"), 14u);
  EXPECT_EQ(dropped(C, "rule_police"), 15u);
}

TEST_F(Rules, PoliceOnTheWayInChargesAPacketOnce)
{
  start_rules("  - { from: [a], match: \"ip\", police: {rate: 1kbit, burst: 11kB} }\n", "0",
              "test_flood: [a, b, c, d]");
  pass(A, List(20, frame(1024)));
  for (unsigned port : {B, C, D})
    EXPECT_EQ(take(port).size(), 11u);
  EXPECT_EQ(dropped(A, "rule_police"), 9u);
}

TEST_F(Rules, PoliceThatRefusesOnePortLetsTheOtherActionsSeeThePacket)
{
  start_rules(
      "  - { to: [b, c], match: \"ip\", police: {rate: 1kbit, burst: 3kB}, vlan: {push: 7} }\n",
      "0", "test_flood: [a, b, c, d]");
  pass(A, List(5, frame(1024)));
  EXPECT_EQ(take(B), List(2, tagged(frame(1024), 7)));
  EXPECT_EQ(take(C), List(1, tagged(frame(1024), 7)));
  EXPECT_EQ(take(D), List(5, frame(1024)));
}

TEST_F(Rules, AServiceTagIsPushed)
{
  start_rules("  - { from: [a], match: \"\", vlan: {push: 10} }\n"
              "  - { from: [a], match: \"vlan\", vlan: {push: 20, tpid: 0x88a8} }\n");
  each([&](const Bytes &bytes, unsigned segments) {
    pass(A, {bytes}, segments);
    EXPECT_EQ(take(B), List{tagged(tagged(bytes, 10), 20, 0x88a8)});
  });
}

TEST_F(Rules, ARateIsDividedAmongTheWorkersThatPollThePorts)
{
  start_rules("  - { match: \"ip\", police: {rate: 1kbit, burst: 80kB} }\n", "0, 1");
  for (unsigned port : {A, B})
    pass(port, List(60, frame(1024)));
  EXPECT_EQ(take(A).size(), 40u);
  EXPECT_EQ(take(B).size(), 40u);
}

// What leaves by a comes to d only behind the rule about d.
TEST_F(Rules, ARateIsNotDividedAmongWorkersWhosePacketsNeverComeToTheRule)
{
  start_rules("  - { to: [d], match: \"\", police: {rate: 1kbit, burst: 80kB} }\n"
              "  - { to: [a], match: \"arp\", redirect: [d] }\n",
              "0, 1", "wire: [a, b], wire: [c, d]");
  pass(C, List(100, frame(1024)));
  EXPECT_EQ(take(D).size(), 80u);
  pass(B, {frame(60, 0x0806), frame(60)});
  EXPECT_EQ(take(A).size(), 1u);
  EXPECT_EQ(take(D).size(), 1u);
}

TEST_F(Rules, StopAndDropEndTheListForAPacket)
{
  start_rules("  - { from: [a], match: \"arp\", stop: true }\n"
              "  - { from: [a], match: \"ip6\", drop: true }\n"
              "  - { from: [a], match: \"\", count: true }\n"
              "  - { from: [a], match: \"\", redirect: [d] }\n"
              "  - { from: [a], match: \"ip\", redirect: [c] }\n");
  pass(A, {frame(60, 0x0806), frame(60, 0x86dd), frame(60), frame(60, 0x88cc)});
  EXPECT_EQ(take(B), List{frame(60, 0x0806)});
  EXPECT_EQ(take(C), List{frame(60)}) << "the last word counts";
  EXPECT_EQ(take(D), (List{frame(60, 0x88cc)}));
  EXPECT_EQ(rule(2).packets, 2u);
}

TEST_F(Rules, CyclesAreMeasured)
{
  start_rules("  - { from: [a], match: \"tcp port 443\", count: true }\n");
  for (unsigned i = 0; i < 100; i++)
    pass(A, List(32, frame(64)));
  release(read(B));
  EXPECT_GT(rule(0).cycles_per_packet, 0);
  EXPECT_EQ(rule(0).packets, 0u);
}

TEST_F(Rules, CyclesAreMeasuredOfPortsWhoseBurstsComeInTurn)
{
  start_rules("  - { from: [a, b], match: \"\", count: true }\n"
              "  - { from: [a], match: \"arp\", count: true }\n"
              "  - { from: [b], match: \"arp\", count: true }\n");
  for (unsigned i = 0; i < 100; i++)
    for (unsigned port : {A, B})
      pass(port, List(1, frame(64)));
  release(read(A));
  release(read(B));
  EXPECT_GT(rule(1).cycles_per_packet, 0);
  EXPECT_GT(rule(2).cycles_per_packet, 0);
}

TEST_F(Rules, AFilterCannotBeLedOutOfTheFrame)
{
  // Offsets from the frame itself, and constants that rte_bpf would take as negative.
  start_rules("  - { from: [a], match: \"ether[ether[20:4]:4] == 1\", count: true }\n"
              "  - { from: [a], match: \"ether[0x80000000:1] == 1\", count: true }\n"
              "  - { from: [a], match: \"ether[ether[20:4]:1] == 0x55\", count: true }\n");
  for (uint32_t offset : {0xfffffffeu, 0xffffffffu, 0x80000000u, 0x7fffffffu, 0x10000u, 59u}) {
    Bytes bytes = frame(60);
    for (unsigned i = 0; i < 4; i++)
      bytes[20 + i] = static_cast<uint8_t>(offset >> (24 - 8 * i));
    bytes[59] = 0x55;
    for (unsigned segments : {1, 3})
      pass(A, {bytes}, segments);
  }
  EXPECT_EQ(rule(0).packets, 0u);
  EXPECT_EQ(rule(1).packets, 0u);
  EXPECT_EQ(rule(2).packets, 2u) << "what is inside is found";
  release(read(B));
}

} // namespace
