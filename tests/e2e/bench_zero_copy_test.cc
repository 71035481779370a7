// SPDX-License-Identifier: BSD-3-Clause
// `platter-bench zero-copy`, the real one: that it measures what it says, adds up, and leaves
// nothing behind however it ends. What the figures are is the machine's affair.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>
#include <sched.h>

#include "bench_child.h"
#include "expect.h"
#include "json.h"
#include "process.h"
#include "scratch.h"

namespace
{

std::vector<std::string> line(const std::vector<std::string> &arguments)
{
  std::vector<std::string> words = {getenv("PLATTER_BENCH"), "zero-copy"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Ended bench(const std::vector<std::string> &arguments, const Surroundings &around = {})
{
  return Process(line(arguments), around).wait(240);
}

Json read_json(const std::string &path)
{
  return Json::parse(read_file(path));
}

Surroundings on_one_core()
{
  Surroundings around;
  around.before_exec = [] {
    cpu_set_t usable, one;
    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof(usable), &usable) != 0)
      _exit(126);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; cpu++)
      if (CPU_ISSET(cpu, &usable))
        CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof(one), &one) != 0)
      _exit(126);
  };
  return around;
}

bool has(const Json &list, const std::string &text)
{
  for (size_t i = 0; i < list.size(); i++)
    if (list.at(i).text().find(text) != std::string::npos)
      return true;
  return false;
}

// A runtime directory that only this test uses, so that other runs of platter-bench are none of its
// business. What stays there at the end was left behind.
class Runtime
{
public:
  Surroundings around() const
  {
    Surroundings around;
    around.set = {"RUNTIME_DIRECTORY=" + directory_.path()};
    return around;
  }
  std::set<std::string> files() const
  {
    return list_directory(directory_ / "dpdk");
  }
  // Once a measuring process has started DPDK.
  bool used(Process &process) const
  {
    for (double end = monotonic() + 60; monotonic() < end && process.running(); rest(0.02))
      if (!files().empty())
        return true;
    return false;
  }

private:
  Scratch directory_;
};

void expect_sample(const Json &sample, int64_t size, int64_t copies)
{
  int64_t received = sample["received"].number();
  EXPECT_EQ(sample["copies"].number(), copies);
  EXPECT_GT(received, 0);
  EXPECT_GT(sample["transmitted"].number(), 0);
  EXPECT_EQ(sample["dropped"].number(), 0);
  EXPECT_EQ(sample["copied_packets"].number(), received * copies);
  EXPECT_EQ(sample["copied_bytes"].number(), received * copies * size);
  EXPECT_GT(sample["seconds"].real(), 0.01);
  EXPECT_GT(sample["busy_cycles"].number(), 0);
  Json times = sample["residence"];
  if (times["packets"].number() == 0)
    return;
  EXPECT_GT(times["p50"].real(), 0);
  EXPECT_LE(times["p50"].real(), times["p99"].real());
  EXPECT_LE(times["p99"].real(), times["p999"].real());
  EXPECT_LE(times["p999"].real(), times["most"].real());
}

TEST(ZeroCopy, FiguresAddUp)
{
  Scratch dir;
  Runtime runtime;
  std::string file = dir / "report.json", page = dir / "report.html";
  Ended ended = bench({"--quick", "--sizes", "64,1518", "--copies", "0,1,4", "--repeat", "3",
                       "--seconds", "0.1", "--json", file, "--html", page},
                      runtime.around());
  ASSERT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.err.find("This takes about "), std::string::npos) << ended.err;
  EXPECT_NE(ended.out.find("Conclusions"), std::string::npos) << ended.out;
  EXPECT_EQ(runtime.files(), std::set<std::string>());
  EXPECT_GT(std::filesystem::file_size(page), 10000u);

  Json report = read_json(file), points = report["points"];
  EXPECT_EQ(report["report"].text(), "zero-copy");
  EXPECT_NE(report["configuration"].text().find("replay,file="), std::string::npos);
  EXPECT_TRUE(has(report["conclusions"], "PACKET_SHORT_MAX"));
  EXPECT_EQ(report["captures"].size(), 2u);
  for (size_t i = 0; i < report["captures"].size(); i++) {
    EXPECT_GE(report["captures"].at(i)["frames"].number(), 500);
    EXPECT_EQ(report["captures"].at(i)["sha256"].text().size(), 64u);
  }
  std::set<std::string> layouts;
  for (size_t i = 0; i < points.size(); i++) {
    Json point = points.at(i);
    SCOPED_TRACE(point["layout"].text() + " " + std::to_string(point["frame"].number()));
    layouts.insert(point["layout"].text());
    ASSERT_EQ(point["samples"].size(), 3u);
    int64_t looked_at = 0;
    for (size_t s = 0; s < 3; s++) {
      EXPECT_EQ(point["samples"].at(s)["repetition"].number(), int64_t(s));
      looked_at += point["samples"].at(s)["residence"]["packets"].number();
      expect_sample(point["samples"].at(s), point["frame"].number(), point["copies"].number());
    }
    EXPECT_GT(looked_at, 0) << "of packets, how long they were inside";
  }
  EXPECT_EQ(points.size(), layouts.size() * 2 * 3);
  EXPECT_TRUE(layouts.count("run-to-completion"));
  EXPECT_TRUE(layouts.count("pipeline") || has(report["warnings"], "One usable core"));
}

TEST(ZeroCopy, OutOfCacheAndImix)
{
  Scratch dir;
  std::string file = dir / "report.json";
  Ended ended =
      bench({"--sizes", "imix,9000", "--copies", "0,2", "--layouts", "run-to-completion", "--sets",
             "out-of-cache", "--repeat", "1", "--seconds", "0.1", "--json", file});
  ASSERT_EQ(ended.status, OK) << ended.err;
  Json report = read_json(file), points = report["points"];
  ASSERT_EQ(points.size(), 4u);
  for (size_t i = 0; i < points.size(); i++)
    EXPECT_GT(points.at(i)["samples"].at(0)["received"].number(), 0);
  for (size_t i = 0; i < report["captures"].size(); i++)
    EXPECT_GT(report["captures"].at(i)["bytes"].number(), 1000000) << "more than caches hold";
}

TEST(ZeroCopy, OnOneCoreThePipelineIsLeftOut)
{
  Scratch dir;
  std::string file = dir / "report.json";
  Ended ended = bench({"--quick", "--sizes", "64", "--copies", "0", "--repeat", "1", "--seconds",
                       "0.1", "--json", file},
                      on_one_core());
  ASSERT_EQ(ended.status, OK) << ended.err;
  Json report = read_json(file);
  EXPECT_TRUE(has(report["warnings"], "One usable core"));
  EXPECT_EQ(report["points"].size(), 1u);
  ended = bench({"--layouts", "pipeline"}, on_one_core());
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(ended.err.find("pipeline takes two cores"), std::string::npos) << ended.err;
}

TEST(ZeroCopy, ASignalEndsItAndNothingIsLeft)
{
  for (int number : {SIGINT, SIGTERM}) {
    Runtime runtime;
    Process process(line({"--sizes", "64", "--seconds", "60"}), runtime.around());
    pid_t child = child_of(process);
    ASSERT_NE(child, 0) << process.err();
    ASSERT_TRUE(runtime.used(process)) << process.err();
    rest(0.5);
    process.signal(number);
    Ended ended = process.wait(60);
    EXPECT_EQ(ended.status, FAILED) << ended.err;
    EXPECT_NE(ended.err.find("interrupted"), std::string::npos) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(runtime.files(), std::set<std::string>());
    EXPECT_NE(kill(child, 0), 0) << "the measuring process still runs";
  }
}

TEST(ZeroCopy, AMeasuringProcessThatDiesIsAnError)
{
  Runtime runtime; // what it leaves, killed
  Process process(line({"--sizes", "64", "--seconds", "60"}), runtime.around());
  pid_t child = child_of(process);
  ASSERT_NE(child, 0) << process.err();
  ASSERT_TRUE(runtime.used(process)) << process.err();
  ASSERT_EQ(kill(child, SIGKILL), 0);
  Ended ended = process.wait(60);
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(ended.err.find("a measuring process died: Killed"), std::string::npos) << ended.err;
}

TEST(ZeroCopy, HelpTeachesAndMistakesAreNamed)
{
  Ended ended = bench({"--help"});
  EXPECT_EQ(ended.status, OK);
  EXPECT_EQ(ended.out.find("Usage: platter-bench zero-copy"), 0u);
  EXPECT_NE(ended.out.find("\nExample: platter-bench zero-copy"), std::string::npos);
  EXPECT_NE(ended.out.find("\nHow to read it"), std::string::npos);
  ended = bench({"--json", "/nowhere/r.json"});
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_EQ(ended.err, "platter-bench: cannot write /nowhere/r.json: No such file or directory\n");
  ended = bench({"--sizes", "64,x"});
  EXPECT_EQ(ended.status, USAGE);
  EXPECT_NE(ended.err.find("found 'x'"), std::string::npos) << ended.err;
}

} // namespace
