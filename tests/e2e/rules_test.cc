// SPDX-License-Identifier: BSD-3-Clause
// Rules with the real program: what they match is what tcpdump prints of the same file with the
// same expression; check --explain; warnings and errors; the figures in summary and telemetry.
#include <algorithm>

#include <gtest/gtest.h>

#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"
#include "telemetry.h"

namespace
{

const std::vector<std::string> expressions = {
    "arp",
    "ip",
    "ip6",
    "not ip",
    "tcp",
    "udp",
    "icmp",
    "icmp6",
    "igmp",
    "icmp6 and ip6[40] == 134",
    "icmp6 and ip6[40] == 135",
    "udp port 53",
    "port 53",
    "tcp port 443",
    "tcp portrange 1-50000",
    "src port 53 or dst port 5353",
    "udp port 67 or udp port 68",
    "src net 10.9.0.0/16",
    "net 10.0.0.0/8",
    "dst net 192.168.0.0/16",
    "host 10.77.0.1",
    "ip6 net fe80::/10",
    "ip6 multicast",
    "ip multicast",
    "multicast",
    "broadcast",
    "ether broadcast or arp",
    "ether proto 0x0806",
    "ether[0] & 1 = 1",
    "ether[12:2] = 0x0800",
    "ether[6:4] & 0xff000000 = 0x02000000",
    "vlan",
    "vlan 10",
    "vlan and ip",
    "vlan and vlan",
    "vlan and vlan and icmp",
    "vlan 10 or vlan 20",
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
    "tcp[tcpflags] & tcp-ack != 0 and tcp[tcpflags] & tcp-push = 0",
    "ip[6:2] & 0x1fff != 0",
    "ip[6:2] & 0x3fff != 0",
    "less 64",
    "greater 1000",
    "len >= 60 and len <= 128",
    "ip[8] < 64",
    "ip[2:2] > 100 and ip[2:2] < 1400",
    "((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0",
    "udp[8:2] & 1 = 1",
    "udp[udp[4:2] - 1] = 0",
    "ip[ip[0] & 0xf] != 0",
    "ether[ether[14] / 2] > 16",
    "ether[len - 1] = 0",
    "ip proto 17 and not port 53",
    "not (tcp or udp or arp)",
    "src host 10.77.0.1 and (tcp or icmp)",
    "udp[0:2] * 3 % 7 = 2",
};

enum { PER_RUN = 28 };

class RulesE2e : public testing::Test
{
protected:
  Scratch dir;
  std::string prefix = unique_prefix("rules");
  Leftovers before{prefix};

  // One port in, one out for each expression of a part of the list.
  void configure(const std::string &name, size_t first, size_t end)
  {
    std::string ports = "ports:\n  in: {device: net_null0}\n", sinks = "in", rules = "rules:\n";
    for (size_t i = first; i < end; i++) {
      std::string out = "o" + std::to_string(i);
      ports += "  " + out + ": {device: net_null" + std::to_string(i + 1) + "}\n";
      sinks += ", " + out;
      rules += "  - {from: [in], match: \"" + expressions[i] + "\", mirror: [" + out + "]}\n";
    }
    dir.write(name, ports + "forward: [sink: [" + sinks + "]]\nworkers: {cores: [0]}\n" +
                        memory_yaml() + "telemetry: {prefix: " + prefix + "}\n" + rules);
  }

  Frames tcpdump(const std::string &capture, const std::string &expression)
  {
    Process process(
        {"tcpdump", "-Z", "root", "-r", capture, "-w", dir / "tcpdump.pcap", expression});
    Ended ended = process.wait();
    EXPECT_EQ(ended.status, 0) << ended.err;
    return read_frames(dir / "tcpdump.pcap");
  }

  void compare(const std::string &config, const std::string &capture, size_t first, size_t end)
  {
    Ended ended =
        platter({"replay", "--json", "--out", dir / "out", dir / config, "in=" + capture});
    ASSERT_EQ(ended.status, OK) << ended.err;
    Json rules = expect_accounts(ended)["rules"];
    for (size_t i = first; i < end; i++) {
      Frames expected = tcpdump(capture, expressions[i]);
      Frames found = read_frames(dir / ("out/o" + std::to_string(i) + ".pcap"));
      EXPECT_TRUE(found == expected) << capture << ": '" << expressions[i] << "' matched "
                                     << found.size() << ", of tcpdump's " << expected.size();
      EXPECT_EQ(rules.at(i - first)["packets"].number(), int64_t(expected.size()));
      matched += expected.size();
    }
  }

  size_t matched = 0;
};

} // namespace

TEST_F(RulesE2e, FramesThatMatchAreThoseThatTcpdumpPrints)
{
  ASSERT_GE(expressions.size(), 40u);
  size_t half = expressions.size() / 2;
  ASSERT_LE(half, static_cast<size_t>(PER_RUN));
  configure("first.yaml", 0, half);
  configure("second.yaml", half, expressions.size());
  Frames frames; // of all samples at once: tcpdump is started once for each filter
  for (const std::string &capture : sample_captures())
    for (const auto &frame : read_frames(capture))
      frames.push_back(frame);
  write_frames(dir / "all.pcap", frames);
  compare("first.yaml", dir / "all.pcap", 0, half);
  compare("second.yaml", dir / "all.pcap", half, expressions.size());
  EXPECT_GT(matched, 1000u);
  EXPECT_EQ(before.now(), "");
}

TEST_F(RulesE2e, ExplainShowsTheProgramAndWhatItCosts)
{
  Ended ended = platter({"check", "--explain", "udp port 53", source_path("pcaps/dns.pcapng")});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.out.find("filter: udp port 53\nlibpcap and checks of its offsets make "),
            std::string::npos)
      << ended.out;
  EXPECT_NE(ended.out.find("(000) ldh      [12]\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("runs as: native code, "), std::string::npos) << ended.out;
  Frames matching = tcpdump(source_path("pcaps/dns.pcapng"), "udp port 53");
  EXPECT_NE(ended.out.find(std::to_string(matching.size()) + " of "), std::string::npos)
      << ended.out;
  EXPECT_NE(ended.out.find(" cycles ("), std::string::npos) << ended.out;
  EXPECT_EQ(ended.err, "");
}

TEST_F(RulesE2e, ExplainNeedsNoPrivilegesAndNoCapture)
{
  Ended ended = platter({"check", "--explain", "tcp"},
                        {.set = {"XDG_RUNTIME_DIR=" + dir.path()}, .nobody = true});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.out.find("native code"), std::string::npos) << ended.out;
}

TEST_F(RulesE2e, ExplainRefusesWhatIsWrong)
{
  expect_refusal(platter({"check", "--explain", "udp prt 53"}), USAGE,
                 "'udp prt 53': can't parse filter expression");
  expect_refusal(platter({"check", "--explain", "tcp", dir / "none.pcap"}), USAGE, "none.pcap");
}

TEST_F(RulesE2e, CheckWarnsOfWhatCannotBeMeant)
{
  const std::string ports = "ports: {a: {device: net_null0}, b: {device: net_null1}}\n"
                            "forward: [wire: [a, b]]\nrules:\n";
  std::string config = dir.write("w.yaml", ports + "  - {match: ip, stop: true}\n"
                                                   "  - {match: ip, drop: true}\n"
                                                   "  - {from: [a], match: arp, balance: [b]}\n"
                                                   "  - {from: [b], match: arp, mirror: [a]}\n");
  Ended ended = platter({"check", config});
  EXPECT_EQ(ended.status, OK);
  EXPECT_EQ(ended.err,
            config +
                ":5:5: warning: rules[1]: it can never match: rule 'rule_0' on line 4 stops "
                "all that it would\n" +
                config +
                ":6:5: warning: rules[2].balance: one port gets everything; 'mirror' says "
                "the same\n" +
                config +
                ":6:5: warning: rules[2]: a loop: what it sends to 'b' comes back to 'a' "
                "by rules\n");
}

TEST_F(RulesE2e, AFilterThatDoesNotCompileIsAnErrorAtItsPlace)
{
  std::string config = dir.write("e.yaml", "ports: {a: {device: net_null0}}\nforward: [sink: [a]]\n"
                                           "rules:\n  - {match: \"tcp and\", drop: true}\n");
  expect_refusal(platter({"check", config}), USAGE,
                 config + ":4:13: rules[0].match: can't parse filter expression: syntax error");
}

TEST_F(RulesE2e, TelemetryShowsRulesByPages)
{
  std::string rules = "rules:\n";
  for (unsigned i = 0; i < 40; i++)
    rules += "  - {name: r" + std::to_string(i) + ", match: \"udp port " + std::to_string(i + 1) +
             "\", count: true}\n";
  rules += "  - {name: all, match: \"\", count: true}\n";
  std::string config = dir.write("t.yaml", null_yaml(prefix, memory_yaml() + rules));
  Process process(platter_line({"run", "--duration", "8", config}));
  ASSERT_TRUE(process.prints("forwarding")) << process.err();
  Telemetry telemetry(telemetry_path(prefix));
  ASSERT_TRUE(telemetry.ready());
  rest(1);
  Json first = telemetry.get("/platter/rules"), second = telemetry.get("/platter/rules,32");
  EXPECT_EQ(first["total"].number(), 41);
  EXPECT_EQ(first["shown"].number(), 32);
  EXPECT_EQ(first["0"]["name"].text(), "r0");
  EXPECT_EQ(first["0"]["filter"].text(), "native code");
  EXPECT_EQ(second["shown"].number(), 9);
  EXPECT_EQ(second["40"]["name"].text(), "all");
  EXPECT_EQ(second["40"]["filter"].text(), "none");
  EXPECT_GT(second["40"]["packets"].number(), 0);
  EXPECT_TRUE(static_cast<bool>(telemetry.get("/platter/rules,41")["error"]));
  process.signal(SIGINT);
  Ended ended = process.wait();
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.out.find("rule all: "), std::string::npos) << ended.out;
}
