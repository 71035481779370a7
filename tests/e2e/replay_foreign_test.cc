// SPDX-License-Identifier: BSD-3-Clause
// platter replay of captures as others leave them: packed, cut off, with headers that say less than
// their frames have, from many interfaces, with frames that no NIC sends, of days.
#include <csignal>

#include <gtest/gtest.h>

#include "capture_file.h"
#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"
#include "telemetry.h"

namespace
{
class Foreign : public testing::Test
{
protected:
  void SetUp() override
  {
    dir.write("c.yaml", wire_yaml("net_null0", "net_null1", prefix));
  }
  void TearDown() override
  {
    EXPECT_EQ(before.now(), "");
  }

  Ended replay(const std::string &file, std::vector<std::string> options)
  {
    options.insert(options.begin(),
                   {"replay", dir / "c.yaml", "left=" + file, "--out", dir / "out", "--json"});
    return platter(options);
  }

  // That these frames come out, through net_pcap or a replay port, and --fast.
  void expect_frames(const std::string &file, const Frames &frames,
                     const std::vector<std::string> &options = {}, const std::string &said = "")
  {
    for (bool fast : {false, true}) {
      SCOPED_TRACE(file + (fast ? " --fast" : ""));
      std::vector<std::string> all = options;
      if (fast)
        all.push_back("--fast");
      Ended ended = replay(file, all);
      EXPECT_EQ(ended.status, OK) << ended.err;
      EXPECT_EQ(ended.err, said);
      Json summary = expect_closed(ended);
      EXPECT_TRUE(summary["complete"].is_true());
      EXPECT_EQ(summary["ports"]["left"]["received"].number(), static_cast<int64_t>(frames.size()));
      EXPECT_TRUE(read_frames(dir / "out/right.pcap") == frames);
    }
  }

  void expect_refused(const std::string &file, const std::string &what)
  {
    for (const char *how : {"--json", "--fast"})
      expect_refusal(replay(file, {how}), USAGE, file + ": " + what);
  }

  Scratch dir;
  std::string prefix = unique_prefix("foreign");
  Leftovers before{prefix};
};

std::string pcap_of(const Frames &frames, uint32_t snap_length = 262144, bool big = false)
{
  Pcap file(big, big ? 0xa1b23c4d : 0xa1b2c3d4, LINK_ETHERNET, snap_length);
  for (const std::string &frame : frames)
    file.add(frame);
  return file.bytes;
}
} // namespace

TEST_F(Foreign, PackedByTheToolsThemselves)
{
  Frames frames = numbered_frames(3001, 700);
  write_frames(dir / "a.pcap", frames);
  const std::pair<const char *, std::vector<std::string>> tools[] = {{".gz", {"gzip", "-k"}},
                                                                     {".zst", {"zstd", "-q"}},
                                                                     {".xz", {"xz", "-k"}},
                                                                     {".lz4", {"lz4", "-q"}}};
  for (const auto &[suffix, tool] : tools) {
    std::vector<std::string> line = tool;
    line.push_back(dir / "a.pcap");
    if (tool[0] == "lz4") // which else writes to standard output
      line.push_back(dir / "a.pcap.lz4");
    ASSERT_EQ(Process(line).wait().status, 0) << tool[0];
    expect_frames(dir / ("a.pcap" + std::string(suffix)), frames);
  }
  // What is inside counts, and not the name.
  write_file(dir / "b.pcap", read_file(dir / "a.pcap.zst"));
  expect_frames(dir / "b.pcap", frames);
}

TEST_F(Foreign, FramesOverTheSnapLengthOfTheHeader)
{
  Frames frames = numbered_frames(100, 1514);
  frames.push_back(numbered_frames(1, 9216)[0]);
  for (bool big : {false, true}) {
    write_file(dir / "a.pcap", pcap_of(frames, 96, big));
    expect_frames(dir / "a.pcap", frames);
  }
}

TEST_F(Foreign, AnExportOfManyInterfaces)
{
  Frames frames = numbered_frames(50, 300);
  Pcapng file;
  file.interface(LINK_SLL).interface(LINK_ETHERNET, 9, 64).interface(LINK_ETHERNET, 6, 262144);
  for (size_t i = 0; i < frames.size(); i++)
    file.add(frames[i], 1 + i % 2);
  write_file(dir / "a.pcapng", file.bytes);
  expect_frames(dir / "a.pcapng", frames);
  file.section(true).interface().add(frames[7]);
  frames.push_back(frames[7]);
  write_file(dir / "a.pcapng", file.bytes);
  expect_frames(dir / "a.pcapng", frames);
}

TEST_F(Foreign, TheSoundPartOfACaptureThatWasCutOff)
{
  Frames frames = numbered_frames(40, 300);
  std::string bytes = pcap_of(frames), file = dir / "cut,off.pcap";
  write_file(file, bytes.substr(0, bytes.size() - 299));
  expect_refused(file, "damaged after frame 39: truncated dump file; tried to read 300 captured "
                       "bytes, only got 1; --sound-part takes what is before");
  frames.pop_back();
  expect_frames(file, frames, {"--sound-part"},
                "platter: warning: port left: " + file +
                    ": it ends too early after frame 39: truncated dump file; tried to read 300 "
                    "captured bytes, only got 1; what is before is taken\n");
  write_file(file, pcap_of(frames));
  expect_frames(file, frames, {"--sound-part", "--skip-long"});
}

TEST_F(Foreign, LongFramesAreSkippedAndCounted)
{
  Frames frames = numbered_frames(40, 300), some = frames;
  some.insert(some.begin() + 7, {std::string(9217, 'x'), std::string(65226, 'y')});
  write_file(dir / "a.pcap", pcap_of(some));
  expect_refused(dir / "a.pcap", "frame 8: 9217 bytes; platter forwards frames of up to 9216; "
                                 "--skip-long leaves longer ones out");
  expect_frames(dir / "a.pcap", frames, {"--skip-long"},
                "platter: warning: port left: " + dir / "a.pcap" +
                    ": 2 frames of more than 9216 bytes are left out, the longest of 65226\n");
}

// A packed file of more frames than memory= holds is unpacked anew for each lap.
TEST_F(Foreign, APortThatReplaysWhatIsPackedThroughAWindow)
{
  Frames frames = numbered_frames(9001, 2000), all = frames;
  Frames with_long = frames;
  with_long.insert(with_long.begin() + 100, std::string(20000, 'x'));
  std::string bytes = pcap_of(with_long) + "cut";
  write_file(dir / "a.pcap", bytes);
  ASSERT_EQ(Process({"zstd", "-q", dir / "a.pcap"}).wait().status, 0);
  all.insert(all.end(), frames.begin(), frames.end());
  std::string device = "replay,file=" + dir / "a.pcap.zst" + ",loop=2,memory=16MB";
  dir.write("run.yaml", wire_yaml(device, "net_pcap1,tx_pcap=" + dir / "right.pcap", prefix));
  Ended ended = platter({"run", "--json", dir / "run.yaml"});
  expect_refusal(ended, FAILED,
                 "ports.left.device: " + dir / "a.pcap.zst" +
                     ": frame 101: 20000 "
                     "bytes; platter forwards frames of up to 9216; the option "
                     "skip-long=yes leaves longer ones out");
  dir.write("run.yaml", wire_yaml(device + ",skip-long=yes,sound-part=yes",
                                  "net_pcap1,tx_pcap=" + dir / "right.pcap", prefix));
  Process process(platter_line({"run", "--json", dir / "run.yaml"}));
  {
    Telemetry client(telemetry_path(prefix), 20);
    ASSERT_TRUE(client.ready());
    std::string state;
    for (double end = monotonic() + 60; monotonic() < end && state != "finished"; rest(0.02))
      state = client.get("/platter/replay,left")["state"].text();
    EXPECT_EQ(state, "finished");
  }
  process.signal(SIGINT);
  ended = process.wait(20);
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed(ended);
  EXPECT_NE(ended.err.find("platter: warning: port left: " + dir / "a.pcap.zst" +
                           ": 1 frames of more than 9216 bytes are left out, the longest of 20000; "
                           "it ends too early after frame 9002: "),
            std::string::npos)
      << ended.err;
  EXPECT_TRUE(read_frames(dir / "right.pcap") == all);
}

// It says how long it will take before it starts, and that is not taken for a capture of months.
TEST_F(Foreign, AFrameAnHourForFiveWeeks)
{
  Pcap file;
  for (uint32_t hour = 0; hour < 35 * 24; hour++)
    file.add(frame_of(0x88b5), 0, 1700000000 + 3600 * hour, 0);
  write_file(dir / "a.pcap", file.bytes);
  const std::string said =
      "port left: takes 34 days 23 h with original timing; up to 1 h without a "
      "frame, behind frame 1\n";
  for (bool json : {false, true}) {
    std::vector<std::string> line = {"replay", dir / "c.yaml", "--fast",
                                     "--rate", "original",     "left=" + dir / "a.pcap"};
    if (json)
      line.push_back("--json");
    Process process(platter_line(line));
    for (double end = monotonic() + 20; monotonic() < end;) {
      rest(0.01);
      if ((json ? process.err() : process.out()).find(said) != std::string::npos)
        break;
    }
    process.signal(SIGINT);
    Ended ended = process.wait(20);
    EXPECT_NE((json ? ended.err : ended.out).find(said), std::string::npos)
        << ended.out << ended.err;
    EXPECT_EQ(ended.err.find("months"), std::string::npos);
  }
  // Fast enough, it comes to its end.
  Ended ended = platter({"replay", dir / "c.yaml", "--fast", "--rate", "original", "--speed",
                         "1000000", "left=" + dir / "a.pcap", "--json"},
                        {}, 60);
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(expect_closed(ended)["ports"]["left"]["received"].number(), 35 * 24);
}
