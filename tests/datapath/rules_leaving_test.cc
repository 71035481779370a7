// SPDX-License-Identifier: BSD-3-Clause
// Rules about packets that leave, and what finds no room: full ports, slots of a burst.
#include "rules_bed.h"

namespace
{

TEST_F(Rules, AFullMirrorCostsTheForwardedPacketNothing)
{
  start_rules("  - { from: [a], match: \"\", mirror: [c] }\n");
  plug(C);
  for (unsigned i = 0; i < 2000; i += 50)
    pass(A, List(50, frame(64)));
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

TEST_F(Rules, LeavingDroppedFromSomePortsIsCountedThere)
{
  start_rules("  - { to: [b, c], match: \"arp\", drop: true }\n", "0", "test_flood: [a, b, c, d]");
  pass(A, {frame(60, 0x0806)});
  EXPECT_EQ(dropped(B, "rule_drop"), 1u);
  EXPECT_EQ(dropped(C, "rule_drop"), 1u);
  EXPECT_EQ(dropped(A, "rule_drop"), 0u);
  EXPECT_EQ(take(D).size(), 1u);
}

// Four ports, each with a tag of its own, are more slots than a burst has.
TEST_F(Rules, WhatFindsNoSlotToBeRewrittenInIsCountedWhereItWasToLeave)
{
  std::string rules;
  for (const char *port : {"b", "c", "d", "e"})
    rules += std::string("  - { to: [") + port + "], match: \"\", vlan: {push: 5} }\n";
  start(text({"a", "b", "c", "d", "e", "f"},
             "forward: [test_flood: [a, b, c, d, e, f]]\nworkers: { cores: [0] }\n"
             "memory: { hugepages: off }\nrules:\n" +
                 rules));
  for (unsigned i = 0; i < 64; i++)
    feed(A, {make(frame(200))});
  settle();
  uint64_t left = 0;
  for (unsigned port : {1, 2, 3, 4})
    left += take(port).size();
  EXPECT_EQ(take(5).size(), 64u);
  EXPECT_EQ(left, 192u);
  EXPECT_EQ(dropped(4, "rule_no_mbuf"), 64u);
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
  EXPECT_EQ(take(C).size(), 128u); // four slots for each of 64 packets; one is its own, one free
  uint64_t lost = 0;
  for (unsigned i = 0; i < 6; i++)
    lost += rule(i).lost;
  EXPECT_EQ(lost, 6 * 64u - 128u);
  EXPECT_EQ(dropped(C, "rule_no_mbuf"), lost);
  EXPECT_EQ(take(B).size(), 64u);
}

TEST_F(Rules, MirrorsThatUseUpTheBurstCostForwardingNothing)
{
  std::string rules = "  - { from: [a], match: \"\", mirror: [d] }\n";
  for (unsigned i = 0; i < 4; i++)
    rules +=
        "  - { from: [a], match: \"\", mirror: [d], truncate: " + std::to_string(20 + i) + " }\n";
  start_rules(rules, "0",
              "bridge: {ports: {a: {access: 10}, b: {access: 10}, c: {trunk: [10]}}}, sink: [d]");
  Bytes bytes = frame(300);
  bytes[0] = bytes[6] = 2; // stations
  for (unsigned i = 0; i < 64; i++)
    feed(A, {make(bytes)});
  settle();
  EXPECT_EQ(take(B).size(), 64u);
  EXPECT_EQ(take(C).size(), 64u);
  EXPECT_EQ(take(D).size() + dropped(D, "rule_no_mbuf") + dropped(D, "mirror_full"), 5 * 64u);
  EXPECT_EQ(dropped(A, "no_tag_mbuf"), 0u);
}

TEST_F(Rules, APortWithoutALinkIsNotRedirectedTo)
{
  start_rules("  - { from: [a], match: \"arp\", redirect: [c] }\n"
              "  - { from: [a], match: \"ip\", redirect: [c, d] }\n");
  datapath_links(&datapath, 0xf & ~(1u << C));
  each([&](const Bytes &bytes, unsigned segments) {
    pass(A, {frame(bytes.size(), 0x0806), bytes}, segments);
    EXPECT_TRUE(take(C).empty());
    EXPECT_EQ(take(D), List{bytes});
  });
  EXPECT_GT(dropped(A, "redirect_down"), 0u);
  EXPECT_EQ(dropped(C, "redirect_down"), dropped(A, "redirect_down"));
  datapath_links(&datapath, 0xf);
  pass(A, {frame(60, 0x0806)});
  EXPECT_EQ(take(C).size(), 1u);
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
