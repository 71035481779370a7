// SPDX-License-Identifier: BSD-3-Clause
// platter-bench kernel as it is: it ends well, its figures agree with each other, it leaves nothing
// behind, and what goes wrong is one sentence. Nothing here depends on how fast anything is.
#include <gtest/gtest.h>

#include <csignal>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "bench_child.h"
#include "expect.h"
#include "kernel_denied.h"
#include "scratch.h"

namespace
{

std::vector<std::string> line(std::vector<std::string> arguments)
{
  const char *binary = getenv("PLATTER_BENCH");
  arguments.insert(arguments.begin(), {binary != nullptr ? binary : "platter-bench", "kernel"});
  return arguments;
}

Ended bench(const std::vector<std::string> &arguments, const Surroundings &around = {})
{
  return Process(line(arguments), around).wait(240);
}

// That a sample's figures can be true, and that its bytes are those of its point.
void expect_sample(const Json &point, const Json &sample)
{
  EXPECT_EQ(sample["bytes"].number(), point["size"].number() * point["transfers"].number());
  EXPECT_GT(sample["seconds"].real(), 0);
  for (const char *cpu : {"user", "system", "receiver_user", "receiver_system"})
    EXPECT_GE(sample[cpu].real(), 0) << cpu;
  for (const char *count : {"voluntary", "involuntary", "minor_faults", "major_faults"})
    EXPECT_GE(sample[count].number(), 0) << count;
  EXPECT_LE(sample["copied"].number() + sample["untold"].number(),
            sample["asked_not_to_copy"].number());
  if (point["route"].text() == "file") {
    EXPECT_EQ(sample["receiver_system"].real(), 0);
  }
}

// The points that were measured, by route. Missing ways are counted, too.
struct Counted {
  unsigned file = 0, socket = 0, missing = 0;
};

Counted expect_points(const Json &report, unsigned repetitions)
{
  Counted counted;
  for (size_t i = 0; i < report["points"].size(); i++) {
    Json point = report["points"].at(i);
    if (point["missing"]) {
      counted.missing++;
      continue;
    }
    (point["route"].text() == "file" ? counted.file : counted.socket)++;
    EXPECT_TRUE(point["identical"].is_true());
    EXPECT_EQ(point["samples"].size(), repetitions);
    for (size_t k = 0; k < point["samples"].size(); k++)
      expect_sample(point, point["samples"].at(k));
  }
  return counted;
}

TEST(BenchKernel, QuickMeasuresEveryWayAndRoute)
{
  Scratch dir;
  Ended ended = bench({"--quick", "--repeat", "3", "--dir", dir.path(), "--json", dir / "k.json",
                       "--html", dir / "k.html"});
  ASSERT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(list_directory(dir.path()), (std::set<std::string>{"k.json", "k.html"}));
  Json report = Json::parse(read_file(dir / "k.json"));
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["report"].text(), "kernel");
  EXPECT_EQ(report["settings"]["repetitions"].number(), 3);
  EXPECT_EQ(report["settings"]["directory"].text(), dir.path());
  Counted counted = expect_points(report, 3);
  if (counted.missing == 0) {
    EXPECT_EQ(counted.file, 4u * 6);
    EXPECT_EQ(counted.socket, 4u * 8);
  }
  EXPECT_EQ(report["tables"].size(), 5u);
  EXPECT_EQ(report["charts"].size(), 6u);
  EXPECT_GE(report["conclusions"].size(), 4u);
  EXPECT_NE(ended.out.find("File to socket"), std::string::npos);
  EXPECT_NE(read_file(dir / "k.html").find("</html>"), std::string::npos);
}

TEST(BenchKernel, AWayThatTheKernelLacksIsNamed)
{
  Scratch dir;
  Surroundings without;
  without.before_exec = [] { deny({SYS_io_uring_setup}, EPERM); };
  std::vector<std::string> arguments = {
      "--quick",  "--sizes", "4K",     "--repeat",    "1", "--ways", "io_uring,read/write",
      "--routes", "file",    "--json", dir / "k.json"};
  Ended ended = bench(arguments, without);
  ASSERT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.out.find("this kernel has none"), std::string::npos) << ended.out;
  Counted counted = expect_points(Json::parse(read_file(dir / "k.json")), 1);
  EXPECT_EQ(counted.missing, 1u);
  EXPECT_EQ(counted.file, 1u);
  EXPECT_EQ(counted.socket, 0u);
  ended = bench({"--ways", "io_uring"}, without);
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(ended.err.find("this kernel has none of the ways"), std::string::npos) << ended.err;
}

TEST(BenchKernel, ASignalEndsItAndNothingIsLeft)
{
  for (int number : {SIGINT, SIGTERM}) {
    Scratch dir;
    Process process(line({"--dir", dir.path(), "--json", dir / "k.json", "--repeat", "64"}));
    ASSERT_NE(child_of(process), 0) << process.err(); // the receiver: all is set up
    rest(0.5);
    ASSERT_TRUE(process.running()) << process.err();
    process.signal(number);
    Ended ended = process.wait(60);
    EXPECT_EQ(ended.status, FAILED);
    EXPECT_NE(ended.err.find("stopped by a signal"), std::string::npos) << ended.err;
    EXPECT_EQ(list_directory(dir.path()), std::set<std::string>());
  }
}

void expect_failure(const std::vector<std::string> &arguments, int status, const std::string &what,
                    const Surroundings &around = {})
{
  Ended ended = bench(arguments, around);
  EXPECT_EQ(ended.status, status) << ended.err;
  EXPECT_NE(ended.err.find(what), std::string::npos) << ended.err;
  EXPECT_EQ(ended.out, "");
}

TEST(BenchKernel, WhatCannotBeIsSaidAtOnce)
{
  expect_failure({"--dir", "/nowhere"}, FAILED, "/nowhere: No such file or directory");
  expect_failure({"--quick", "--json", "/nowhere/k.json"}, FAILED,
                 "cannot write /nowhere/k.json: No such");
  expect_failure({"--quick", "--html", "/nowhere/k.html"}, FAILED,
                 "cannot write /nowhere/k.html: No such");
  expect_failure({"--ways", "fly"}, USAGE, "there is no way 'fly'");
  expect_failure({"--sizes", "4T"}, USAGE, "--sizes: expected");
}

// In a mount namespace of its own; what is mounted is gone with the process.
Surroundings mounted(const std::string &what, const std::string &where, const char *type,
                     unsigned long flags, const std::string &data)
{
  Surroundings around;
  around.before_exec = [=] {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount(what.c_str(), where.c_str(), type, flags, data.c_str()) != 0)
      _exit(126);
  };
  return around;
}

TEST(BenchKernel, ADirectoryWithoutRoomIsRefusedBefore)
{
  Scratch dir;
  Surroundings small = mounted("tmpfs", dir.path(), "tmpfs", 0, "size=8m");
  const std::string says = dir.path() + " has 8 MB of space and these sizes take ";
  expect_failure({"--dir", dir.path(), "--sizes", "4K,16M"}, FAILED, says, small);
  expect_failure({"--dir", dir.path(), "--sizes", "9M", "--routes", "socket"}, FAILED,
                 says + "9 MB: choose smaller --sizes or another --dir", small);
}

TEST(BenchKernel, ADirectoryThatTakesNoFilesIsNamed)
{
  Scratch dir;
  const std::vector<std::string> small = {"--quick", "--sizes", "4K", "--dir"};
  auto in = [&small](const std::string &directory) {
    std::vector<std::string> all = small;
    all.push_back(directory);
    return all;
  };
  expect_failure(in(dir.path()), FAILED,
                 "no file can be made in " + dir.path() + ": Read-only file system",
                 mounted("tmpfs", dir.path(), "tmpfs", MS_RDONLY, "size=512m"));
  std::string file = dir.write("file", "");
  expect_failure(in(file), FAILED, "no file can be made in " + file + ": Not a directory");
}

TEST(BenchKernel, TooLittleMemoryIsSaidBefore)
{
  Scratch dir;
  std::string memory = dir.write("meminfo", "MemTotal:  9999 kB\nMemAvailable:  5000 kB\n");
  expect_failure({"--quick", "--sizes", "4M", "--dir", dir.path()}, FAILED,
                 "5 MB of memory are free and these sizes take ",
                 mounted(memory, "/proc/meminfo", nullptr, MS_BIND, ""));
}

TEST(BenchKernel, FilesInMemoryAreWarnedOf)
{
  Scratch dir;
  Ended ended = bench({"--quick", "--sizes", "4K", "--repeat", "1", "--ways", "read/write",
                       "--routes", "file", "--dir", dir.path()},
                      mounted("tmpfs", dir.path(), "tmpfs", 0, "size=512m"));
  ASSERT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.out.find("! " + dir.path() + " is tmpfs, in memory: a file system on a disk"),
            std::string::npos)
      << ended.out;
  EXPECT_NE(ended.out.find("! Fewer than 3 repetitions: nothing can be concluded."),
            std::string::npos);
}

TEST(BenchKernel, AFullDiskIsSaid)
{
  Surroundings small;
  small.before_exec = [] {
    rlimit limit = {8 << 20, 8 << 20};
    setrlimit(RLIMIT_FSIZE, &limit);
  };
  expect_failure({"--quick", "--sizes", "16M"}, FAILED, "the input of 16777216 bytes: File too",
                 small);
  expect_failure({"--quick", "--sizes", "5M", "--routes", "file"}, FAILED,
                 "the destination is full", small);
}

} // namespace
