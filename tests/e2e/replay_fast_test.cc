// SPDX-License-Identifier: BSD-3-Clause
// platter replay --fast: by reference, and what comes out is what comes out without it.
#include <map>
#include <regex>

#include <gtest/gtest.h>

#include "capture_file.h"
#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"

namespace
{
const char *const PIPELINE = "workers: {cores: [0, 1], layout: pipeline}\n";
const char *const RUN_TO_COMPLETION = "workers: {cores: [0, 1], layout: run-to-completion}\n";

struct Outputs {
  Frames left, right;
  Json summary;
};

Frames repeated(const Frames &frames, unsigned times)
{
  Frames all;
  for (unsigned i = 0; i < times; i++)
    all.insert(all.end(), frames.begin(), frames.end());
  return all;
}

// The text with the value in place of each whole word that is a key.
std::string filled_in(std::string text, const std::map<std::string, std::string> &values)
{
  for (const auto &[key, value] : values)
    text = std::regex_replace(text, std::regex("\\b" + key + "\\b"), value);
  return text;
}

class ReplayFast : public testing::Test
{
protected:
  void configure(const std::string &forward, const std::string &rest = "")
  {
    write("left: {device: net_null0}, right: {device: net_null1}", forward, rest);
  }

  void write(const std::string &ports, const std::string &forward, const std::string &rest,
             const std::string &memory = "")
  {
    dir.write("c.yaml", "ports: {" + ports + "}\nforward: [" + forward + "]\n" +
                            memory_yaml(memory) + "telemetry: {prefix: " + prefix + "}\n" + rest);
  }

  // A run that must go well, with these words behind the configuration.
  Json run(std::vector<std::string> words)
  {
    words.insert(words.begin(), {"replay", dir / "c.yaml", "--json", "--out", dir / "out"});
    Ended ended = platter(words);
    EXPECT_EQ(ended.status, OK) << ended.err;
    EXPECT_EQ(ended.err, "");
    Json summary = expect_accounts(ended);
    EXPECT_TRUE(summary["complete"].is_true());
    EXPECT_EQ(before.now(), "");
    return summary;
  }

  Frames out(const std::string &port)
  {
    return read_frames(dir / ("out/" + port + ".pcap"));
  }

  Outputs replay(const std::vector<std::string> &words)
  {
    Json summary = run(words);
    return {out("left"), out("right"), summary};
  }

  // The capture itself, or a file that holds it several times.
  std::string concatenated(const std::string &capture, unsigned times, const std::string &name)
  {
    if (times == 1)
      return capture;
    write_frames(dir / name, repeated(read_frames(capture), times));
    return dir / name;
  }

  // All sample captures at once, for a start costs more than any of them: each on a port of its
  // own, p0, p1, …. `entry` has what connects two of them: "{wire: [A, B]}"; `rest` may name all
  // that are an A or a B: ALL_A, ALL_B.
  void expect_same_as_plain(const std::string &entry, const std::string &rest, unsigned loop)
  {
    std::vector<std::string> captures = sample_captures();
    ASSERT_GE(captures.size(), 10u);
    if (captures.size() % 2 != 0)
      captures.push_back(captures[0]);
    std::string ports, forward, all[2];
    std::vector<std::string> plain_words, fast_words = {"--fast", "--loop", std::to_string(loop)};
    for (size_t i = 0; i < captures.size(); i++) {
      const std::string name = "p" + std::to_string(i), with = "p" + std::to_string(i + 1);
      ports += (i > 0 ? ", " : "") + name + ": {device: net_null" + std::to_string(i) + "}";
      all[i % 2] += (i > 1 ? ", " : "") + name;
      if (i % 2 == 0)
        forward += (i > 0 ? ", " : "") + filled_in(entry, {{"A", name}, {"B", with}});
      plain_words.push_back(name + "=" + concatenated(captures[i], loop, name + ".pcap"));
      fast_words.push_back(name + "=" + captures[i]);
    }
    // As many mbufs as so many ports get by default take seconds to make.
    write(ports, forward, filled_in(rest, {{"ALL_A", all[0]}, {"ALL_B", all[1]}}), "mbufs: 8192");
    Json plain = run(plain_words);
    std::vector<Frames> frames;
    for (size_t i = 0; i < captures.size(); i++)
      frames.push_back(out("p" + std::to_string(i)));
    Json fast = run(fast_words);
    for (size_t i = 0; i < captures.size(); i++) {
      const std::string name = "p" + std::to_string(i);
      SCOPED_TRACE(name + ", " + captures[i]);
      EXPECT_FALSE(frames[i].empty());
      EXPECT_TRUE(out(name) == frames[i]);
      for (const char *count : {"received", "received_bytes", "transmitted", "transmitted_bytes"})
        EXPECT_EQ(fast["ports"][name][count].number(), plain["ports"][name][count].number())
            << count;
    }
  }

  Scratch dir;
  std::string prefix = unique_prefix("fast");
  Leftovers before{prefix};
};

struct Case {
  const char *workers;
  unsigned loop;
};

class ReplayFastSame : public ReplayFast, public testing::WithParamInterface<Case>
{
};

INSTANTIATE_TEST_SUITE_P(Layouts, ReplayFastSame,
                         testing::Values(Case{PIPELINE, 1}, Case{PIPELINE, 3},
                                         Case{RUN_TO_COMPLETION, 1}, Case{RUN_TO_COMPLETION, 3}),
                         [](const auto &info) {
                           return std::string(info.param.workers == PIPELINE
                                                  ? "pipeline"
                                                  : "run_to_completion") +
                                  "_loop_" + std::to_string(info.param.loop);
                         });
} // namespace

TEST_P(ReplayFastSame, ThroughAWire)
{
  expect_same_as_plain("{wire: [A, B]}", GetParam().workers, GetParam().loop);
}

TEST_F(ReplayFast, TheSameReflected)
{
  expect_same_as_plain("{reflect: [A, B]}", RUN_TO_COMPLETION, 3);
}

// It learns nothing, for what it would know when is a matter of timing.
TEST_F(ReplayFast, TheSameThroughABridge)
{
  expect_same_as_plain("{bridge: {ports: {A: {learn: 0}, B: {learn: 0}}}}",
                       std::string(PIPELINE) + "overload: wait\n", 3);
}

// Headers are rewritten here: of frames that a replay port will send again.
TEST_F(ReplayFast, TheSameThroughRules)
{
  expect_same_as_plain("{wire: [A, B]}",
                       std::string(PIPELINE) +
                           "rules:\n"
                           "- {match: icmp, drop: true}\n"
                           "- {from: [ALL_A], match: udp, vlan: {push: 100}}\n"
                           "- {from: [ALL_B], match: vlan, vlan: {pop: true}, stop: true}\n"
                           "- {to: [ALL_A, ALL_B], match: arp, vlan: {push: 7}}\n",
                       3);
}

TEST_P(ReplayFastSame, ManyFramesOfEverySize)
{
  Frames a, b;
  for (unsigned i = 0; i < 2001; i++)
    a.push_back(numbered_frames(1, 9216, i)[0].substr(0, 1 + i * 7919 % 9216));
  b = numbered_frames(20011, 60, 2);
  write_frames(dir / "a.pcap", a);
  write_frames(dir / "b.pcap", b);
  configure("{wire: [left, right]}", GetParam().workers);
  const unsigned loop = GetParam().loop;
  Outputs out = replay({"--fast", "--loop", std::to_string(loop), "left=" + dir / "a.pcap",
                        "right=" + dir / "b.pcap"});
  EXPECT_TRUE(out.right == repeated(a, loop));
  EXPECT_TRUE(out.left == repeated(b, loop));
  for (const std::string &site : out.summary["copies"].keys())
    EXPECT_EQ(out.summary["copies"][site]["bytes"].number(), 0) << site;
}

TEST_F(ReplayFast, OneFrameVeryOften)
{
  write_frames(dir / "a.pcap", numbered_frames(1));
  configure("{wire: [left, right]}");
  Outputs out = replay({"--fast", "--loop", "100003", "left=" + dir / "a.pcap"});
  EXPECT_TRUE(out.right == repeated(numbered_frames(1), 100003));
  EXPECT_TRUE(out.left.empty());
  EXPECT_EQ(out.summary["ports"]["left"]["replay"]["laps"].number(), 100003);
}

TEST_F(ReplayFast, TheSummarySaysWhatBecameOfIt)
{
  Frames frames = numbered_frames(501, 100);
  write_frames(dir / "a.pcap", frames);
  configure("{wire: [left, right]}");
  Json summary = replay({"--fast", "--loop", "7", "left=" + dir / "a.pcap"}).summary;
  Json left = summary["ports"]["left"], replay = left["replay"];
  EXPECT_FALSE(summary["ports"]["right"]["replay"]) << "has no capture";
  EXPECT_EQ(left["driver"].text(), "replay");
  EXPECT_EQ(left["input"].text(), dir / "a.pcap");
  EXPECT_EQ(left["received"].number(), 7 * 501);
  EXPECT_EQ(left["received_bytes"].number(), 7 * 501 * 100);
  EXPECT_EQ(replay["file"].text(), dir / "a.pcap");
  EXPECT_EQ(replay["state"].text(), "finished");
  EXPECT_EQ(replay["asked"].text(), "as fast as polled");
  EXPECT_EQ(replay["loop"].number(), 7);
  EXPECT_EQ(replay["laps"].number(), 7);
  EXPECT_EQ(replay["frames"].number(), 501);
  EXPECT_EQ(replay["sent"].number(), 7 * 501);
  EXPECT_EQ(replay["sent_bytes"].number(), 7 * 501 * 100);
  EXPECT_GE(replay["stalls"].number(), 0);
  EXPECT_GT(replay["seconds"].real(), 0);
  EXPECT_GT(replay["achieved_pps"].real(), 0);
  EXPECT_NEAR(replay["achieved_bits"].real() / replay["achieved_pps"].real(), 8 * 124, 1);
  for (const char *late : {"late_p50", "late_p99", "late_p999", "late_most"}) {
    EXPECT_TRUE(replay[late].is_number()) << late;
    EXPECT_EQ(replay[late].real(), 0) << "nothing had a time";
  }
}

TEST_F(ReplayFast, TheSummaryForPeople)
{
  write_frames(dir / "a.pcap", numbered_frames(50));
  configure("{wire: [left, right]}");
  Ended ended = platter(
      {"replay", dir / "c.yaml", "--loop", "2", "--rate", "100kpps", "left=" + dir / "a.pcap"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(ended.err, "");
  expect_closed_text(ended);
  EXPECT_NE(ended.out.find("replay left: " + dir / "a.pcap" + ", 50 frames, 2 of 2 laps, "),
            std::string::npos)
      << ended.out;
  EXPECT_NE(ended.out.find("  asked: 100 kpps; achieved: "), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("\n  late: half by "), std::string::npos) << ended.out;
}

// Exact counts at every rate, and never faster than asked for.
TEST_F(ReplayFast, Rates)
{
  Frames frames = numbered_frames(400, 226); // 250 bytes on the wire
  write_frames(dir / "a.pcap", frames);
  configure("{wire: [left, right]}");
  struct {
    const char *rate, *asked;
    double per_second;
  } rows[] = {{"5kpps", "5 kpps", 5000},
              {"0.02Mpps", "20 kpps", 20000},
              {"20Mbit", "20 Mbit/s", 10000},
              {"0.1Gbit", "100 Mbit/s", 50000}};
  for (const auto &row : rows) {
    SCOPED_TRACE(row.rate);
    Outputs out = replay({"--fast", "--loop", "3", "--rate", row.rate, "left=" + dir / "a.pcap",
                          "right=" + dir / "a.pcap"});
    EXPECT_TRUE(out.right == repeated(frames, 3));
    EXPECT_TRUE(out.left == repeated(frames, 3));
    for (const char *port : {"left", "right"}) {
      Json replay = out.summary["ports"][port]["replay"];
      EXPECT_EQ(replay["asked"].text(), row.asked);
      EXPECT_EQ(replay["sent"].number(), 1200);
      EXPECT_GE(replay["seconds"].real(), 1199 / row.per_second * 0.999999);
      EXPECT_LE(replay["achieved_pps"].real(), row.per_second * 1.000001);
      EXPECT_GT(replay["achieved_pps"].real(), 0);
      EXPECT_LE(replay["late_p50"].real(), replay["late_p99"].real());
    }
  }
}

TEST_F(ReplayFast, OriginalTiming)
{
  Pcap file;
  Frames frames = numbered_frames(11);
  for (unsigned i = 0; i < 11; i++) // a tenth of a second
    file.add(frames[i], 0, 1700000000, 999990 / 10 * i);
  dir.write("a.pcap", file.bytes);
  configure("{wire: [left, right]}");
  struct {
    std::vector<std::string> words;
    double seconds; // of 21 gaps: two laps, and the one between them
  } rows[] = {{{"--rate", "original", "--speed", "10"}, 0.2099979},
              {{"--rate", "original", "--speed", "4.0"}, 0.52499475}};
  for (auto &row : rows) {
    row.words.insert(row.words.end(), {"--fast", "--loop", "2", "left=" + dir / "a.pcap"});
    Outputs out = replay(row.words);
    EXPECT_TRUE(out.right == repeated(frames, 2));
    EXPECT_GE(out.summary["ports"]["left"]["replay"]["seconds"].real(), row.seconds - 1e-6);
  }
}

TEST_F(ReplayFast, FileNamesMayHoldWhatDeviceArgumentsMayNot)
{
  configure("{wire: [left, right]}");
  Frames frames = numbered_frames(3);
  for (const char *name : {"a,b.pcap", "a b.pcap", "a=b.pcap", "loop=9,file=x.pcap", ",", "-a.pcap",
                           "\"a\".pcap", "ä\n.pcap", "%s%n.pcap", "a,b , c.pcap"}) {
    SCOPED_TRACE(name);
    write_frames(dir / name, frames);
    Outputs out = replay({"--fast", "left=" + dir / name});
    EXPECT_TRUE(out.right == frames);
    EXPECT_EQ(out.summary["ports"]["left"]["input"].text(), dir / name);
  }
}

TEST_F(ReplayFast, OneFileOnTwoPorts)
{
  Frames frames = numbered_frames(1001);
  write_frames(dir / "a.pcap", frames);
  configure("{wire: [left, right]}");
  Outputs out = replay({"--fast", "left=" + dir / "a.pcap", "right=" + dir / "a.pcap"});
  EXPECT_TRUE(out.left == frames);
  EXPECT_TRUE(out.right == frames);
}

TEST_F(ReplayFast, OverloadDropAccountsForEveryFrame)
{
  write_frames(dir / "a.pcap", numbered_frames(50000));
  configure("{wire: [left, right]}", "overload: drop\n");
  Ended ended = platter({"replay", dir / "c.yaml", "--json", "--out", dir / "out", "--fast",
                         "left=" + dir / "a.pcap", "right=" + dir / "a.pcap"});
  Json summary = expect_accounts(ended);
  EXPECT_EQ(ended.status, summary["accounting"]["dropped"].number() > 0 ? ACCOUNTING : OK);
  EXPECT_EQ(summary["accounting"]["received"].number(), 100000);
  EXPECT_EQ(int64_t(read_frames(dir / "out/right.pcap").size()),
            summary["ports"]["right"]["transmitted"].number());
}

TEST_F(ReplayFast, ASinkDropsEverythingWithItsReason)
{
  configure("{sink: [left, right]}");
  std::string capture = source_path("pcaps/imix.pcap");
  int64_t frames = read_frames(capture).size();
  Json left = replay({"--fast", "--loop", "3", "left=" + capture}).summary["ports"]["left"];
  EXPECT_EQ(left["drops"]["sink"].number(), 3 * frames);
}
