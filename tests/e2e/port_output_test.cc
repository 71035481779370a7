// SPDX-License-Identifier: BSD-3-Clause
// platter run with ports that write a file: it is there under its name from the start on, and a
// start that fails has not touched what was there.
#include <csignal>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"
#include "telemetry.h"

namespace
{
enum { FRAMES = 333, LENGTH = 100, FILE_SIZE = 24 + FRAMES * (16 + LENGTH) };

class PortOutput : public testing::Test
{
protected:
  void SetUp() override
  {
    write_frames(dir / "in.pcap", frames);
  }
  void TearDown() override
  {
    EXPECT_EQ(before.now(), "");
  }

  std::string source() const
  {
    return "replay,file=" + dir / "in.pcap";
  }

  std::vector<std::string> line(const std::string &left, const std::string &right)
  {
    return platter_line({"run", dir.write("c.yaml", wire_yaml(left, right, prefix)), "--json"});
  }

  // All frames of the source go to `right`. Waits until the file that they end up in has them.
  void run_until_written(const std::string &right, const std::string &path)
  {
    SCOPED_TRACE(right);
    Process process(line(source(), right));
    wait_for_frames(process, path);
    process.signal(SIGTERM);
    Ended ended = process.wait(20);
    EXPECT_EQ(ended.status, OK) << ended.err;
    EXPECT_EQ(expect_accounts(ended)["ports"]["right"]["transmitted"].number(), FRAMES);
    EXPECT_TRUE(read_frames(path) == frames);
  }

  static void wait_for_frames(Process &process, const std::string &path)
  {
    for (double end = monotonic() + 30; process.running() && monotonic() < end; rest(0.01))
      if (std::filesystem::exists(path) && std::filesystem::file_size(path) == FILE_SIZE)
        return;
    ADD_FAILURE() << path << " is not written: " << process.err();
  }

  void expect_failed_start(const std::string &left, const std::string &right)
  {
    SCOPED_TRACE(left + " and " + right);
    dir.write("out.pcap", "old");
    std::vector<std::string> command = line(left, right); // writes the configuration
    std::set<std::string> there = list_directory(dir.path());
    Ended ended = Process(command).wait(20);
    EXPECT_EQ(ended.status, FAILED) << ended.err;
    EXPECT_EQ(read_file(dir / "out.pcap"), "old");
    EXPECT_EQ(list_directory(dir.path()), there);
  }

  Scratch dir;
  Frames frames = numbered_frames(FRAMES, LENGTH);
  std::string prefix = unique_prefix("portout");
  Leftovers before{prefix};
};
} // namespace

TEST_F(PortOutput, AFailedStartLeavesTheFileThatWasThere)
{
  std::string one = "net_pcap0,tx_pcap=" + dir / "out.pcap";
  std::string two = "net_pcap0,tx_pcap=" + dir / "new.pcap,tx_pcap=" + dir / "out.pcap";
  for (const std::string &writes : {one, two, source() + ",out=" + dir / "out.pcap"})
    expect_failed_start(writes, "net_nosuch0");
  expect_failed_start("net_nosuch0", one);
  expect_failed_start(one, "replay,file=" + dir / "c.yaml"); // before EAL starts
}

// One that was killed during its start, in a container where the next one has the same number.
TEST_F(PortOutput, APartFileThatIsLeftOverIsInNobodysWay)
{
  std::string part = dir.write("out.pcap.1.part", "left over");
  std::vector<std::string> command = line(source(), "net_pcap0,tx_pcap=" + dir / "out.pcap");
  command.insert(command.begin(), {"unshare", "--pid", "--fork", "--mount-proc"});
  command.insert(command.end(), {"--duration", "0.5"});
  int fd = open(part.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(flock(fd, LOCK_EX), 0); // somebody writes it
  Ended ended = Process(command).wait(20);
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(ended.err.find("out.pcap.1.part is there"), std::string::npos) << ended.err;
  EXPECT_EQ(read_file(part), "left over");
  close(fd);
  ended = Process(command).wait(20);
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_accounts(ended);
  EXPECT_TRUE(read_frames(dir / "out.pcap") == frames);
  EXPECT_FALSE(std::filesystem::exists(part));
}

// The last step that can fail, when workers run and frames may have been written.
TEST_F(PortOutput, SoDoesOneThatFailsAtItsEnd)
{
  std::string socket_path = runtime_directory(prefix) + "/dpdk_telemetry.v2";
  std::filesystem::create_directories(runtime_directory(prefix));
  struct sockaddr_un address = {AF_UNIX, ""};
  strcpy(address.sun_path, socket_path.c_str());
  int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  ASSERT_EQ(bind(fd, reinterpret_cast<struct sockaddr *>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(fd, 1), 0);
  expect_failed_start(source(), "net_pcap0,tx_pcap=" + dir / "out.pcap");
  close(fd);
  std::filesystem::remove_all(runtime_directory(prefix));
}

TEST_F(PortOutput, AGoodRunWritesTheFile)
{
  run_until_written("net_pcap0,tx_pcap=" + dir / "new.pcap", dir / "new.pcap");
  dir.write("out.pcap", "old");
  run_until_written("net_pcap0,tx_pcap=" + dir / "out.pcap", dir / "out.pcap");
  run_until_written(source() + ",out=" + dir / "out2.pcap", dir / "out2.pcap");
  EXPECT_EQ(list_directory(dir.path()),
            (std::set<std::string>{"c.yaml", "in.pcap", "new.pcap", "out.pcap", "out2.pcap"}));
}

// Under its name while platter runs, for who looks on, and whole however platter ends.
TEST_F(PortOutput, AKilledRunLeavesWhatItHasWritten)
{
  Process process(line(source(), "net_pcap0,tx_pcap=" + dir / "out.pcap"));
  wait_for_frames(process, dir / "out.pcap");
  EXPECT_TRUE(read_frames(dir / "out.pcap") == frames);
  process.signal(SIGKILL);
  process.wait(10);
  EXPECT_TRUE(read_frames(dir / "out.pcap") == frames);
  EXPECT_EQ(list_directory(dir.path()), (std::set<std::string>{"c.yaml", "in.pcap", "out.pcap"}));
  std::filesystem::remove_all(runtime_directory(prefix));
}

TEST_F(PortOutput, BehindALinkTheLinkStays)
{
  ASSERT_EQ(mkdir((dir / "disk").c_str(), 0777), 0);
  dir.write("disk/real.pcap", "old");
  ASSERT_EQ(symlink("disk/real.pcap", (dir / "relative.pcap").c_str()), 0);
  ASSERT_EQ(symlink((dir / "relative.pcap").c_str(), (dir / "out.pcap").c_str()), 0);
  Ended ended = Process(line("net_pcap0,tx_pcap=" + dir / "out.pcap", "net_nosuch0")).wait(20);
  EXPECT_EQ(ended.status, FAILED) << ended.err;
  EXPECT_EQ(read_file(dir / "disk/real.pcap"), "old");
  run_until_written("net_pcap0,tx_pcap=" + dir / "out.pcap", dir / "disk/real.pcap");
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "out.pcap"));
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "relative.pcap"));
  EXPECT_EQ(list_directory(dir / "disk"), std::set<std::string>{"real.pcap"});
}

// Nothing takes the place of what is no file, or of one that somebody has open.
TEST_F(PortOutput, WhatIsNoFileIsWrittenAsItIs)
{
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0666), 0);
  int fd = open((dir / "pipe").c_str(), O_RDWR | O_NONBLOCK); // 64 KiB of room
  Process process(line(source(), "net_pcap0,tx_pcap=" + dir / "pipe"));
  std::string got;
  for (double end = monotonic() + 30; got.size() < FILE_SIZE && monotonic() < end; rest(0.01)) {
    char bytes[4096];
    for (ssize_t n; (n = read(fd, bytes, sizeof(bytes))) > 0;)
      got.append(bytes, n);
  }
  close(fd);
  process.signal(SIGTERM);
  expect_accounts(process.wait(20));
  EXPECT_TRUE(read_frames(dir.write("got.pcap", got)) == frames);
  EXPECT_TRUE(std::filesystem::is_fifo(dir / "pipe"));

  Ended ended =
      platter({"run", "--duration", "0.1", "--json",
               dir.write("c.yaml", wire_yaml(source(), "net_pcap0,tx_pcap=/dev/null", prefix))});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(PortOutput, StandardOutputStaysWhatItWas)
{
  for (const char *name : {"/dev/stdout", "/dev/fd/1"}) {
    dir.write("c.yaml", wire_yaml(source(), std::string("net_pcap0,tx_pcap=") + name, prefix));
    std::string file = dir.write("redirected", "");
    struct stat there, now;
    ASSERT_EQ(stat(file.c_str(), &there), 0);
    // What platter says of itself goes to another descriptor's file.
    Ended ended = Process({"bash", "-c", "exec \"$0\" run --duration 0.3 \"$1\" > \"$2\"",
                           platter_binary(), dir / "c.yaml", file})
                      .wait(20);
    EXPECT_EQ(ended.status, OK) << ended.err;
    ASSERT_EQ(stat(file.c_str(), &now), 0);
    EXPECT_EQ(now.st_ino, there.st_ino) << name;
    EXPECT_GE(now.st_size, FILE_SIZE) << name;
  }
  EXPECT_EQ(list_directory(dir.path()), (std::set<std::string>{"c.yaml", "in.pcap", "redirected"}));
}

TEST_F(PortOutput, OwnerAndModeStay)
{
  dir.write("out.pcap", "old");
  ASSERT_EQ(chown((dir / "out.pcap").c_str(), 12345, 54321), 0);
  ASSERT_EQ(chmod((dir / "out.pcap").c_str(), 0640), 0);
  run_until_written("net_pcap0,tx_pcap=" + dir / "out.pcap", dir / "out.pcap");
  struct stat now;
  ASSERT_EQ(stat((dir / "out.pcap").c_str(), &now), 0);
  EXPECT_EQ(now.st_uid, 12345u);
  EXPECT_EQ(now.st_gid, 54321u);
  EXPECT_EQ(now.st_mode & 07777, 0640u);
}

TEST_F(PortOutput, AFileThatMayNotBeWritten)
{
  dir.write("out.pcap", "old");
  ASSERT_EQ(chmod((dir / "out.pcap").c_str(), 0644), 0);
  Surroundings nobody;
  nobody.nobody = true;
  nobody.set = {"XDG_RUNTIME_DIR=" + dir.path()};
  std::string device = "net_pcap0,tx_pcap=" + dir / "out.pcap";
  Ended ended = Process(line("net_null0,no-rx=1", device), nobody).wait(20);
  expect_refusal(ended, FAILED,
                 "ports.right.device: '" + device + "': cannot write " + dir / "out.pcap" +
                     ": Permission denied");
  EXPECT_EQ(read_file(dir / "out.pcap"), "old");
  device = "net_pcap0,tx_pcap=" + dir / "no/such/out.pcap";
  ended = Process(line("net_null0,no-rx=1", device)).wait(20);
  expect_refusal(ended, FAILED, "ports.right.device: '" + device + "': cannot write ");
}

TEST_F(PortOutput, TwoThatWriteOneFile)
{
  dir.write("out.pcap", "old");
  std::string file = dir / "out.pcap", right = "net_pcap1,tx_pcap=" + file;
  Ended ended = Process(line("net_pcap0,tx_pcap=" + file, right)).wait(20);
  expect_refusal(ended, FAILED,
                 "ports.right.device: '" + right + "': " + file + " is being written already: ");
  EXPECT_EQ(read_file(file), "old");
  EXPECT_EQ(list_directory(dir.path()), (std::set<std::string>{"c.yaml", "in.pcap", "out.pcap"}));
}
