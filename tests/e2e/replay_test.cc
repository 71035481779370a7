// SPDX-License-Identifier: BSD-3-Clause
// platter replay: what comes out is what went in, in order and byte for byte.
#include <algorithm>

#include <gtest/gtest.h>
#include <sched.h>

#include "capture_file.h"
#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"

namespace
{
const char *const PIPELINE = "workers: {cores: [0, 1], layout: pipeline}\n";
const char *const RUN_TO_COMPLETION = "workers: {cores: [0, 1], layout: run-to-completion}\n";
class Replay : public testing::Test
{
protected:
  // Ports left and right with this `forward`, and more lines.
  void configure(const std::string &forward, const std::string &rest)
  {
    dir.write("c.yaml",
              "ports: {left: {device: net_null0}, right: {device: net_null1}}\nforward: [" +
                  forward + "]\ntelemetry: {prefix: " + prefix + "}\n" + rest);
  }

  Ended replay(std::vector<std::string> arguments)
  {
    arguments.insert(arguments.begin(), {"replay", dir / "c.yaml", "--out", dir / "out"});
    return platter(arguments);
  }

  Json replay_whole(std::vector<std::string> arguments, bool copies = false)
  {
    arguments.push_back("--json");
    Ended ended = replay(arguments);
    EXPECT_EQ(ended.status, OK) << ended.err;
    Json summary = copies ? expect_accounts(ended) : expect_closed(ended);
    EXPECT_TRUE(summary["complete"].is_true());
    EXPECT_EQ(before.now(), "");
    return summary;
  }

  // Ports p0, p1, …, as many as there are captures, which each replays; entries of two ports each
  // (`kind`), or with one port. All captures at once: a start costs more than any of them; with few
  // mbufs, for as many as so many ports get by default take seconds to make.
  Json replay_all(const std::string &kind, const std::vector<std::string> &captures, unsigned each,
                  const std::string &rest, bool copies = false)
  {
    std::string ports, forward;
    std::vector<std::string> words;
    for (size_t i = 0; i < captures.size(); i++) {
      std::string n = std::to_string(i);
      ports += (i > 0 ? ", p" : "p") + n + ": {device: net_null" + n + "}";
      forward += i % each > 0 ? ", p" + n : (i > 0 ? "]}, {" : "{") + kind + ": [p" + n;
      words.push_back("p" + n + "=" + captures[i]);
    }
    dir.write("c.yaml", "ports: {" + ports + "}\nforward: [" + forward +
                            "]}]\ntelemetry: {prefix: " + prefix + "}\n" + rest +
                            memory_yaml("mbufs: 8192"));
    return replay_whole(words, copies);
  }

  Frames out(const std::string &port)
  {
    return read_frames(dir / ("out/" + port + ".pcap"));
  }

  Scratch dir;
  std::string prefix = unique_prefix("replay");
  Leftovers before{prefix};
};

class ReplayLayouts : public Replay, public testing::WithParamInterface<const char *>
{
};

INSTANTIATE_TEST_SUITE_P(Layouts, ReplayLayouts, testing::Values(PIPELINE, RUN_TO_COMPLETION),
                         [](const auto &info) {
                           return info.param == PIPELINE ? "pipeline" : "run_to_completion";
                         });
} // namespace

TEST_P(ReplayLayouts, WireKeepsEverySampleCapture)
{
  std::vector<std::string> captures = sample_captures();
  ASSERT_GE(captures.size(), 10u);
  if (captures.size() % 2 != 0)
    captures.push_back(captures[0]);
  Json summary = replay_all("wire", captures, 2, GetParam());
  for (size_t i = 0; i < captures.size(); i++) {
    const std::string here = "p" + std::to_string(i), there = "p" + std::to_string(i ^ 1);
    SCOPED_TRACE(captures[i]);
    Frames frames = read_frames(captures[i]);
    EXPECT_FALSE(frames.empty());
    EXPECT_TRUE(out(there) == frames);
    EXPECT_EQ(summary["ports"][here]["received"].number(), int64_t(frames.size()));
    EXPECT_EQ(summary["ports"][there]["transmitted"].number(), int64_t(frames.size()));
  }
  EXPECT_EQ(summary["accounting"]["dropped"].number(), 0);
}

TEST_P(ReplayLayouts, ReflectSwapsMacAddressesAndNothingElse)
{
  // pcapng comes by reference to frames that stay in memory: reflect has to copy their headers.
  for (bool by_reference : {false, true}) {
    std::vector<std::string> captures = sample_captures();
    captures.erase(std::remove_if(captures.begin(), captures.end(),
                                  [&](const std::string &name) {
                                    return (name.find(".pcapng") != std::string::npos) !=
                                           by_reference;
                                  }),
                   captures.end());
    ASSERT_FALSE(captures.empty());
    replay_all("reflect", captures, 1, GetParam(), by_reference);
    for (size_t i = 0; i < captures.size(); i++) {
      Frames expected = read_frames(captures[i]);
      std::transform(expected.begin(), expected.end(), expected.begin(), swapped);
      EXPECT_TRUE(out("p" + std::to_string(i)) == expected) << captures[i];
    }
  }
}

TEST_P(ReplayLayouts, SinkDropsEverythingWithItsReason)
{
  configure("{sink: [left, right]}", GetParam() + std::string(memory_yaml()));
  std::string capture = source_path("pcaps/imix.pcap");
  int64_t frames = read_frames(capture).size();
  Json summary = replay_whole({"left=" + capture});
  EXPECT_EQ(summary["ports"]["left"]["drops"]["sink"].number(), frames);
  EXPECT_EQ(summary["ports"]["left"]["drops"].size(), 1u);
  EXPECT_EQ(summary["accounting"]["dropped"].number(), frames);
  EXPECT_TRUE(out("left").empty());
  EXPECT_TRUE(out("right").empty());
}

TEST_P(ReplayLayouts, ManyFramesBothWaysAtOnce)
{
  Frames a = numbered_frames(30000, 60, 1), b = numbered_frames(20011, 300, 2);
  write_frames(dir / "a.pcap", a);
  write_frames(dir / "b.pcap", b);
  configure("{wire: [left, right]}", GetParam() + std::string(memory_yaml()));
  replay_whole({"left=" + dir / "a.pcap", "right=" + dir / "b.pcap"});
  EXPECT_TRUE(out("right") == a);
  EXPECT_TRUE(out("left") == b);
}

TEST_P(ReplayLayouts, FramesOfEverySizeAndBurstsOfOddLength)
{
  Frames sizes;
  for (unsigned size : {1u,    6u,    12u,   13u,   14u,   15u,   16u,   59u,   60u,   61u,
                        1514u, 1515u, 2047u, 2048u, 2049u, 4095u, 4096u, 4097u, 9215u, 9216u})
    sizes.push_back(numbered_frames(1, 9216, size)[0].substr(0, size));
  std::vector<Frames> frames;
  std::vector<std::string> captures;
  for (unsigned count : {1u, 2u, 31u, 32u, 33u, 63u, 64u, 65u, 257u, 1u}) {
    frames.emplace_back();
    for (unsigned i = 0; i < count; i++)
      frames.back().push_back(sizes[(i + captures.size()) % sizes.size()]);
    captures.push_back(dir / (std::to_string(captures.size()) + ".pcap"));
    write_frames(captures.back(), frames.back());
  }
  replay_all("wire", captures, 2, GetParam());
  for (size_t i = 0; i < captures.size(); i++)
    EXPECT_TRUE(out("p" + std::to_string(i ^ 1)) == frames[i]) << frames[i].size() << " frames";
}

TEST_P(ReplayLayouts, OverloadDropAccountsForEveryFrame)
{
  write_frames(dir / "a.pcap", numbered_frames(50000));
  configure("{wire: [left, right]}", GetParam() + std::string(memory_yaml()) + "overload: drop\n");
  Ended ended = replay({"--json", "left=" + dir / "a.pcap", "right=" + dir / "a.pcap"});
  Json summary = expect_closed(ended);
  bool lost = summary["accounting"]["dropped"].number() > 0;
  EXPECT_EQ(ended.status, lost ? ACCOUNTING : OK);
  EXPECT_EQ(summary["complete"].is_true(), !lost);
  EXPECT_EQ(summary["accounting"]["received"].number(), 100000);
  EXPECT_EQ(int64_t(out("right").size()), summary["ports"]["right"]["transmitted"].number());
}

// All workers on one core: while one runs, the others do nothing, and every ring gets full.
class OneCore
{
public:
  OneCore()
  {
    sched_getaffinity(0, sizeof(before), &before);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; CPU_COUNT(&one) == 0; cpu++)
      if (CPU_ISSET(cpu, &before))
        CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof(one), &one);
  }
  ~OneCore()
  {
    sched_setaffinity(0, sizeof(before), &before);
  }

private:
  cpu_set_t before;
};

const char *const MIRRORED = "ports: {left: {device: net_null0}, right: {device: net_null1}, "
                             "mirror: {device: net_null2}, start: {device: net_null3}}\n"
                             "forward: [{wire: [left, right]}, {sink: [mirror, start]}]\n"
                             "rules:\n"
                             "  - {from: [left], match: \"\", mirror: [mirror]}\n"
                             "  - {from: [left], match: \"\", mirror: [start], truncate: 40}\n"
                             "  - {to: [right], match: \"\", vlan: {push: 9}}\n"
                             "workers: {cores: [0, 1], handoff: 64}\n";

TEST_F(Replay, ReadersAreWaitedForLikeEverybodyElse)
{
  OneCore core;
  Frames frames = numbered_frames(20000, 300), starts;
  for (const std::string &frame : frames)
    starts.push_back(frame.substr(0, 40));
  write_frames(dir / "a.pcap", frames);
  for (const char *fast : {"", "--fast"}) {
    dir.write("c.yaml",
              MIRRORED + (memory_yaml() + std::string("telemetry: {prefix: ") + prefix + "}\n"));
    std::vector<std::string> words = {"--json", "left=" + dir / "a.pcap"};
    if (*fast != '\0')
      words.insert(words.begin(), fast);
    Ended ended = replay(words);
    EXPECT_EQ(ended.status, OK) << ended.err;
    Json summary = expect_accounts(ended);
    EXPECT_EQ(summary["accounting"]["dropped"].number(), 0);
    EXPECT_TRUE(summary["complete"].is_true());
    EXPECT_TRUE(out("mirror") == frames);
    EXPECT_TRUE(out("start") == starts);
    EXPECT_EQ(out("right").size(), frames.size());
  }
}

TEST_F(Replay, WhatIsMissingFromAnOutputIsSaid)
{
  OneCore core;
  write_frames(dir / "a.pcap", numbered_frames(20000, 300));
  dir.write("c.yaml",
            MIRRORED + (memory_yaml() + std::string("overload: drop\ntelemetry: {prefix: ") +
                        prefix + "}\n"));
  Ended ended = replay({"left=" + dir / "a.pcap"});
  EXPECT_EQ(ended.status, ACCOUNTING);
  EXPECT_NE(ended.err.find("port start: "), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find(" frames are missing, dropped as mirror_full: "), std::string::npos)
      << ended.err;
  expect_closed_text(ended, true);
}

TEST_F(Replay, ReflectDropsRuntsAndSaysSo)
{
  Frames frames = numbered_frames(5);
  frames[1] = "too short";
  frames[3] = frames[3].substr(0, 13);
  write_frames(dir / "a.pcap", frames);
  configure("{reflect: [left, right]}", memory_yaml());
  Json summary = replay_whole({"left=" + dir / "a.pcap"});
  EXPECT_EQ(summary["ports"]["left"]["drops"]["runt"].number(), 2);
  EXPECT_TRUE(out("left") == (Frames{swapped(frames[0]), swapped(frames[2]), swapped(frames[4])}));
}

TEST_F(Replay, TheSummaryForPeopleSaysTheSame)
{
  configure("{wire: [left, right]}", PIPELINE + std::string(memory_yaml()));
  Ended ended = replay({"left=" + source_path("pcaps/arp.pcap")});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(ended.err, "");
  expect_closed_text(ended);
  std::string frames = std::to_string(read_frames(source_path("pcaps/arp.pcap")).size());
  EXPECT_NE(ended.out.find("arp.pcap: " + frames + " frames of "), std::string::npos) << ended.out;
  EXPECT_NE(
      ended.out.find("accounting: received " + frames + " + cloned 0\n  = transmitted " + frames),
      std::string::npos)
      << ended.out;
}

TEST_F(Replay, ShortenedFramesAreReplayedAsTheyAreAndMentioned)
{
  Pcap file;
  file.add(frame_of(0x88b5, 60)).add(frame_of(0x88b5, 64), 1000);
  dir.write("a.pcap", file.bytes);
  configure("{wire: [left, right]}", memory_yaml());
  Ended ended = replay({"left=" + dir / "a.pcap"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.out.find("1 of them were cut short when recorded"), std::string::npos);
  EXPECT_TRUE(out("right") == (Frames{frame_of(0x88b5, 60), frame_of(0x88b5, 64)}));
}

// net_pcap loses what finds no mbuf; platter says how much, and loses nothing itself.
TEST_F(Replay, APoolTooSmallIsSaidAndClosesOnPlattersSide)
{
  write_frames(dir / "a.pcap", numbered_frames(2000, 9000));
  configure("{wire: [left, right]}", memory_yaml("mbufs: 64"));
  Ended ended = replay({"left=" + dir / "a.pcap", "--json"});
  Json summary = expect_closed(ended);
  int64_t received = summary["ports"]["left"]["received"].number();
  EXPECT_LT(received, 2000);
  EXPECT_EQ(ended.status, ACCOUNTING);
  EXPECT_FALSE(summary["complete"].is_true());
  EXPECT_NE(ended.err.find("port left: " + std::to_string(received) + " of 2000 frames came in"),
            std::string::npos)
      << ended.err;
  EXPECT_NE(ended.err.find("memory.mbufs"), std::string::npos) << ended.err;
  EXPECT_EQ(list_directory(dir / "out"), std::set<std::string>()) << "an output that is not whole";
  EXPECT_LT(ended.seconds, 20);
  EXPECT_EQ(before.now(), "");
}

TEST_F(Replay, ExplicitAssignmentWithCoresThatThisMachineLacks)
{
  dir.write("c.yaml", "ports:\n"
                      "  left: {device: '0000:fe:00.0', rx_queues: 2, mtu: 9000}\n"
                      "  right: {device: '0000:fe:00.1', rx_queues: 2}\n"
                      "workers:\n"
                      "  assign:\n"
                      "    - {core: 900, rx: [left/0, right/1], tx: [right]}\n"
                      "    - {core: 901, rx: [right/0, left/1], tx: [left]}\n"
                      "forward: [{wire: [left, right]}]\n"
                      "telemetry: {prefix: " +
                          prefix + "}\n" + memory_yaml());
  std::string capture = source_path("pcaps/jumbo.pcap");
  Ended ended = replay({"left=" + capture, "right=" + capture, "--json"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.err.find("core 900 is not there"), std::string::npos) << ended.err;
  expect_closed(ended);
  EXPECT_TRUE(out("right") == read_frames(capture));
  EXPECT_TRUE(out("left") == read_frames(capture));
}

TEST_F(Replay, EverySampleConfigurationReplays)
{
  for (const std::string &name : sample_configurations()) {
    SCOPED_TRACE(name);
    std::string config = source_path("config/" + name);
    Ended listing = platter({"replay", config, "?=x"});
    EXPECT_NE(listing.err.find("has no port '?'"), std::string::npos);
    std::string text = read_file(config);
    size_t colon = text.find(':', text.find("\nports:") + 8);
    size_t start = text.find_last_of(" \n{", colon - 1) + 1;
    std::string port = text.substr(start, colon - start);
    Ended ended =
        platter({"replay", config, port + "=" + source_path("pcaps/ping.pcap"), "--json"});
    EXPECT_EQ(ended.status, OK) << ended.err;
    expect_closed(ended);
  }
}

TEST_F(Replay, FileNamesMayHoldWhatDeviceArgumentsMayNot)
{
  std::vector<std::string> captures;
  for (const char *name : {"a,b.pcap", "a b.pcap", "a=b.pcap", "tx_pcap=x,iface=lo.pcap", "-a.pcap",
                           "\"a\".pcap", "ä\n.pcap", "%s%n.pcap"}) {
    captures.push_back(dir / name);
    write_frames(captures.back(), numbered_frames(3, 60, captures.size()));
  }
  replay_all("wire", captures, 2, "");
  for (size_t i = 0; i < captures.size(); i++)
    EXPECT_TRUE(out("p" + std::to_string(i ^ 1)) == numbered_frames(3, 60, i + 1)) << captures[i];
}

TEST_F(Replay, OneFileOnTwoPorts)
{
  Frames frames = numbered_frames(1000);
  write_frames(dir / "a.pcap", frames);
  configure("{wire: [left, right]}", memory_yaml());
  replay_whole({"left=" + dir / "a.pcap", "right=" + dir / "a.pcap"});
  EXPECT_TRUE(out("left") == frames);
  EXPECT_TRUE(out("right") == frames);
}

TEST_F(Replay, HugepagesOnAndAuto)
{
  Frames frames = numbered_frames(1000);
  write_frames(dir / "a.pcap", frames);
  for (const char *choice : {"on", "auto"}) {
    configure("{wire: [left, right]}", "memory: {hugepages: " + std::string(choice) + "}\n");
    Ended ended = replay({"left=" + dir / "a.pcap", "--json"});
    bool has = Json::parse(ended.out)["info"]["hugepages"].is_true();
    if (ended.status != OK) { // a machine without: `on` refuses, `auto` does not
      EXPECT_STREQ(choice, "on");
      expect_refusal(ended, FAILED, "memory.hugepages is on, but ");
      continue;
    }
    expect_closed(ended);
    EXPECT_EQ(has, ended.err.find("running without hugepages") == std::string::npos) << ended.err;
    EXPECT_TRUE(out("right") == frames);
    EXPECT_EQ(before.now(), "");
  }
}

// A file's name may hold bytes that JSON cannot.
TEST_F(Replay, TheSummaryNamesTheFilesOfEachPort)
{
  configure("{wire: [left, right]}", memory_yaml());
  for (const std::string name : {"ä, b=c.pcap", "\xe4.pcap"}) {
    std::string in = dir / name, shown = name[0] == '\xe4' ? dir / "?.pcap" : in;
    write_frames(in, numbered_frames(3));
    Json ports = replay_whole({"left=" + in})["ports"];
    EXPECT_EQ(ports["left"]["input"].text(), shown);
    EXPECT_EQ(ports["left"]["output"].text(), dir / "out/left.pcap");
    EXPECT_TRUE(ports["right"]["input"].is_null()) << ports.dump();
    EXPECT_FALSE(ports["left"]["device"]);
  }
}
