// SPDX-License-Identifier: BSD-3-Clause
// What `rules` become, what is wrong with others, and what `check` finds suspicious.
#include "config_parsed.h"

#include <gtest/gtest.h>

#include "config/rules_lint.h"

namespace
{

const std::string lab = "ports:\n"
                        "  lan: {device: net_null0}\n"
                        "  wan: {device: net_null1}\n"
                        "  ids: {device: net_null2}\n"
                        "  p1: {device: net_null3}\n"
                        "forward: [wire: [lan, wan], sink: [ids, p1]]\n";

enum : uint32_t { LAN = 1, WAN = 2, IDS = 4, P1 = 8 };

std::string with(const std::string &rule)
{
  return lab + "rules:\n  - " + rule + "\n";
}

std::string lint_of(const std::string &rules)
{
  Parsed parsed(lab + "rules:\n" + rules);
  if (parsed.config == nullptr)
    return parsed.report();
  config_rules_lint(parsed.config, &parsed.errors);
  return parsed.report();
}

TEST(RulesConfig, NoneIsNone)
{
  Parsed parsed(lab);
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  EXPECT_EQ(parsed.config->n_rules, 0u);
}

TEST(RulesConfig, EveryKeyIsRead)
{
  Parsed parsed(lab +
                "rules:\n"
                "  - { name: dns-to-ids, from: [lan, wan], match: \"udp port 53\", mirror: [ids],\n"
                "      truncate: 128, sample: 1000, stop: true }\n"
                "  - { match: \"\", balance: [ids, p1], count: true }\n"
                "  - { to: [wan], match: \"ip\", vlan: {push: 10} }\n"
                "  - { match: \"arp\", vlan: {pop: true}, redirect: [p1] }\n"
                "  - { match: \"arp\", vlan: {set: 4094} }\n"
                "  - { match: \"ip6\", police: {rate: 100Mbit, burst: 1MB}, drop: false }\n"
                "  - { match: \"tcp\", drop: true }\n");
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  const struct config &config = *parsed.config;
  ASSERT_EQ(config.n_rules, 7u);
  const struct config_rule *r = config.rules;
  EXPECT_STREQ(r[0].name, "dns-to-ids");
  EXPECT_FALSE(r[0].egress);
  EXPECT_TRUE(r[0].ports_named);
  EXPECT_EQ(r[0].ports, LAN | WAN);
  EXPECT_STREQ(r[0].match, "udp port 53");
  EXPECT_NE(r[0].filter, nullptr);
  EXPECT_EQ(r[0].mirror, static_cast<uint32_t>(IDS));
  EXPECT_EQ(r[0].truncate, 128u);
  EXPECT_EQ(r[0].sample, 1000u);
  EXPECT_TRUE(r[0].stop);
  EXPECT_EQ(r[0].place.line, 8);
  EXPECT_EQ(r[0].match_place.column, 50);
  EXPECT_STREQ(r[1].name, "rule_1");
  EXPECT_EQ(r[1].filter, nullptr);
  EXPECT_EQ(r[1].balance, IDS | P1);
  EXPECT_EQ(r[1].ports, LAN | WAN) << "all but those it sends to";
  EXPECT_TRUE(r[1].count);
  EXPECT_TRUE(r[2].egress);
  EXPECT_EQ(r[2].ports, static_cast<uint32_t>(WAN));
  EXPECT_EQ(r[2].vlan, CONFIG_VLAN_PUSH);
  EXPECT_EQ(r[2].vlan_id, 10u);
  EXPECT_EQ(r[3].vlan, CONFIG_VLAN_POP);
  EXPECT_EQ(r[3].redirect, static_cast<uint32_t>(P1));
  EXPECT_EQ(r[4].vlan, CONFIG_VLAN_SET);
  EXPECT_EQ(r[4].vlan_id, 4094u);
  EXPECT_EQ(r[5].police.rate, 1e8);
  EXPECT_EQ(r[5].police.burst, 1024.0 * 1024);
  EXPECT_FALSE(r[5].drop);
  EXPECT_TRUE(r[6].drop);
  EXPECT_EQ(r[6].ports, LAN | WAN | IDS | P1);
}

TEST(RulesConfig, AFilterThatDoesNotCompileIsSaidAtItsPlace)
{
  EXPECT_EQ(report_of(with("{ match: \"udp port\", drop: true }")),
            "lab.yaml:8:14: rules[0].match: can't parse filter expression: syntax error; found "
            "'udp port'\n");
  EXPECT_EQ(report_of(with("{ drop: true, match: \"no-such-host.invalid port\" }")).substr(0, 31),
            "lab.yaml:8:26: rules[0].match: ");
  EXPECT_EQ(report_of(with("{ match: \"ip[99999999999]\", drop: true }")).substr(0, 31),
            "lab.yaml:8:14: rules[0].match: ");
  EXPECT_EQ(report_of(with("{ match: \"ip6 protochain 6\", drop: true }")),
            "lab.yaml:8:14: rules[0].match: this filter cannot be run here: it makes a loop, as "
            "'protochain' does; found 'ip6 protochain 6'\n");
  EXPECT_EQ(report_of(with("{ match: , drop: true }")),
            "lab.yaml:8:14: rules[0].match: expected a filter in the language of libpcap (\"\": "
            "every packet), found nothing\n");
  EXPECT_EQ(report_of(with("{ match: '', drop: true }")), "accepted");
  EXPECT_NE(report_of(with("{ match: \"inbound\", drop: true }")), "accepted");
  EXPECT_NE(report_of(with("{ match: \"tcp\\0udp\", drop: true }")), "accepted");
}

TEST(RulesConfig, WhatIsMissingOrContradictory)
{
  EXPECT_EQ(report_of(with("{ match: \"ip\" }")),
            "lab.yaml:8:5: rules[0]: expected an action (drop, mirror, redirect, balance, police, "
            "vlan, count or stop), found none\n");
  EXPECT_EQ(report_of(with("{ drop: true }")),
            "lab.yaml:8:5: rules[0]: expected the key 'match', found none\n");
  EXPECT_EQ(report_of(with("{ from: [lan], to: [wan], match: \"\", drop: true }")),
            "lab.yaml:8:20: rules[0].to: expected either 'from' or 'to', found both\n");
  EXPECT_EQ(report_of(with("{ match: \"\", drop: true, redirect: [p1] }")),
            "lab.yaml:8:30: rules[0].redirect: expected either 'drop' or 'redirect', found both\n");
  EXPECT_EQ(report_of(with("{ match: \"\", drop: true, vlan: {pop: true} }")),
            "lab.yaml:8:30: rules[0].vlan: expected either 'drop' or 'vlan', found both\n");
  EXPECT_EQ(report_of(with("{ match: \"\", drop: true, truncate: 64 }")),
            "lab.yaml:8:30: rules[0].truncate: expected 'mirror' or 'balance' beside it: it "
            "shortens what they get\n");
  EXPECT_EQ(report_of(with("{ match: \"\", vlan: {push: 1, pop: true} }")),
            "lab.yaml:8:24: rules[0].vlan: expected one of push, pop or set, found 2\n");
  EXPECT_EQ(report_of(with("{ match: \"\", police: {rate: 1Mbit} }")),
            "lab.yaml:8:18: rules[0].police: expected the key 'burst', found none\n");
}

TEST(RulesConfig, ValuesOutOfRange)
{
  EXPECT_EQ(report_of(with("{ match: \"\", sample: 0, count: true }")),
            "lab.yaml:8:26: rules[0].sample: expected a whole number from 1 to 1000000000, found "
            "'0'\n");
  EXPECT_EQ(report_of(with("{ match: \"\", vlan: {push: 4095} }")),
            "lab.yaml:8:31: rules[0].vlan.push: expected a whole number from 1 to 4094, found "
            "'4095'\n");
  EXPECT_EQ(report_of(with("{ match: \"\", police: {rate: fast, burst: 1MB} }")),
            "lab.yaml:8:33: rules[0].police.rate: expected 1kbit to 1000Gbit: a number with bit, "
            "kbit, Mbit or Gbit behind it, found 'fast'\n");
  EXPECT_EQ(report_of(with("{ match: \"\", police: {rate: 1Mbit, burst: 1kB} }")),
            "lab.yaml:8:47: rules[0].police.burst: expected 2kB to 4GB: a number with kB, MB or GB "
            "behind it, found '1kB'\n");
  EXPECT_EQ(report_of(with("{ match: \"\", mirror: [ids, ids] }")),
            "lab.yaml:8:32: rules[0].mirror[1]: expected each port once, found 'ids' a second "
            "time\n");
  EXPECT_EQ(report_of(with("{ match: \"\", mirror: [idz] }")),
            "lab.yaml:8:27: rules[0].mirror[0]: expected the name of a port, found 'idz'; did you "
            "mean 'ids'?\n");
  EXPECT_EQ(report_of(with("{ match: \"\", mirror: [] }")),
            "lab.yaml:8:26: rules[0].mirror: expected 1 to 32 ports, found 0\n");
}

TEST(RulesConfig, NamesAreTheirOwn)
{
  EXPECT_EQ(report_of(lab + "rules:\n"
                            "  - { name: a, match: \"\", count: true }\n"
                            "  - { name: a, match: \"\", count: true }\n"),
            "lab.yaml:9:13: rules[1].name: expected a name of its own, found 'a', which is that of "
            "the rule on line 8\n");
}

TEST(RulesLint, NothingAgainstOrdinaryRules)
{
  EXPECT_EQ(lint_of("  - { match: \"udp\", mirror: [ids] }\n"
                    "  - { match: \"udp\", drop: true }\n"
                    "  - { match: \"tcp\", balance: [ids, p1] }\n"
                    "  - { from: [lan], match: \"tcp\", redirect: [p1] }\n"),
            "");
}

TEST(RulesLint, ARuleThatCanNeverMatch)
{
  const std::string never = "rules[1]: it can never match: rule 'rule_0' on line 8 ";
  EXPECT_EQ(lint_of("  - { match: \"udp\", stop: true }\n  - { match: \"udp\", drop: true }\n"),
            "lab.yaml:9:5: " + never + "stops all that it would\n");
  EXPECT_EQ(lint_of("  - { match: \"\", drop: true }\n  - { match: \"udp\", count: true }\n"),
            "lab.yaml:9:5: " + never + "drops all that it would\n");
  // Written in another way, compiled to the same.
  EXPECT_EQ(lint_of("  - { match: \"ip proto 17\", drop: true }\n"
                    "  - { from: [lan], match: \"ip and udp\", count: true }\n"),
            "lab.yaml:9:5: " + never + "drops all that it would\n");
}

TEST(RulesLint, ARuleAboutNoPort)
{
  EXPECT_EQ(lint_of("  - { match: \"\", mirror: [lan, wan], balance: [ids, p1] }\n"),
            "lab.yaml:8:5: rules[0]: it can never match: it sends to every port, and is about the "
            "others; say which in 'from'\n");
}

TEST(RulesLint, ARuleThatCanStillMatch)
{
  EXPECT_EQ(lint_of("  - { from: [lan], match: \"udp\", drop: true }\n"
                    "  - { match: \"udp\", count: true }\n"),
            "")
      << "other ports";
  EXPECT_EQ(lint_of("  - { match: \"udp\", drop: true, sample: 2 }\n"
                    "  - { match: \"udp\", count: true }\n"),
            "")
      << "one in two";
  EXPECT_EQ(lint_of("  - { from: [lan], match: \"udp\", stop: true }\n"
                    "  - { to: [lan], match: \"udp\", count: true }\n"),
            "")
      << "the other direction";
  EXPECT_EQ(lint_of("  - { match: \"udp\", drop: true }\n"
                    "  - { match: \"vlan\", vlan: {pop: true} }\n"
                    "  - { match: \"udp\", count: true }\n"),
            "")
      << "rewritten in between";
  EXPECT_EQ(lint_of("  - { to: [wan], match: \"\", stop: true }\n"
                    "  - { to: [lan], match: \"udp\", redirect: [wan] }\n"
                    "  - { to: [wan], match: \"\", count: true }\n"),
            "")
      << "brought there in between";
}

TEST(RulesLint, Loops)
{
  EXPECT_EQ(lint_of("  - { from: [lan], match: \"\", mirror: [wan] }\n"
                    "  - { from: [wan], match: \"\", mirror: [lan] }\n"),
            "lab.yaml:8:5: rules[0]: a loop: what it sends to 'wan' comes back to 'lan' by "
            "rules\n");
  EXPECT_EQ(lint_of("  - { from: [lan], match: \"\", redirect: [lan] }\n"),
            "lab.yaml:8:5: rules[0]: a loop: what it sends to 'lan' comes back to 'lan' by "
            "rules\n");
  EXPECT_EQ(lint_of("  - { from: [lan], match: \"\", mirror: [ids] }\n"
                    "  - { from: [ids], match: \"\", balance: [p1, wan] }\n"
                    "  - { from: [wan], match: \"\", redirect: [lan] }\n"),
            "lab.yaml:8:5: rules[0]: a loop: what it sends to 'ids' comes back to 'lan' by "
            "rules\n");
}

TEST(RulesLint, ABalanceOverOnePort)
{
  EXPECT_EQ(lint_of("  - { match: \"\", balance: [ids] }\n"),
            "lab.yaml:8:5: rules[0].balance: one port gets everything; 'mirror' says the same\n");
}

} // namespace
