// SPDX-License-Identifier: BSD-3-Clause
// `forward: - bridge:`, what its settings become and what is refused.
#include "config_parsed.h"

#include <gtest/gtest.h>

namespace
{

enum { KINDS = 4 }; // of config_kinds: the bridge too

const std::string three = "ports: {a: {device: net_null0}, b: {device: net_null1}, "
                          "c: {device: net_null2}}\n";

// Line 2 holds the settings, from column 20 on.
std::string bridge(const std::string &settings)
{
  return three + "forward: [bridge: {" + settings + "}]\n";
}

TEST(BridgeConfig, AListOfPortsHasTheDefaults)
{
  Parsed parsed(three + "forward: [bridge: [c, a, b]]\n", KINDS);
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  const struct config_forward &entry = parsed.config->forward[0];
  ASSERT_EQ(entry.n_ports, 3u);
  EXPECT_EQ(entry.ports[0], 2u);
  ASSERT_NE(entry.bridge, nullptr);
  EXPECT_STREQ(entry.bridge->name, "bridge0");
  EXPECT_FALSE(entry.bridge->vlans);
  EXPECT_EQ(entry.bridge->ageing, 300u);
  EXPECT_EQ(entry.bridge->capacity, 65536u);
  EXPECT_EQ(entry.bridge->n_statics, 0u);
  for (unsigned i = 0; i < 3; i++) {
    EXPECT_EQ(entry.bridge->port[i].learn, unsigned{CONFIG_CAPACITY_MAX});
    EXPECT_EQ(entry.bridge->port[i].storm[CONFIG_STORM_UNKNOWN], 0u);
  }
}

TEST(BridgeConfig, OtherKindsHaveNone)
{
  Parsed parsed(pair, KINDS);
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  EXPECT_EQ(parsed.config->forward[0].bridge, nullptr);
}

TEST(BridgeConfig, EverySettingIsRead)
{
  Parsed parsed(three +
                    "forward:\n"
                    "  - bridge:\n"
                    "      static: [{vlan: 10, port: a, address: \"02:00:00:00:00:fF\"},\n"
                    "               {port: b, address: \"02:00:00:00:00:ff\", vlan: 30}]\n"
                    "      name: lan\n"
                    "      ports:\n"
                    "        a: {access: 10}\n"
                    "        b: {trunk: [10, 4094, 30], native: 30, learn: 7,\n"
                    "            storm: {broadcast: 1, multicast: 1000000000, unknown: 'off'}}\n"
                    "        c: {trunk: [1], learn: 0}\n"
                    "      ageing: never\n"
                    "      capacity: 4194304\n",
                KINDS);
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  const struct config_bridge &bridge = *parsed.config->forward[0].bridge;
  EXPECT_STREQ(bridge.name, "lan");
  EXPECT_TRUE(bridge.vlans);
  EXPECT_EQ(bridge.ageing, 0u);
  EXPECT_EQ(bridge.capacity, 4194304u);
  EXPECT_EQ(bridge.port[0].access, 10u);
  EXPECT_FALSE(bridge.port[0].has_trunk);
  EXPECT_TRUE(bridge.port[1].has_trunk);
  EXPECT_EQ(bridge.port[1].native, 30u);
  EXPECT_EQ(bridge.port[1].trunk[0], uint64_t{1} << 10 | uint64_t{1} << 30);
  EXPECT_EQ(bridge.port[1].trunk[63], uint64_t{1} << (4094 - 63 * 64));
  EXPECT_EQ(bridge.port[1].learn, 7u);
  EXPECT_EQ(bridge.port[1].storm[CONFIG_STORM_BROADCAST], 1u);
  EXPECT_EQ(bridge.port[1].storm[CONFIG_STORM_MULTICAST], 1000000000u);
  EXPECT_EQ(bridge.port[1].storm[CONFIG_STORM_UNKNOWN], 0u);
  EXPECT_EQ(bridge.port[2].learn, 0u);
  ASSERT_EQ(bridge.n_statics, 2u);
  EXPECT_EQ(bridge.statics[0].address[0], 2u);
  EXPECT_EQ(bridge.statics[0].address[5], 0xffu);
  EXPECT_EQ(bridge.statics[0].vlan, 10u);
  EXPECT_EQ(bridge.statics[0].port, 0u);
  EXPECT_EQ(bridge.statics[1].port, 1u);
}

TEST(BridgeConfig, DefaultNamesCount)
{
  Parsed good("ports: {a: {device: net_null0}, b: {device: net_null1}, c: {device: net_null2}, "
              "d: {device: net_null3}, e: {device: net_null4}, f: {device: net_null5}}\n"
              "forward:\n- bridge: [a, b]\n- bridge: {ports: [c, d], name: lan}\n"
              "- bridge: [e, f]\n",
              KINDS);
  ASSERT_NE(good.config, nullptr) << good.report();
  EXPECT_STREQ(good.config->forward[0].bridge->name, "bridge0");
  EXPECT_STREQ(good.config->forward[1].bridge->name, "lan");
  EXPECT_STREQ(good.config->forward[2].bridge->name, "bridge2");
}

struct Refused {
  const char *name;
  std::string settings;
  std::string report;
};

class BridgeRefusal : public testing::TestWithParam<Refused>
{
};

TEST_P(BridgeRefusal, SaysWhereAndWhy)
{
  EXPECT_EQ(report_of(bridge(GetParam().settings), KINDS), GetParam().report);
}

std::string at(int column, const std::string &text)
{
  return "lab.yaml:2:" + std::to_string(column) + ": " + text + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Ports, BridgeRefusal,
    testing::Values(
        Refused{"none", "name: x",
                at(11, "forward[0].bridge: expected the key 'ports', found none")},
        Refused{"unknown_port", "ports: {a: {}, b: {}, c: {}, d: {}}",
                at(49, "forward[0].bridge.ports.d: expected the name of a port, found 'd'")},
        Refused{"no_map", "ports: {a: {}, b: {}, c: 10}",
                at(45, "forward[0].bridge.ports.c: expected a map of access, trunk, native, learn "
                       "or storm, found '10'")},
        Refused{"unknown_key", "ports: [a, b, c], age: 3",
                at(38, "forward[0].bridge: unknown key 'age'; expected ports, name, ageing, "
                       "capacity or static")}),
    [](const auto &row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Vlans, BridgeRefusal,
    testing::Values(
        Refused{"both", "ports: {a: {access: 1, trunk: [2]}, b: {access: 1}, c: {access: 1}}",
                at(43, "forward[0].bridge.ports.a.trunk: expected either 'access' or 'trunk', "
                       "found 'access' on line 2 too")},
        Refused{"some", "ports: {a: {access: 1}, b: {access: 1}, c: {}}",
                at(60, "forward[0].bridge.ports.c: expected the key 'access' or 'trunk', for "
                       "another port of this bridge has one, found neither")},
        Refused{"native_alone",
                "ports: {a: {access: 1, native: 2}, b: {access: 1}, c: {access: 1}}",
                at(43, "forward[0].bridge.ports.a.native: expected 'trunk' beside it, found none")},
        Refused{"native_elsewhere",
                "ports: {a: {trunk: [1], native: 2}, b: {access: 1}, c: {access: 1}}",
                at(52, "forward[0].bridge.ports.a.native: expected one of the VLANs of 'trunk', "
                       "found '2'")},
        Refused{"twice", "ports: {a: {trunk: [1, 1]}, b: {access: 1}, c: {access: 1}}",
                at(43, "forward[0].bridge.ports.a.trunk[1]: expected each VLAN once, found 1 a "
                       "second time")},
        Refused{"reserved", "ports: {a: {access: 4095}, b: {access: 1}, c: {access: 1}}",
                at(40, "forward[0].bridge.ports.a.access: expected a whole number from 1 to 4094, "
                       "found '4095'")},
        Refused{"empty", "ports: {a: {trunk: []}, b: {access: 1}, c: {access: 1}}",
                at(39, "forward[0].bridge.ports.a.trunk: expected 1 to 4094 VLANs, found 0")}),
    [](const auto &row) { return row.param.name; });

const std::string what_address =
    "expected the MAC address of one station (\"02:00:00:00:00:01\"), found ";

INSTANTIATE_TEST_SUITE_P(
    Statics, BridgeRefusal,
    testing::Values(
        Refused{
            "group", "static: [{address: \"03:00:00:00:00:01\", port: a}], ports: [a, b, c]",
            at(39, "forward[0].bridge.static[0].address: " + what_address + "'03:00:00:00:00:01'")},
        Refused{
            "zero", "static: [{address: \"00:00:00:00:00:00\", port: a}], ports: [a, b, c]",
            at(39, "forward[0].bridge.static[0].address: " + what_address + "'00:00:00:00:00:00'")},
        Refused{
            "dashes", "static: [{address: \"02-00-00-00-00-01\", port: a}], ports: [a, b, c]",
            at(39, "forward[0].bridge.static[0].address: " + what_address + "'02-00-00-00-00-01'")},
        Refused{"needless_vlan",
                "static: [{address: \"02:00:00:00:00:01\", port: a, vlan: 1}], ports: [a, b, c]",
                at(69, "forward[0].bridge.static[0].vlan: expected none, for no port of this "
                       "bridge has 'access' or 'trunk'")},
        Refused{"no_vlan",
                "static: [{address: \"02:00:00:00:00:01\", port: a}], ports: {a: {access: 1}, "
                "b: {access: 2}, c: {access: 2}}",
                at(29, "forward[0].bridge.static[0]: expected the key 'vlan', found none")},
        Refused{"foreign_vlan",
                "static: [{address: \"02:00:00:00:00:01\", port: a, vlan: 2}], "
                "ports: {a: {access: 1}, b: {access: 2}, c: {trunk: [2]}}",
                at(75, "forward[0].bridge.static[0].vlan: expected a VLAN of the port, found '2'")},
        Refused{"twice",
                "static: [{address: \"02:00:00:00:00:01\", port: a}, "
                "{address: \"02:00:00:00:00:01\", port: b}], ports: [a, b, c]",
                at(70, "forward[0].bridge.static[1]: expected each address once in a VLAN, found "
                       "it a second time, first on line 2")},
        Refused{"too_many",
                "capacity: 1, static: [{address: \"02:00:00:00:00:01\", port: a}, "
                "{address: \"02:00:00:00:00:02\", port: b}], ports: [a, b, c]",
                at(41, "forward[0].bridge.static: expected 0 to 1 addresses, found 2")}),
    [](const auto &row) { return row.param.name; });

TEST(BridgeConfig, AStaticAddressIsOfAPortOfTheBridge)
{
  EXPECT_EQ(report_of(three + "forward:\n- bridge: {ports: [a, b], static: [{address: "
                              "\"02:00:00:00:00:01\", port: c}]}\n- sink: [c]\n",
                      KINDS),
            "lab.yaml:3:73: forward[0].bridge.static[0].port: expected a port of this bridge, "
            "found 'c'\n");
}

TEST(BridgeConfig, NamesDiffer)
{
  const std::string four = "ports: {a: {device: net_null0}, b: {device: net_null1}, c: {device: "
                           "net_null2}, d: {device: net_null3}}\n";
  EXPECT_EQ(report_of(four + "forward:\n- bridge: {ports: [a, b], name: bridge1}\n"
                             "- bridge: [c, d]\n",
                      KINDS),
            "lab.yaml:3:33: forward: expected a name of its own for each bridge, found 'bridge1' "
            "twice\n");
  EXPECT_EQ(report_of(four + "forward:\n- bridge: {ports: [a, b], name: x}\n"
                             "- bridge: {ports: [c, d], name: x}\n",
                      KINDS),
            "lab.yaml:4:33: forward: expected a name of its own for each bridge, found 'x' "
            "twice\n");
}

// A port that stands in an entry as a key is in it.
TEST(BridgeConfig, PortsAreInOneEntry)
{
  EXPECT_EQ(
      report_of(three + "forward:\n- bridge: {ports: {a: {}, b: {}}}\n- sink: [c, b]\n", KINDS),
      "lab.yaml:4:13: forward[1].sink[1]: expected each port in one entry, found 'b' a second "
      "time, first on line 3\n");
  EXPECT_EQ(report_of(three + "forward: [bridge: {ports: {a: {}, b: {}}}]\n", KINDS),
            "lab.yaml:1:57: ports.c: expected the port in one entry of 'forward', found it in "
            "none; 'sink: [c]' is for a port that only sends what rules give it\n");
}

} // namespace
