// SPDX-License-Identifier: BSD-3-Clause
// What `rules` become, what is wrong with others, and what `check` finds suspicious.
#include "config_parsed.h"

#include <ctime>

#include <gtest/gtest.h>
#include <unistd.h>

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
  EXPECT_EQ(r[2].vlan_tpid, CONFIG_TPID_CUSTOMER);
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

TEST(RulesConfig, NobodyIsAskedForTheAddressOfAHost)
{
  EXPECT_EQ(report_of(with("{ match: \"tcp or host www.example.org\", drop: true }")),
            "lab.yaml:8:14: rules[0].match: names of hosts are not looked up: give the address of "
            "'www.example.org'; found 'tcp or host www.example.org'\n");
  EXPECT_EQ(report_of(with("{ match: \"src net loopback\", drop: true }")),
            "lab.yaml:8:14: rules[0].match: names of hosts are not looked up: give the address of "
            "'loopback'; found 'src net loopback'\n");
  for (const char *good : {"port 80", "host 192.0.2.1", "host 2001:db8::1", "net 10.0.0.0/8",
                           "ip6 net 2001:db8::/32", "ether host 02:00:00:00:00:01"})
    EXPECT_EQ(report_of(with("{ match: \"" + std::string(good) + "\", drop: true }")), "accepted");
}

std::string hosts(unsigned n)
{
  std::string text = "host 10.0.0.1";
  for (unsigned i = 1; i < n; i++)
    text += " or host 10.1." + std::to_string(i / 200) + "." + std::to_string(i % 200);
  return text;
}

// By processor time: the optimizer's grew with more than the square.
TEST(RulesConfig, ALongFilterTakesNoLongTime)
{
#ifdef __SANITIZE_ADDRESS__
  const double most = 30; // and instrumented code takes several times as long
#else
  const double most = 2;
#endif
  for (unsigned n : {100u, 500u, 2000u, 30000u}) {
    clock_t start = clock();
    std::string report = report_of(with("{ match: \"" + hosts(n) + "\", drop: true }"));
    EXPECT_LT(static_cast<double>(clock() - start) / CLOCKS_PER_SEC, most) << n;
    if (n == 100)
      EXPECT_EQ(report, "accepted");
    else
      EXPECT_NE(report.find("'match_any' takes lists of addresses"), std::string::npos) << report;
  }
}

TEST(RulesConfig, OnePortNeedsNoList)
{
  Parsed parsed(with("{ from: lan, match: \"\", mirror: ids }"));
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  EXPECT_EQ(parsed.config->rules[0].ports, static_cast<uint32_t>(LAN));
  EXPECT_EQ(parsed.config->rules[0].mirror, static_cast<uint32_t>(IDS));
  EXPECT_EQ(Parsed("ports: {a: {device: net_null0}}\nworkers: {cores: 1}\n"
                   "forward: {sink: a}\n")
                .report(),
            "");
  EXPECT_EQ(report_of(with("{ match: \"\", mirror: }")),
            "lab.yaml:8:26: rules[0].mirror: expected a list of ports, found nothing\n");
}

TEST(RulesConfig, ListsOfAddresses)
{
  Parsed parsed(
      with("{ match_any: { field: either, list: [10.0.0.0/8, 192.0.2.1, \"2001:db8::/32\", "
           "\"::1\"] }, drop: true }"));
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  const struct config_match_any &any = parsed.config->rules[0].any;
  EXPECT_STREQ(parsed.config->rules[0].match, "");
  EXPECT_EQ(any.field, CONFIG_FIELD_EITHER);
  ASSERT_EQ(any.count, 4u);
  EXPECT_EQ(any.prefix[0].bits, 8);
  EXPECT_FALSE(any.prefix[0].ipv6);
  EXPECT_EQ(any.prefix[0].address[0], 10);
  EXPECT_EQ(any.prefix[1].bits, 32);
  EXPECT_EQ(any.prefix[2].bits, 32);
  EXPECT_TRUE(any.prefix[2].ipv6);
  EXPECT_EQ(any.prefix[3].bits, 128);
}

TEST(RulesConfig, ListsOfAddressesThatAreNone)
{
  auto list = [](const std::string &entry) {
    return report_of(with("{ match_any: {field: src, list: [" + entry + "]}, drop: true }"));
  };
  const std::string at = "lab.yaml:8:38: rules[0].match_any.list[0]: expected ";
  const std::string address =
      at + "an address or a network such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32, found '";
  EXPECT_EQ(list("10.0.0"), address + "10.0.0'\n");
  EXPECT_EQ(list("www.example.org"), address + "www.example.org'\n");
  EXPECT_EQ(list("10.0.0.0/33"), at + "a length from 0 to 32 behind '/', found '10.0.0.0/33'\n");
  EXPECT_EQ(list("\"::/129\""), at + "a length from 0 to 128 behind '/', found '::/129'\n");
  EXPECT_EQ(list("10.1.0.0/8"),
            at + "a network whose bits behind its length are 0, found '10.1.0.0/8'\n");
  EXPECT_EQ(report_of(with("{ match_any: {field: src}, drop: true }")),
            "lab.yaml:8:7: rules[0].match_any: expected the key 'list' or 'file', found neither\n");
  EXPECT_EQ(report_of(with("{ match_any: {field: source, list: [10.0.0.1]}, drop: true }")),
            "lab.yaml:8:26: rules[0].match_any.field: expected src, dst or either, found "
            "'source'\n");
}

TEST(RulesConfig, AddressesInAFileAreRefusedWithTheirLine)
{
  std::string path = testing::TempDir() + "addresses-" + std::to_string(getpid()) + ".txt";
  auto with_file = [&](const std::string &text) {
    FILE *out = fopen(path.c_str(), "w");
    fwrite(text.data(), 1, text.size(), out);
    fclose(out);
    return with("{ match_any: {field: dst, file: " + path + "}, drop: true }");
  };
  Parsed good(with_file("# bad neighbours\n10.0.0.0/8   # private\n\n\t2001:db8::1\r\n192.0.2.7"));
  ASSERT_NE(good.config, nullptr) << good.report();
  EXPECT_EQ(good.config->rules[0].any.count, 3u);
  EXPECT_EQ(good.config->rules[0].any.prefix[2].address[3], 7);
  const std::string at = "lab.yaml:8:37: rules[0].match_any.file: " + path + ":";
  EXPECT_EQ(report_of(with_file("10.0.0.1\n10.0.0.1 10.0.0.2\n\n10.0.0/8\n")),
            at +
                "2: expected an address or a network such as 192.0.2.1, 10.0.0.0/8 or "
                "2001:db8::/32, found '10.0.0.1 10.0.0.2'\n" +
                at +
                "4: expected an address or a network such as 192.0.2.1, 10.0.0.0/8 or "
                "2001:db8::/32, found '10.0.0/8'\n");
  EXPECT_EQ(report_of(with_file("# nothing\n")), at + " expected addresses, found none\n");
  EXPECT_NE(report_of(with_file(std::string(5000, '1'))).find("in lines of less than"),
            std::string::npos);
  unlink(path.c_str());
  EXPECT_EQ(report_of(with("{ match_any: {field: dst, file: " + path + "}, drop: true }")),
            at + " cannot open: No such file or directory\n");
  EXPECT_NE(report_of(with("{ match_any: {field: dst, file: /dev/null}, drop: true }"))
                .find("expected an ordinary file"),
            std::string::npos);
}

TEST(RulesConfig, WhatIsMissingOrContradictory)
{
  EXPECT_EQ(report_of(with("{ match: \"ip\" }")),
            "lab.yaml:8:5: rules[0]: expected an action (drop, mirror, redirect, balance, police, "
            "vlan, count or stop), found none\n");
  EXPECT_EQ(
      report_of(with("{ drop: true }")),
      "lab.yaml:8:5: rules[0]: expected the key 'match' or 'match_any', found neither; 'match: "
      "\"\"' is every packet\n");
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
  EXPECT_EQ(report_of(with("{ match: \"\", vlan: {push: 1, tpid: 0x9100} }")),
            "lab.yaml:8:40: rules[0].vlan.tpid: expected 0x8100 or 0x88a8, found '0x9100'; did you "
            "mean '0x8100'?\n");
  EXPECT_EQ(report_of(with("{ match: \"\", vlan: {pop: true, tpid: 0x88a8} }")),
            "lab.yaml:8:36: rules[0].vlan.tpid: expected 'push' beside it: what tag is popped or "
            "set is the frame's\n");
  EXPECT_EQ(report_of(with("{ match: \"\", vlan: {tpid: 0x88a8} }")),
            "lab.yaml:8:24: rules[0].vlan: expected one of push, pop or set, found 0\n");
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

// Behind 'vlan' every question is about what follows the tag.
TEST(RulesLint, VlanMovesWhatStandsBehindIt)
{
  auto warned = [](const std::string &match) {
    std::string text = lint_of("  - { match: \"" + match + "\", count: true }\n");
    EXPECT_TRUE(text.empty() || text.rfind("lab.yaml:8:14: rules[0].match: ", 0) == 0) << text;
    return text.empty() ? text : text.substr(text.find("match: ") + 7);
  };
  EXPECT_EQ(warned("vlan 10 or vlan 20"),
            "it asks for two tags, for behind 'vlan' libpcap looks behind the tag; one of these "
            "VLANs is 'vlan and (ether[14:2] & 0xfff = 10 or ether[14:2] & 0xfff = 20)'\n");
  for (const char *text : {"vlan and tcp or udp", "(vlan 10 and ip) or arp", "vlan || arp",
                           "vlan 10 or (vlan 20 and tcp)"})
    EXPECT_EQ(warned(text).rfind("behind 'vlan' libpcap looks behind the tag", 0), 0u) << text;
  for (const char *text : {"not vlan and tcp", "! vlan and (port 53)"})
    EXPECT_EQ(warned(text).rfind("behind 'not vlan' ", 0), 0u) << text;
  for (const char *text : {"vlan", "vlan 10", "vlan and (tcp or udp)", "tcp or vlan",
                           "tcp and not vlan", "(vlan 10 and ip) and (tcp or udp)",
                           "vlan and (ether[14:2] & 0xfff = 10 or ether[14:2] & "
                           "0xfff = 20)"})
    EXPECT_EQ(warned(text), "") << text;
}

TEST(RulesLint, AFilterThatSeesNoTaggedFrameOfATrunk)
{
  const std::string ports = "ports: {a: {device: net_null0}, b: {device: net_null1}}\n"
                            "forward: [bridge: {ports: {a: {trunk: [10, 20]}, b: {access: 10}}}]\n"
                            "rules:\n  - ";
  auto warned = [&](const std::string &rule) {
    Parsed parsed(ports + rule + "\n", 4);
    if (parsed.config != nullptr)
      config_rules_lint(parsed.config, &parsed.errors);
    return parsed.report();
  };
  EXPECT_EQ(warned("{ from: a, match: \"tcp port 443\", drop: true }"),
            "lab.yaml:4:23: rules[0].match: 'a' carries VLAN tags, and this filter is about frames "
            "without one; 'any_vlan: true' looks behind tags\n");
  EXPECT_EQ(warned("{ from: a, match: \"tcp port 443\", any_vlan: true, drop: true }"), "");
  EXPECT_EQ(warned("{ from: b, match: \"tcp port 443\", drop: true }"), "");
  EXPECT_EQ(warned("{ from: a, match: \"ether host 02:00:00:00:00:01\", drop: true }"), "");
  EXPECT_EQ(warned("{ from: a, match: \"vlan 10 and tcp\", drop: true }"), "");
  EXPECT_EQ(
      warned("{ from: a, match: \"vlan 10\", any_vlan: true, drop: true }"),
      "lab.yaml:4:23: rules[0].match: expected no 'vlan' in it beside 'any_vlan', found 'vlan "
      "10'\n");
}

} // namespace
