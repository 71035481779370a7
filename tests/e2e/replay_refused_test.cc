// SPDX-License-Identifier: BSD-3-Clause
// platter replay: files that cannot be replayed are refused before anything starts.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture_file.h"
#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"

namespace
{
class Refused : public testing::Test
{
protected:
  void SetUp() override
  {
    mkdir((dir / "out").c_str(), 0777);
    dir.write("out/right.pcap", "what was there before");
    dir.write("c.yaml", wire_yaml("net_null0", "net_null1", prefix));
    write_frames(dir / "good.pcap", numbered_frames(10));
  }

  // Refused with `what`, whichever port the file is for, and nothing touched.
  void expect_refused(const std::string &file, const std::string &what)
  {
    SCOPED_TRACE(file);
    for (const std::vector<std::string> &inputs :
         {std::vector<std::string>{"left=" + file},
          {"left=" + dir / "good.pcap", "right=" + file},
          {"left=" + file, "right=" + dir / "good.pcap"}}) {
      std::vector<std::string> line = {"replay", dir / "c.yaml", "--out", dir / "out"};
      line.insert(line.end(), inputs.begin(), inputs.end());
      Ended ended = platter(line);
      expect_refusal(ended, USAGE, file + ": " + what);
      EXPECT_EQ(ended.out, "");
    }
    EXPECT_EQ(list_directory(dir / "out"), std::set<std::string>{"right.pcap"});
    EXPECT_EQ(read_file(dir / "out/right.pcap"), "what was there before");
    EXPECT_EQ(before.now(), "");
  }

  Scratch dir;
  std::string prefix = unique_prefix("refused");
  Leftovers before{prefix};
};
} // namespace

TEST_F(Refused, NoCaptureAtAll)
{
  expect_refused(dir / "missing.pcap", "No such file");
  expect_refused(dir.path(), "a directory");
  expect_refused("/dev/zero", "not a regular file");
  expect_refused(dir.write("empty.pcap", ""), "not a capture file");
  expect_refused(dir.write("text.pcap", "ports: {left: 1}\n"), "not a capture file");
  ASSERT_EQ(mkfifo((dir / "fifo").c_str(), 0666), 0);
  expect_refused(dir / "fifo", "not a regular file");
}

TEST_F(Refused, WithoutFrames)
{
  expect_refused(dir.write("none.pcap", Pcap().bytes), "no frames in it");
  expect_refused(dir.write("none.pcapng", Pcapng().interface().bytes), "no frames in it");
}

TEST_F(Refused, NotEthernet)
{
  Pcap cooked(false, 0xa1b2c3d4, LINK_SLL);
  expect_refused(dir.write("cooked.pcap", cooked.add(frame_of(0x0800)).bytes), "not Ethernet but ");
  Pcapng mixed;
  mixed.interface().interface(LINK_SLL).add(frame_of(0x0800)).add(frame_of(0x0800), 1);
  expect_refused(dir.write("mixed.pcapng", mixed.bytes), "frame 2: not Ethernet but ");
}

TEST_F(Refused, DamagedWithTheFrameWhereItHappens)
{
  Pcap whole;
  for (const std::string &frame : numbered_frames(7))
    whole.add(frame);
  std::string bytes = whole.bytes;
  expect_refused(dir.write("cut.pcap", bytes.substr(0, bytes.size() - 1)), "damaged after frame 6");
  expect_refused(dir.write("cut2.pcap", bytes.substr(0, bytes.size() - 70)),
                 "damaged after frame 6");
  expect_refused(dir.write("cut3.pcap", bytes.substr(0, 30)), "damaged before the first frame");
  std::string garbage = bytes + std::string(16, '\xff');
  expect_refused(dir.write("garbage.pcap", garbage), "damaged after frame 7");
  std::string sample = read_file(source_path("pcaps/dns.pcapng"));
  expect_refused(dir.write("cut.pcapng", sample.substr(0, sample.size() / 2)), "damaged after ");
}

TEST_F(Refused, FramesTooLongOrEmptyByNumber)
{
  Frames frames = numbered_frames(40);
  frames[36] = std::string(9217, 'x');
  write_frames(dir / "long.pcap", frames);
  expect_refused(dir / "long.pcap", "frame 37: 9217 bytes; platter forwards frames of up to 9216");
  frames[11] = "";
  write_frames(dir / "zero.pcap", frames);
  expect_refused(dir / "zero.pcap", "frame 12: no bytes");
}

TEST_F(Refused, AnInvalidConfigurationComesFirst)
{
  dir.write("c.yaml", "ports: {left: {device: net_null0, speed: 3}}\nforward: [{sink: [left]}]\n");
  Ended ended = platter({"replay", dir / "c.yaml", "left=" + dir / "good.pcap"});
  expect_refusal(ended, USAGE, "c.yaml:1:");
}

TEST_F(Refused, AFileThatMayNotBeRead)
{
  chmod((dir / "good.pcap").c_str(), 0);
  Surroundings nobody;
  nobody.nobody = true;
  Ended ended = platter({"replay", dir / "c.yaml", "left=" + dir / "good.pcap"}, nobody);
  expect_refusal(ended, USAGE, "good.pcap: Permission denied");
}
