// SPDX-License-Identifier: BSD-3-Clause
// platter replay --fast: what is refused, and what a signal in the middle leaves behind.
#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include <sys/stat.h>

#include "capture_file.h"
#include "expect.h"
#include "leftovers.h"
#include "netns.h"
#include "pcap_file.h"
#include "scratch.h"

namespace
{
class FastRefused : public testing::Test
{
protected:
  void SetUp() override
  {
    mkdir((dir / "out").c_str(), 0777);
    dir.write("out/right.pcap", "old");
    dir.write("c.yaml", wire_yaml("net_null0", "net_null1", prefix));
    write_frames(dir / "good.pcap", numbered_frames(10));
  }
  void TearDown() override
  {
    EXPECT_EQ(list_directory(dir / "out"), std::set<std::string>{"right.pcap"});
    EXPECT_EQ(read_file(dir / "out/right.pcap"), "old");
    EXPECT_EQ(before.now(), "");
  }

  std::vector<std::string> words(const std::vector<std::string> &options, const std::string &file)
  {
    std::vector<std::string> line = {"replay", dir / "c.yaml", "--out", dir / "out"};
    line.insert(line.end(), options.begin(), options.end());
    line.push_back("left=" + file);
    return line;
  }

  void expect_usage(const std::vector<std::string> &options, const std::string &what)
  {
    Ended ended = platter(words(options, dir / "good.pcap"));
    EXPECT_EQ(ended.status, USAGE) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err.find("platter replay: " + what), 0u) << ended.err;
    EXPECT_NE(ended.err.find("Try `platter replay --help`."), std::string::npos) << ended.err;
  }

  // Until a frame has come out: it is in the middle of its traffic.
  void wait_for_output(const Process &process)
  {
    const uintmax_t header = 24;
    std::string file = dir / "out/right.pcap." + std::to_string(process.pid()) + ".part";
    // Not read: it may grow faster than that.
    EXPECT_TRUE(eventually([&] {
      std::error_code missing;
      uintmax_t size = std::filesystem::file_size(file, missing);
      return !missing && size > header;
    }));
  }

  Scratch dir;
  std::string prefix = unique_prefix("fastno");
  Leftovers before{prefix};
};
} // namespace

TEST_F(FastRefused, ValuesThatAreNone)
{
  expect_usage({"--fast", "--loop", "0"}, "--loop 0 would never end; `platter run` is for that\n");
  expect_usage({"--fast", "--loop", "-1"},
               "replay option loop: expected a whole number, 0 for ever, found '-1'\n");
  expect_usage({"--fast", "--loop", ""},
               "replay option loop: expected a whole number, 0 for ever, found ''\n");
  expect_usage({"--fast", "--rate", "fast"}, "replay option rate: expected line, original, or ");
  expect_usage({"--fast", "--rate", "10"}, "replay option rate: expected line, original, or ");
  expect_usage({"--fast", "--rate", "original", "--speed", "0"}, "replay option speed: expected ");
  expect_usage({"--fast", "--rate", "line", "--speed", "2"},
               "replay option speed: only rate=original has a speed\n");
  expect_usage({"--fast", "--rate", "line,loop=3"}, "--rate: 'line,loop=3' is no value for it\n");
  expect_usage({"--fast", "--loop", std::string(41, '1')},
               "--loop: '" + std::string(40, '1') + "' is no value for it\n");
}

TEST_F(FastRefused, OptionsWithoutValueAndUnknownOnes)
{
  for (const char *option : {"--loop", "--rate", "--speed"}) {
    Ended ended =
        platter({"replay", dir / "c.yaml", "left=" + dir / "good.pcap", "--fast", option});
    EXPECT_EQ(ended.status, USAGE);
    EXPECT_NE(ended.err.find(option), std::string::npos) << ended.err;
  }
  EXPECT_EQ(platter(words({"--faster"}, dir / "good.pcap")).status, USAGE);
  EXPECT_EQ(platter(words({"--fast=1"}, dir / "good.pcap")).status, USAGE);
}

TEST_F(FastRefused, FilesThatCannotBeReplayed)
{
  auto refused = [this](const std::string &file, const std::string &what) {
    expect_refusal(platter(words({"--fast"}, file)), USAGE, file + ": " + what);
  };
  refused(dir / "missing.pcap", "No such file");
  refused(dir.path(), "a directory");
  refused(dir.write("text.pcap", "ports: {left: 1}\n"), "not a capture file");
  refused(dir.write("none.pcap", Pcap().bytes), "no frames in it");
  Pcap cooked(false, 0xa1b2c3d4, LINK_SLL);
  refused(dir.write("cooked.pcap", cooked.add(frame_of(0x0800)).bytes), "not Ethernet but ");
  std::string bytes = read_file(dir / "good.pcap");
  refused(dir.write("cut,off.pcap", bytes.substr(0, bytes.size() - 1)), "damaged after frame 9");
  write_frames(dir / "long.pcap", {numbered_frames(1)[0], std::string(9217, 'x')});
  refused(dir / "long.pcap", "frame 2: 9217 bytes");
}

// Known only when all time stamps have been read.
TEST_F(FastRefused, TimingThatTheCaptureDoesNotHave)
{
  Ended ended = platter(words({"--fast", "--rate", "original", "--loop", "2"}, dir / "good.pcap"));
  EXPECT_EQ(ended.status, FAILED) << ended.err;
  EXPECT_NE(ended.err.find("c.yaml: port left: " + dir / "good.pcap" +
                           ": all frames have one time stamp, so that original timing does not "
                           "say when the next lap begins"),
            std::string::npos)
      << ended.err;
  Pcap gap;
  gap.add(frame_of(0x88b5), 0, 0).add(frame_of(0x88b5));
  ended = platter(words({"--fast", "--rate", "original"}, dir.write("gap.pcap", gap.bytes)));
  EXPECT_EQ(ended.status, FAILED) << ended.err;
  EXPECT_NE(ended.err.find("c.yaml: port left: " + dir / "gap.pcap" +
                           ": 19676 days from frame 1 to the next; platter waits 30 at most: "
                           "another rate or speed would do"),
            std::string::npos)
      << ended.err;
}

TEST_F(FastRefused, OutputsDoNotReplaceInputs)
{
  write_frames(dir / "left.pcap", numbered_frames(10));
  Ended ended = platter(
      {"replay", dir / "c.yaml", "--fast", "--out", dir.path(), "left=" + dir / "left.pcap"});
  expect_refusal(ended, USAGE, "would replace the input");
  EXPECT_TRUE(read_frames(dir / "left.pcap") == numbered_frames(10));
}

TEST_F(FastRefused, ASignalInTheMiddleOfTimedTraffic)
{
  for (const char *rate : {"20pps", "9.6kbit"}) {
    SCOPED_TRACE(rate);
    Process process(platter_line(
        words({"--fast", "--json", "--loop", "1000", "--rate", rate}, dir / "good.pcap")));
    wait_for_output(process);
    process.signal(SIGINT);
    Ended ended = process.wait(10);
    EXPECT_EQ(ended.status, ACCOUNTING) << ended.err;
    Json summary = expect_closed(ended);
    EXPECT_FALSE(summary["complete"].is_true());
    Json left = summary["ports"]["left"];
    EXPECT_EQ(left["replay"]["state"].text(), "running");
    EXPECT_LT(left["received"].number(), 10000);
    EXPECT_EQ(left["replay"]["sent"].number(), left["received"].number());
    EXPECT_NE(ended.err.find("stopped by a signal after "), std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find(" of 10000 frames"), std::string::npos) << ended.err;
  }
}

// 32 frames 2^59 times are 2^64: more than can be counted, and not none.
TEST_F(FastRefused, MoreFramesThanCanBeCountedAreNotNone)
{
  write_frames(dir / "good.pcap", numbered_frames(32));
  Process process(
      platter_line(words({"--fast", "--json", "--loop", "576460752303423488"}, dir / "good.pcap")));
  wait_for_output(process);
  process.signal(SIGINT);
  Ended ended = process.wait(10);
  EXPECT_EQ(ended.status, ACCOUNTING) << ended.err;
  EXPECT_NE(ended.err.find("stopped by a signal after "), std::string::npos) << ended.err;
}
