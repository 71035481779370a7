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

// Full bursts of frames that leave in as many forms as there are ports, and are read in as many
// more: nothing is lost at a port that takes what it is given, and what left is in order.
class Slots : public Rules
{
protected:
  static std::string names(unsigned n)
  {
    std::string all;
    for (unsigned i = 0; i < n; i++)
      all += (i > 0 ? ", p" : "p") + std::to_string(i);
    return all;
  }

  // Ports p0, p1, …, collectors c0, c1.
  void start_slots(unsigned n_ports, const std::string &forward, const std::string &rules,
                   const std::string &cores)
  {
    std::vector<std::string> ports;
    for (unsigned i = 0; i < n_ports; i++)
      ports.push_back("p" + std::to_string(i));
    ports.insert(ports.end(), {"c0", "c1"});
    start(text(ports, "forward: [" + forward + ", sink: [c0, c1]]\nworkers: { cores: [" + cores +
                          "], handoff: 64 }\nmemory: { hugepages: off }\nrules:\n" + rules));
  }

  List numbered(unsigned n, size_t length)
  {
    List frames;
    for (unsigned i = 0; i < n; i++) {
      frames.push_back(frame(length, 0x0800, i));
      frames.back()[0] = frames.back()[6] = 2; // stations
      frames.back()[11] = static_cast<uint8_t>(i);
    }
    return frames;
  }

  // What a port has got and still gets.
  List take_all(unsigned port)
  {
    List all;
    for (bool more = true; more;) {
      settle();
      List some = take(port);
      more = !some.empty();
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
};

TEST_F(Slots, SevenTagsOnAFlood)
{
  for (const char *cores : {"0", "0, 1"})
    for (unsigned burst : {1u, 2u, 31u, 63u, 64u, 65u, 257u}) {
      std::string rules;
      for (unsigned i = 1; i <= 7; i++)
        rules += "  - { to: [p" + std::to_string(i) +
                 "], match: \"\", vlan: {push: " + std::to_string(i) + "} }\n";
      start_slots(9, "test_flood: [" + names(9) + "]", rules, cores);
      EXPECT_EQ(forwarding.slots[0], 8u);
      EXPECT_EQ(forwarding.slots[1], 7u) << "no port of its own";
      List frames = numbered(burst, 200);
      pass(0, frames);
      for (unsigned i = 1; i <= 8; i++) {
        List expected = frames;
        for (Bytes &bytes : expected)
          bytes = i < 8 ? tagged(bytes, i) : bytes;
        EXPECT_EQ(take_all(i), expected) << "port " << i;
      }
      EXPECT_EQ(sum_dropped(count_all()), 0u);
      TearDown();
    }
}

TEST_F(Slots, ManyTruncatingMirrors)
{
  for (unsigned n_mirrors : {1u, 3u, 6u, 30u, 100u})
    for (const char *cores : {"0", "0, 1"}) {
      std::string rules;
      for (unsigned i = 0; i < n_mirrors; i++)
        rules +=
            "  - { from: [p0], match: \"\", mirror: [c0], truncate: " + std::to_string(20 + i) +
            " }\n";
      start_slots(2, "wire: [p0, p1]", rules + "  - { match: \"\", vlan: {push: 5} }\n", cores);
      EXPECT_EQ(forwarding.slots[0], 1 + n_mirrors);
      List frames = numbered(64, 300), expected;
      pass(0, frames);
      for (Bytes &bytes : frames) {
        for (unsigned i = 0; i < n_mirrors; i++)
          expected.emplace_back(bytes.begin(), bytes.begin() + 20 + i);
        bytes = tagged(bytes, 5);
      }
      EXPECT_EQ(take_all(1), frames);
      List read = take_all(2);
      EXPECT_EQ(read.size() + dropped(2, "mirror_full"), expected.size());
      if (n_mirrors <= 6) { // more than a transmit ring of 2,048, else
        EXPECT_EQ(read, expected);
      }
      EXPECT_EQ(sum_dropped(count_all()), dropped(2, "mirror_full"));
      TearDown();
    }
}

TEST_F(Slots, MirrorsOnABridgeOfVlansWithATagOnTheWayOut)
{
  start_slots(4,
              "bridge: {ports: {p0: {access: 10}, p1: {access: 10}, p2: {trunk: [10]}, "
              "p3: {trunk: [10]}}}",
              "  - { from: [p0], match: \"\", mirror: [c0] }\n"
              "  - { from: [p0], match: \"\", mirror: [c1], truncate: 100 }\n"
              "  - { to: [p3], match: \"\", vlan: {push: 7} }\n",
              "0");
  EXPECT_EQ(forwarding.slots[0], 5u); // itself, tagged, twice tagged, and two for readers
  List frames = numbered(64, 300), once, twice, starts;
  pass(0, frames);
  for (const Bytes &bytes : frames) {
    once.push_back(tagged(bytes, 10));
    twice.push_back(tagged(once.back(), 7));
    starts.emplace_back(bytes.begin(), bytes.begin() + 100);
  }
  EXPECT_EQ(take(1), frames);
  EXPECT_EQ(take(2), once);
  EXPECT_EQ(take(3), twice);
  EXPECT_EQ(take(4), frames);
  EXPECT_EQ(take(5), starts);
  EXPECT_EQ(sum_dropped(count_all()), 0u);
}

// A bridge that knows no VLANs, and frames of which every other one is long.
TEST_F(Slots, AFloodKeepsItsOrder)
{
  start_slots(3, "bridge: [p0, p1, p2]",
              "  - { to: [p1], match: \"greater 150\", vlan: {push: 3} }\n", "0");
  List frames = numbered(64, 100), expected;
  for (unsigned i = 0; i < 64; i += 2) {
    Bytes longer = frame(200, 0x0800, i);
    std::copy_n(frames[i].begin(), 12, longer.begin());
    frames[i] = longer;
  }
  pass(0, frames);
  for (const Bytes &bytes : frames)
    expected.push_back(bytes.size() >= 150 ? tagged(bytes, 3) : bytes);
  EXPECT_EQ(take(1), expected);
  EXPECT_EQ(take(2), frames);
}

TEST_F(Slots, ARedirectOfTwoFormsSendsOnce)
{
  start_slots(4,
              "bridge: {ports: {p0: {access: 10}, p1: {access: 10}, p2: {trunk: [10]}, "
              "p3: {trunk: [10]}}}",
              "  - { to: [p1, p2, p3], match: \"\", redirect: [c0] }\n", "0");
  List frames = numbered(64, 300);
  pass(0, frames);
  EXPECT_EQ(take(4), frames) << "the form that comes first";
  for (unsigned port : {1, 2, 3})
    EXPECT_TRUE(take(port).empty());
  counters all = count_all();
  EXPECT_EQ(sum_dropped(all), 0u);
  EXPECT_EQ(all.cloned, 0u);
  datapath_links(&datapath, 0x3f & ~(1u << 4));
  pass(0, frames);
  EXPECT_EQ(dropped(0, "redirect_down"), 64u);
  EXPECT_EQ(sum_dropped(count_all()), 64u) << "once, too";
}

TEST_F(Slots, ARedirectToAPortThatGetsItAnywaySendsOnce)
{
  start_slots(4,
              "bridge: {ports: {p0: {access: 10}, p1: {access: 10}, p2: {trunk: [10]}, "
              "p3: {trunk: [10]}}}",
              "  - { to: [p1], match: \"\", redirect: [p2] }\n", "0");
  List frames = numbered(33, 300), expected;
  pass(0, frames);
  for (const Bytes &bytes : frames)
    expected.push_back(tagged(bytes, 10));
  EXPECT_EQ(take(2), expected);
  EXPECT_EQ(take(3), expected);
  EXPECT_EQ(sum_dropped(count_all()), 0u);
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

// A port waits for its own entry's ports. What a rule redirects elsewhere takes what fits.
TEST_F(Rules, ARedirectIntoABusyPortHoldsUpNobody)
{
  start(text({"a", "b", "c", "d"}, "forward: [wire: [a, b], wire: [c, d]]\n"
                                   "workers: { cores: [0] }\nmemory: { hugepages: off }\n"
                                   "rules:\n  - { from: [a], match: \"arp\", redirect: [c] }\n"));
  plug(C);
  List frames;
  for (unsigned i = 0; i < 1000; i++)
    frames.push_back(frame(60, i % 2 == 0 ? 0x0806 : 0x0800, i));
  pass(A, frames);
  List odd;
  for (unsigned i = 1; i < 1000; i += 2)
    odd.push_back(frames[i]);
  EXPECT_EQ(take(B), odd);
  EXPECT_GT(dropped(C, "transmit_full"), 0u);
  EXPECT_EQ(sum_dropped(count_all()), dropped(C, "transmit_full"));
  feed(B, make_many(100, 60)); // its own peer, too
  settle();
  EXPECT_EQ(take(A).size(), 100u);
  unplug(C);
  settle();
  EXPECT_EQ(take(C).size() + dropped(C, "transmit_full"), 500u);
}

} // namespace
