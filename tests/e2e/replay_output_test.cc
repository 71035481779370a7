// SPDX-License-Identifier: BSD-3-Clause
// platter replay --out: outputs appear whole or not at all, and what was there stays until then.
#include <csignal>
#include <fstream>

#include <gtest/gtest.h>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"

namespace
{
class Output : public testing::Test
{
protected:
  void SetUp() override
  {
    dir.write("c.yaml", wire_yaml("net_null0", "net_null1", prefix));
    write_frames(dir / "in.pcap", frames);
  }
  void TearDown() override
  {
    EXPECT_EQ(before.now(), "");
  }

  Ended replay(const std::string &out, const std::string &in, const Surroundings &around = {})
  {
    return platter({"replay", dir / "c.yaml", "left=" + in, "--out", out}, around);
  }
  Ended replay(const std::string &out)
  {
    return replay(out, dir / "in.pcap");
  }

  Scratch dir;
  Frames frames = numbered_frames(500, 300);
  std::string prefix = unique_prefix("output");
  Leftovers before{prefix};
};

// A file system of its own, of 64 KiB, for as long as it lives.
class TinyDisk
{
public:
  explicit TinyDisk(const std::string &path) : path_(path)
  {
    mkdir(path.c_str(), 0777);
    if (mount("tmpfs", path.c_str(), "tmpfs", 0, "size=64k") != 0)
      ADD_FAILURE() << "cannot mount a tmpfs: run the test as root";
  }
  ~TinyDisk()
  {
    umount2(path_.c_str(), MNT_DETACH);
  }

private:
  std::string path_;
};

const std::set<std::string> BOTH = {"left.pcap", "right.pcap"};
} // namespace

TEST_F(Output, ReplacesEarlierOutputsAndNothingElse)
{
  ASSERT_EQ(mkdir((dir / "out").c_str(), 0777), 0);
  dir.write("out/right.pcap", "old");
  dir.write("out/notes.txt", "mine");
  Ended ended = replay(dir / "out");
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(list_directory(dir / "out"),
            (std::set<std::string>{"left.pcap", "notes.txt", "right.pcap"}));
  EXPECT_EQ(read_file(dir / "out/notes.txt"), "mine");
  EXPECT_TRUE(read_frames(dir / "out/right.pcap") == frames);
  EXPECT_TRUE(read_frames(dir / "out/left.pcap").empty());
}

TEST_F(Output, WithoutItNothingIsWritten)
{
  std::set<std::string> there = list_directory(dir.path());
  Ended ended = platter({"replay", dir / "c.yaml", "left=" + dir / "in.pcap"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed_text(ended);
  EXPECT_EQ(list_directory(dir.path()), there);
}

TEST_F(Output, WhereNoDirectoryCanBe)
{
  expect_refusal(replay(dir / "no/such/parent"), USAGE,
                 "no/such/parent: cannot make the directory");
  expect_refusal(replay(dir / "in.pcap"), USAGE, "left.pcap");
  EXPECT_TRUE(read_frames(dir / "in.pcap") == frames);
  expect_refusal(replay(""), USAGE, "--out");
}

TEST_F(Output, AVeryLongDirectory)
{
  std::string deep = dir.path();
  for (int i = 0; i < 4; i++) {
    deep += "/" + std::string(200, 'd');
    ASSERT_EQ(mkdir(deep.c_str(), 0777), 0);
  }
  Ended ended = replay(deep);
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(list_directory(deep), BOTH);
}

TEST_F(Output, ADirectoryThatMayNotBeWritten)
{
  ASSERT_EQ(mkdir((dir / "out").c_str(), 0755), 0);
  Surroundings nobody;
  nobody.nobody = true;
  nobody.set = {"XDG_RUNTIME_DIR=" + dir.path()};
  expect_refusal(replay(dir / "out", dir / "in.pcap", nobody), USAGE, "Permission denied");
  EXPECT_EQ(list_directory(dir / "out"), std::set<std::string>());
}

TEST_F(Output, AFullDiskIsNoticedAndOldOutputsStay)
{
  TinyDisk disk(dir / "out");
  dir.write("out/right.pcap", "old");
  Ended ended = replay(dir / "out");
  EXPECT_EQ(ended.status, ACCOUNTING) << ended.out;
  EXPECT_NE(ended.err.find("is the disk full?"), std::string::npos) << ended.err;
  EXPECT_EQ(list_directory(dir / "out"), std::set<std::string>{"right.pcap"});
  EXPECT_EQ(read_file(dir / "out/right.pcap"), "old");
}

// Where the kernel would send SIGXFSZ; also where not even the header can be written.
TEST_F(Output, ALimitOnTheSizeOfFilesIsAsAFullDisk)
{
  ASSERT_EQ(mkdir((dir / "out").c_str(), 0777), 0);
  dir.write("out/right.pcap", "old");
  for (rlim_t most : {10, 65536}) {
    Surroundings around;
    around.before_exec = [most] {
      const struct rlimit limit = {most, most};
      setrlimit(RLIMIT_FSIZE, &limit);
    };
    // The test looks at standard error by a memory file, which the limit is for, too.
    Ended ended = platter(
        {"replay", dir / "c.yaml", "left=" + dir / "in.pcap", "--out", dir / "out"}, around);
    EXPECT_LT(ended.status, 128) << "ended by a signal";
    EXPECT_NE(ended.status, OK);
    EXPECT_EQ(list_directory(dir / "out"), std::set<std::string>{"right.pcap"});
    EXPECT_EQ(read_file(dir / "out/right.pcap"), "old");
    if (most > 10) {
      EXPECT_EQ(ended.status, ACCOUNTING) << ended.out;
      EXPECT_NE(ended.err.find("right.pcap cannot be written (ulimit -f allows files of 65536 "
                               "bytes): "),
                std::string::npos)
          << ended.err;
    }
  }
}

// Full before the first byte: not even the file's header fits.
TEST_F(Output, ADiskWithNoRoomAtAll)
{
  TinyDisk disk(dir / "out");
  for (int i = 0; i < 16; i++) {
    std::ofstream filler(dir / ("out/filler" + std::to_string(i)));
    filler << std::string(4096, 'x');
  }
  std::set<std::string> there = list_directory(dir / "out");
  Ended ended = replay(dir / "out");
  EXPECT_TRUE(ended.status == ACCOUNTING || ended.status == FAILED || ended.status == USAGE)
      << ended.status;
  EXPECT_NE(ended.err.find(dir / "out"), std::string::npos) << ended.err;
  EXPECT_EQ(list_directory(dir / "out"), there);
}

TEST_F(Output, ThatWouldReplaceItsInput)
{
  ASSERT_EQ(mkdir((dir / "out").c_str(), 0777), 0);
  write_frames(dir / "out/right.pcap", frames);
  std::string there = read_file(dir / "out/right.pcap");
  ASSERT_EQ(symlink((dir / "out/right.pcap").c_str(), (dir / "link.pcap").c_str()), 0);
  ASSERT_EQ(link((dir / "out/right.pcap").c_str(), (dir / "hard.pcap").c_str()), 0);
  for (const std::string &in : {dir / "out/right.pcap", dir / "out/../out/right.pcap",
                                dir / "link.pcap", dir / "hard.pcap"}) {
    expect_refusal(replay(dir / "out", in), USAGE, "would replace the input");
    EXPECT_EQ(read_file(dir / "out/right.pcap"), there);
    EXPECT_EQ(list_directory(dir / "out"), std::set<std::string>{"right.pcap"});
  }
}

// An input that has an unfinished output's name must not be emptied either.
TEST_F(Output, WhoseUnfinishedFileIsTheInput)
{
  ASSERT_EQ(mkdir((dir / "out").c_str(), 0777), 0);
  write_frames(dir / "out/right.pcap.part", frames);
  std::string there = read_file(dir / "out/right.pcap.part");
  replay(dir / "out", dir / "out/right.pcap.part");
  EXPECT_EQ(read_file(dir / "out/right.pcap.part"), there);
}

TEST_F(Output, ALinkInThePlaceOfAnUnfinishedFileIsNotFollowed)
{
  ASSERT_EQ(mkdir((dir / "out").c_str(), 0777), 0);
  dir.write("precious", "keep");
  ASSERT_EQ(symlink((dir / "precious").c_str(), (dir / "out/right.pcap.part").c_str()), 0);
  replay(dir / "out");
  EXPECT_EQ(read_file(dir / "precious"), "keep");
}

TEST_F(Output, AStartThatFailsLeavesNoDirectory)
{
  dir.write("c.yaml", wire_yaml("net_null0", "net_null1", prefix, memory_yaml("mbufs: 16777216")));
  Surroundings poor;
#ifndef SANITIZED // which needs terabytes of address space
  poor.before_exec = [] {
    struct rlimit limit = {4ul << 30, 4ul << 30};
    setrlimit(RLIMIT_AS, &limit);
  };
#endif
  Ended ended = replay(dir / "out", dir / "in.pcap", poor);
  EXPECT_EQ(ended.status, FAILED) << ended.err;
  EXPECT_EQ(access((dir / "out").c_str(), F_OK), -1);
}

TEST_F(Output, ASignalInTheMiddleKeepsOldOutputs)
{
  Frames many = numbered_frames(400000, 60);
  write_frames(dir / "in.pcap", many);
  ASSERT_EQ(mkdir((dir / "out").c_str(), 0777), 0);
  dir.write("out/right.pcap", "old");
  Process process(platter_line(
      {"replay", dir / "c.yaml", "left=" + dir / "in.pcap", "--out", dir / "out", "--json"}));
  while (
      process.running() &&
      list_directory("/var/run/dpdk").count(prefix + "_replay_" + std::to_string(process.pid())) ==
          0)
    rest(0.001);
  process.signal(SIGINT);
  Ended ended = process.wait();
  EXPECT_EQ(ended.status, ACCOUNTING) << ended.err;
  EXPECT_NE(ended.err.find("stopped by a signal after "), std::string::npos) << ended.err;
  expect_closed(ended);
  EXPECT_EQ(list_directory(dir / "out"), std::set<std::string>{"right.pcap"});
  EXPECT_EQ(read_file(dir / "out/right.pcap"), "old");
}
