// SPDX-License-Identifier: BSD-3-Clause
// `forward: - wire:` with settings: what they become and what is refused.
#include "config_parsed.h"

#include <gtest/gtest.h>

namespace
{

// Line 2 holds the settings, from column 18 on.
std::string wire(const std::string &settings)
{
  return "ports: {left: {device: net_null0}, right: {device: net_null1}}\n"
         "forward: [wire: {" +
         settings + "}]\n";
}

TEST(WireConfig, FollowsNoLinkUnlessItSaysSo)
{
  for (const std::string &text :
       {pair, wire("ports: [left, right]"), wire("ports: [left, right], link_follow: false")}) {
    Parsed parsed(text);
    ASSERT_NE(parsed.config, nullptr) << parsed.report();
    EXPECT_FALSE(parsed.config->forward[0].link_follow);
    EXPECT_EQ(parsed.config->forward[0].n_ports, 2u);
  }
}

TEST(WireConfig, FollowsTheLink)
{
  Parsed parsed(wire("link_follow: true, ports: [right, left]"));
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  const struct config_forward &entry = parsed.config->forward[0];
  EXPECT_TRUE(entry.link_follow);
  ASSERT_EQ(entry.n_ports, 2u);
  EXPECT_EQ(entry.ports[0], 1u);
  EXPECT_EQ(entry.ports[1], 0u);
}

TEST(WireConfig, OneOfTwoWires)
{
  Parsed parsed("ports: {a: {device: net_null0}, b: {device: net_null1}, c: {device: net_null2}, "
                "d: {device: net_null3}}\n"
                "forward:\n- wire: [a, b]\n- wire: {ports: [c, d], link_follow: true}\n");
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  EXPECT_FALSE(parsed.config->forward[0].link_follow);
  EXPECT_TRUE(parsed.config->forward[1].link_follow);
}

struct Refused {
  const char *name;
  std::string text;
  std::string report;
};

class WireRefusal : public testing::TestWithParam<Refused>
{
};

TEST_P(WireRefusal, SaysWhereAndWhy)
{
  EXPECT_EQ(report_of(GetParam().text, 4), GetParam().report);
}

const std::string sink = "ports: {a: {device: net_null0}, b: {device: net_null1}}\nforward: [";

INSTANTIATE_TEST_SUITE_P(
    Settings, WireRefusal,
    testing::Values(
        Refused{"no_boolean", wire("ports: [left, right], link_follow: yes"),
                "lab.yaml:2:53: forward[0].wire.link_follow: expected true or false, found 'yes'; "
                "did you mean 'true'?\n"},
        Refused{"a_list", wire("ports: [left, right], link_follow: [true]"),
                "lab.yaml:2:53: forward[0].wire.link_follow: expected true or false, found a "
                "list\n"},
        Refused{"misspelt", wire("ports: [left, right], link_folow: true"),
                "lab.yaml:2:40: forward[0].wire: unknown key 'link_folow'; did you mean "
                "'link_follow'?\n"},
        Refused{"no_ports", wire("link_follow: true"),
                "lab.yaml:2:11: forward[0].wire: expected the key 'ports', found none\n"},
        Refused{"one_port", wire("ports: [left]"),
                "lab.yaml:1:36: ports.right: expected the port in one entry of 'forward', found it "
                "in none; 'sink: [right]' is for a port that only sends what rules give it\n"
                "lab.yaml:2:25: forward[0].wire.ports: expected 2 ports, found 1\n"},
        Refused{"ports_are_no_list", wire("ports: {}"),
                "lab.yaml:2:25: forward[0].wire.ports: expected a list of ports, found a map\n"},
        Refused{"of_a_sink", sink + "sink: {ports: [a, b], link_follow: true}]\n",
                "lab.yaml:2:17: forward[0].sink: expected a list of ports, found a map\n"},
        Refused{
            "of_a_bridge", sink + "bridge: {ports: [a, b], link_follow: true}]\n",
            "lab.yaml:2:35: forward[0].bridge: unknown key 'link_follow'; expected ports, name, "
            "ageing, capacity or static\n"}),
    [](const auto &row) { return std::string(row.param.name); });

} // namespace
