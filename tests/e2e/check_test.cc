// SPDX-License-Identifier: BSD-3-Clause
// platter check: the layout of a valid file, every error of an invalid one, fast, for anybody.
#include <algorithm>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include "expect.h"
#include "leftovers.h"
#include "scratch.h"

namespace
{
const char *const INVALID = "ports:\n"
                            "  left:  { device: \"net_null0\", rx_queues: 4x }\n"
                            "  right: { device: \"net_null0\", rxqueues: 1 }\n"
                            "forward:\n"
                            "  - wire: [left, rigth]\n"
                            "overload: maybe\n";

std::vector<std::string> lines(const std::string &text)
{
  std::vector<std::string> all;
  for (size_t at = 0, end; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    all.push_back(text.substr(at, end - at));
  }
  return all;
}

void expect_all_errors(const Ended &ended, const std::string &file)
{
  EXPECT_EQ(ended.status, USAGE);
  EXPECT_EQ(ended.out, "");
  std::vector<std::string> errors = lines(ended.err);
  ASSERT_EQ(errors.size(), 5u) << ended.err;
  const char *const starts[] = {
      ":2:44: ports.left.rx_queues: expected a whole number from 1 to 64",
      ":3:20: ports.right.device: ", ":3:33: ports.right: unknown key 'rxqueues'; did you mean",
      ":5:18: forward[0].wire[1]: ", ":6:11: overload: "};
  for (size_t i = 0; i < errors.size(); i++)
    EXPECT_EQ(errors[i].find(file + starts[i]), 0u) << errors[i];
}

Surroundings as_nobody()
{
  Surroundings around;
  around.nobody = true;
  around.unset = {"XDG_RUNTIME_DIR", "HOME", "RUNTIME_DIRECTORY"};
  return around;
}

double children_seconds()
{
  rusage used;
  getrusage(RUSAGE_CHILDREN, &used);
  return double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         1e-6 * double(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

// CPU time that the program needs for a file, in parts of what it needs for another: the least of
// several runs of each, in turn, so that neither a slow machine nor what it does beside counts.
[[maybe_unused]] double ratio(const std::string &file, const std::string &other)
{
  const std::string files[] = {file, other};
  double least[] = {1000, 1000};
  for (int i = 0; i < 20; i++) {
    double before = children_seconds();
    platter({"check", files[i % 2]});
    least[i % 2] = std::min(least[i % 2], children_seconds() - before);
  }
  return least[0] / least[1];
}
} // namespace

TEST(Check, EverySampleConfigurationGivesATable)
{
  std::set<std::string> files = sample_configurations();
  ASSERT_GE(files.size(), 5u);
  for (const std::string &name : files) {
    Ended ended = platter({"check", source_path("config/" + name)});
    EXPECT_EQ(ended.status, OK) << name << ended.err;
    EXPECT_EQ(ended.err, "") << name;
    EXPECT_EQ(ended.out.find("forwarding:\n  "), 0u) << ended.out;
    EXPECT_NE(ended.out.find("\nworker  core  receives"), std::string::npos) << ended.out;
  }
}

TEST(CheckForwarding, SaysWhatGoesWhere)
{
  Scratch dir;
  std::string yaml =
      "ports: {a: {device: net_null0}, b: {device: net_null1}, c: {device: net_null2},"
      " mon: {device: net_null3}}\n"
      "forward: [{wire: [a, b]}, {reflect: [c]}, {sink: [mon]}]\n"
      "rules:\n- {name: dns, from: [a], match: udp port 53, mirror: [mon]}\n"
      "- {name: none, to: [b, c], match: ip6, drop: true}\n";
  Ended ended = platter({"check", dir.write("c.yaml", yaml)});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(ended.out.find("forwarding:\n  wire: a <-> b\n  reflect: c\n  sink: mon\n"
                           "rules:\n  dns: received by a, 'udp port 53'; mirror to mon\n"
                           "  none: leaving by b, c, 'ip6'; drop\n\nlayout: "),
            0u)
      << ended.out;
}

TEST(Check, TheTableSaysWhoDoesWhat)
{
  Ended ended = platter({"check", source_path("config/wire.yaml")});
  EXPECT_NE(ended.out.find("layout: pipeline, 2 workers, 2 ports, 2 handoffs"), std::string::npos);
  for (const char *word : {"left/0", "left/1", "right/0", "right/1", "to worker 1", "to worker 0"})
    EXPECT_NE(ended.out.find(word), std::string::npos) << word << "\n" << ended.out;
}

TEST(Check, DotIsAGraphThatGraphvizDraws)
{
  Scratch dir;
  std::set<std::string> files = sample_configurations();
  ASSERT_FALSE(files.empty());
  for (const std::string &name : files) {
    Ended ended = platter({"check", "--dot", source_path("config/" + name)});
    EXPECT_EQ(ended.status, OK) << ended.err;
    EXPECT_EQ(ended.out.find("digraph"), 0u) << ended.out;
    dir.write("graph.dot", ended.out);
    Ended drawn = Process({"dot", "-Tsvg", dir / "graph.dot"}).wait();
    EXPECT_EQ(drawn.status, 0) << drawn.err << ended.out;
    EXPECT_NE(drawn.out.find("</svg>"), std::string::npos);
  }
}

TEST(Check, EveryErrorIsPrintedWithItsPlace)
{
  Scratch dir;
  std::string file = dir.write("bad.yaml", INVALID);
  expect_all_errors(platter({"check", file}), file);
  expect_all_errors(platter({"check", "--dot", file}), file);
  expect_all_errors(platter({"run", file}), file);
  expect_all_errors(platter({"replay", file, "left=x.pcap"}), file);
}

TEST(Check, NeedsNoPrivilegesAndTouchesNothing)
{
  Scratch dir;
  std::string good = dir.write("good.yaml", null_yaml("check")),
              bad = dir.write("bad.yaml", INVALID);
  Leftovers before("");
  Ended ended = platter({"check", good}, as_nobody());
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(ended.out, platter({"check", good}).out);
  expect_all_errors(platter({"check", bad}, as_nobody()), bad);
  EXPECT_EQ(list_directory(dir.path()), (std::set<std::string>{"bad.yaml", "good.yaml"}));
}

TEST(Check, FilesThatCannotBeRead)
{
  Scratch dir;
  expect_refusal(platter({"check", dir / "missing.yaml"}), USAGE, "missing.yaml: ");
  expect_refusal(platter({"check", dir.path()}), USAGE, dir.path() + ": ");
  expect_refusal(platter({"check", dir.write("empty.yaml", "")}), USAGE, "empty.yaml:");
  expect_refusal(platter({"check", dir.write("big.yaml", std::string(1024 * 1024 + 1, '#'))}),
                 USAGE, "big.yaml:");
  std::string secret = dir.write("secret.yaml", null_yaml("check"));
  chmod(secret.c_str(), 0);
  expect_refusal(platter({"check", secret}, as_nobody()), USAGE, "Permission denied");
}

TEST(Check, ALayoutThatCannotBeIsRefused)
{
  Scratch dir;
  std::string file = dir.write("two.yaml", "ports:\n"
                                           "  a: {device: net_null0}\n"
                                           "  b: {device: net_null1}\n"
                                           "workers:\n"
                                           "  assign:\n"
                                           "    - {core: 0, rx: [a/0, b/0], tx: []}\n"
                                           "forward: [{wire: [a, b]}]\n");
  for (const std::vector<std::string> &line :
       {std::vector<std::string>{"check", file}, {"run", file}, {"replay", file, "a=x.pcap"}})
    expect_refusal(platter(line), USAGE, "two.yaml:6:7: workers.assign: port a: packets can leave");
}

// So many forms of one packet that no burst has room for them: run would lose some.
TEST(Check, RefusesMoreFormsOfAPacketThanABurstHoldsOne)
{
  Scratch dir;
  for (int mirrors : {11, 12}) { // 20 forms that leave, and 12 times as many for readers: 260
    std::string ports, list, rules;
    for (int i = 0; i <= 20; i++) {
      std::string name = "p" + std::to_string(i);
      ports += "  " + name + ": {device: net_null" + std::to_string(i) + "}\n";
      list += (i > 0 ? ", " : "") + name;
      if (i < 20)
        rules += "  - {to: [" + name + "], match: \"\", vlan: {push: 7}}\n";
    }
    for (int i = 0; i < mirrors; i++)
      rules += "  - {to: [" + list + "], match: \"\", mirror: [tap], truncate: 60}\n";
    std::string file = dir.write(
        "forms.yaml", "ports:\n" + ports + "  tap: {device: net_null21}\nforward:\n  - bridge: [" +
                          list + "]\n  - sink: [tap]\nrules:\n" + rules);
    Ended ended = platter({"check", file});
    if (mirrors == 11) {
      EXPECT_EQ(ended.status, OK) << ended.err;
    } else {
      expect_refusal(ended, USAGE,
                     ":28:5: rules: a packet received on port 'p0' could have to be kept in 260 "
                     "forms (other tags, other first bytes), and there is room for 256; ");
    }
  }
}

// The largest files of any kind take about as long as one of that size that only has to be read
// through: 35 ms.
TEST(Check, NoFileTakesLong)
{
#ifndef SANITIZED
  Scratch dir;
  std::string many = "ports:\n", wires, wide(1000 * 1000, '#');
  for (int i = 0; i < 32; i++) {
    std::string n = std::to_string(i);
    many += "  port" + n + ": {device: net_null" + n + ", rx_queues: 64}\n";
    wires += i % 2 == 0 ? "  - wire: [port" + n : ", port" + n + "]\n";
  }
  many += "forward:\n" + wires + "workers: {cores: [";
  for (int i = 0; i < 64; i++)
    many += std::to_string(i) + (i < 63 ? ", " : "]}\n");
  std::string errors = "ports:\n";
  for (int i = 0; i < 20000; i++)
    errors += "  p" + std::to_string(i) + ": {devise: x, mtu: 1}\n";
  std::string nested = "ports: " + std::string(300000, '[');
  std::string plain = dir.write("plain.yaml", null_yaml("check") + wide);
  for (const std::string &text : {null_yaml("check"), many, errors, nested,
                                  std::string(1000000, '\n'), "ports: \"" + wide + "\"\n"}) {
    std::string file = dir.write("any.yaml", text);
    EXPECT_LT(ratio(file, plain), 2) << text.substr(0, 60) << text.size();
  }
#endif
}

// A file that is not valid is never said to be, whatever memory is lacking on the way to the
// answer.
TEST(Check, EveryAllocationMayFail)
{
#ifndef SANITIZED
  Scratch dir;
  const std::string head = "ports: {a: {device: net_null0}, b: {device: net_null1}}\n"
                           "workers: {cores: [0]}\n"
                           "forward: [bridge: {ports: [a, b], name: lan}]\nrules:\n";
  for (const std::string &text :
       {head + "  - { match: \"udp port 53\", drop: tru }\n",
        head + "  - { match_any: { field: src, list: [10.0.0.0/8, \"::1\"] }, drop: true }\n"
               "  - { match: \"\", balance: [a] }\n",
        std::string("ports: {a: {device: net_null0}\n")}) {
    Ended ended = Process({"env", std::string("LD_PRELOAD=") + getenv("FAIL_ALLOCATION"),
                           getenv("PLATTER"), "check", dir.write("any.yaml", text)})
                      .wait(120);
    EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
    size_t last = ended.out.rfind(" allocations, 0 wrong outcomes\n");
    ASSERT_NE(last, std::string::npos) << ended.out;
    size_t line = ended.out.rfind('\n', last);
    EXPECT_GT(std::stol(ended.out.substr(line == std::string::npos ? 0 : line + 1)), 30);
  }
#endif
}

// A file where a command is expected.
TEST(Check, AFileIsNoCommand)
{
  Scratch dir;
  std::string file = dir.write("any.yaml", null_yaml("check"));
  Ended ended = platter({file});
  EXPECT_EQ(ended.status, USAGE);
  EXPECT_EQ(ended.err, "platter: '" + file +
                           "' is a file; a command stands before it:\n  platter "
                           "check " +
                           file + "\n  platter run " + file + "\n");
}
