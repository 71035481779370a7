// SPDX-License-Identifier: BSD-3-Clause
// Every action of a rule, over frames of many lengths in one and in several segments: what leaves
// by which port, what is shared and what is copied, and that the accounting closes and every mbuf
// comes back (which the test bed checks).
#include <algorithm>
#include <cstring>
#include <functional>

#include "testbed.h"

namespace
{

enum { A, B, C, D, N_PORTS };

const std::vector<size_t> lengths = {60, 64, 65, 127, 128, 129, 1514, 9000};

// An Ethernet header with this type, before bytes that differ from place to place.
Bytes frame(size_t length, uint16_t type = 0x0800, unsigned seed = 0)
{
  Bytes bytes = pattern(length, seed);
  bytes[12] = static_cast<uint8_t>(type >> 8);
  bytes[13] = static_cast<uint8_t>(type & 0xff);
  return bytes;
}

Bytes tagged(Bytes bytes, uint16_t vlan, uint16_t tpid = 0x8100)
{
  const uint8_t tag[] = {static_cast<uint8_t>(tpid >> 8), static_cast<uint8_t>(tpid & 0xff),
                         static_cast<uint8_t>(vlan >> 8), static_cast<uint8_t>(vlan & 0xff)};
  bytes.insert(bytes.begin() + 12, std::begin(tag), std::end(tag));
  return bytes;
}

class Rules : public Testbed
{
protected:
  void start_rules(const std::string &rules, const std::string &cores = "0",
                   const std::string &forward = "wire: [a, b], sink: [c, d]")
  {
    start(text({"a", "b", "c", "d"}, "forward: [" + forward + "]\nworkers: { cores: [" + cores +
                                         "] }\nmemory: { hugepages: off }\nrules:\n" + rules));
  }

  // Feeds one frame after the other in a burst of its own or all in one.
  void pass(unsigned port, const std::vector<Bytes> &frames, unsigned n_segments = 1)
  {
    for (const Bytes &bytes : frames)
      feed(port,
           {make(bytes, n_segments > 1 ? split(bytes.size(), n_segments) : std::vector<size_t>{})});
    settle();
  }

  std::vector<Bytes> take(unsigned port)
  {
    Packets packets = read(port);
    std::vector<Bytes> bytes = bytes_of(packets);
    release(packets);
    return bytes;
  }

  status_rule rule(unsigned number)
  {
    static struct status status;
    status = {};
    rules_gather(rules, &status);
    return status.rule[number];
  }

  // Over all lengths, in one and in several segments.
  void each(const std::function<void(const Bytes &, unsigned)> &test, uint16_t type = 0x0800)
  {
    for (size_t length : lengths)
      for (unsigned n_segments : {1u, 2u, 3u, 5u}) {
        if (length <= 2 * n_segments * n_segments || length / n_segments > 1800)
          continue; // segments of nothing, or longer than an mbuf
        SCOPED_TRACE(std::to_string(length) + " bytes, " + std::to_string(n_segments) +
                     " segments");
        test(frame(length, type), n_segments);
      }
  }
};

using List = std::vector<Bytes>;

List sorted(List list)
{
  std::sort(list.begin(), list.end());
  return list;
}

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

TEST_F(Rules, ARateIsDividedAmongTheWorkersThatPollThePorts)
{
  start_rules("  - { match: \"ip\", police: {rate: 1kbit, burst: 80kB} }\n", "0, 1");
  for (unsigned port : {A, B})
    pass(port, List(60, frame(1024)));
  EXPECT_EQ(take(A).size(), 40u);
  EXPECT_EQ(take(B).size(), 40u);
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

// The same flow, there and back: addresses of both kinds and ports from a seed.
Bytes flow(unsigned seed, bool back)
{
  Bytes bytes = frame(64);
  const uint8_t ip[20] = {0x45,
                          0,
                          0,
                          50,
                          0,
                          0,
                          0,
                          0,
                          64,
                          17,
                          0,
                          0,
                          10,
                          0,
                          static_cast<uint8_t>(seed >> 8),
                          static_cast<uint8_t>(seed),
                          10,
                          1,
                          2,
                          3};
  const uint8_t udp[8] = {0x12, static_cast<uint8_t>(seed), 0, 53, 0, 30, 0, 0};
  std::copy(std::begin(ip), std::end(ip), bytes.begin() + 14);
  std::copy(std::begin(udp), std::end(udp), bytes.begin() + 34);
  if (back) {
    std::swap_ranges(bytes.begin() + 26, bytes.begin() + 30, bytes.begin() + 30);
    std::swap_ranges(bytes.begin() + 34, bytes.begin() + 36, bytes.begin() + 36);
  }
  return bytes;
}

class Balance : public Rules
{
protected:
  // Which of B, C, D got a reference to flow `seed`; N_PORTS: none.
  unsigned member(unsigned seed, bool back)
  {
    pass(A, {flow(seed, back)});
    unsigned found = N_PORTS;
    for (unsigned port : {B, C, D}) {
      Packets out = read(port);
      if (!out.empty()) {
        EXPECT_EQ(found, static_cast<unsigned>(N_PORTS)) << "one member only";
        EXPECT_EQ(out.size(), 1u);
        found = port;
      }
      release(out);
    }
    return found;
  }

  void start_balance()
  {
    start_rules("  - { from: [a], match: \"udp\", balance: [b, c, d] }\n", "0",
                "sink: [a, b, c, d]");
  }
};

TEST_F(Balance, BothDirectionsOfAFlowGoToOneMemberAndFlowsSpread)
{
  start_balance();
  unsigned flows[N_PORTS + 1] = {};
  for (unsigned seed = 0; seed < 600; seed++) {
    unsigned there = member(seed, false);
    EXPECT_EQ(member(seed, true), there);
    flows[there]++;
  }
  for (unsigned port : {B, C, D})
    EXPECT_NEAR(flows[port], 200, 50);
}

TEST_F(Balance, AMemberThatGoesDownMovesOnlyItsOwnFlows)
{
  start_balance();
  std::vector<unsigned> before;
  for (unsigned seed = 0; seed < 300; seed++)
    before.push_back(member(seed, false));
  datapath_links(&datapath, 0xf & ~(1u << C));
  unsigned moved[N_PORTS + 1] = {};
  for (unsigned seed = 0; seed < 300; seed++) {
    unsigned now = member(seed, false);
    if (before[seed] != C)
      EXPECT_EQ(now, before[seed]);
    else
      moved[now]++;
  }
  EXPECT_GT(moved[B], 20u);
  EXPECT_GT(moved[D], 20u);
  EXPECT_EQ(moved[C], 0u);
  datapath_links(&datapath, 0x1);
  EXPECT_EQ(member(0, false), static_cast<unsigned>(N_PORTS));
  EXPECT_EQ(dropped(before[0], "mirror_down"), 1u);
}

TEST_F(Rules, AFullMirrorCostsTheForwardedPacketNothing)
{
  start_rules("  - { from: [a], match: \"\", mirror: [c] }\n");
  plug(C);
  Packets in = make_many(2000, 64);
  for (unsigned i = 0; i < 2000; i += 50)
    pass(A, List(50, frame(64)));
  release(in);
  EXPECT_EQ(take(B).size(), 2000u);
  EXPECT_GT(dropped(C, "mirror_full"), 0u);
  unplug(C);
}

TEST_F(Rules, LeavingIsDecidedByPort)
{
  start_rules("  - { to: [b], match: \"arp\", drop: true }\n"
              "  - { to: [c], match: \"arp\", redirect: [d] }\n"
              "  - { to: [b], match: \"ip\", vlan: {push: 10} }\n"
              "  - { to: [b], match: \"ip\", count: true }\n"
              "  - { to: [b], match: \"vlan 10 and ip\", mirror: [d], truncate: 40 }\n",
              "0", "test_flood: [a, b, c, d]");
  each([&](const Bytes &bytes, unsigned segments) {
    Bytes arp = frame(bytes.size(), 0x0806);
    pass(A, {arp, bytes}, segments);
    EXPECT_EQ(take(B), List{tagged(bytes, 10)});
    EXPECT_EQ(take(C), List{bytes});
    Bytes start = tagged(bytes, 10);
    start.resize(40);
    EXPECT_EQ(sorted(take(D)), sorted({arp, bytes, start}));
  });
  EXPECT_EQ(rule(3).packets, 0u) << "what is tagged is no longer 'ip'";
}

TEST_F(Rules, LeavingDroppedFromEveryPortHasAReason)
{
  start_rules("  - { to: [b, c, d], match: \"arp\", drop: true }\n", "0",
              "test_flood: [a, b, c, d]");
  pass(A, {frame(60, 0x0806), frame(60)});
  EXPECT_EQ(dropped(A, "rule_drop"), 1u);
  for (unsigned port : {B, C, D})
    EXPECT_EQ(take(port), List{frame(60)});
}

TEST_F(Rules, MoreReferencesThanABurstHasSlotsAreLostAndCounted)
{
  std::string rules;
  for (unsigned i = 0; i < 6; i++)
    rules +=
        "  - { from: [a], match: \"\", mirror: [c], truncate: " + std::to_string(20 + i) + " }\n";
  start_rules(rules + "  - { from: [a], match: \"\", vlan: {push: 5} }\n");
  for (unsigned i = 0; i < 64; i++)
    feed(A, {make(frame(64))});
  settle();
  EXPECT_EQ(take(C).size(), 192u); // four slots for each of 64 packets, one of them its own
  uint64_t lost = 0;
  for (unsigned i = 0; i < 6; i++)
    lost += rule(i).lost;
  EXPECT_EQ(lost, 6 * 64u - 192u);
  EXPECT_EQ(take(B).size(), 64u);
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

// overload: wait holds for the ports of a redirect, too: nothing is received to be thrown away.
TEST_F(Rules, WhatIsRedirectedWaitsForRoom)
{
  start_rules("  - { from: [a], match: \"\", redirect: [c] }\n");
  plug(C);
  feed(A, make_many(1000, 60));
  settle();
  EXPECT_GT(count_all().waits, 0u);
  unplug(C);
  settle();
  EXPECT_EQ(take(C).size(), 1000u);
  EXPECT_EQ(sum_dropped(count_all()), 0u);
}

} // namespace
