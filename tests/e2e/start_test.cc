// SPDX-License-Identifier: BSD-3-Clause
// Starts: which arguments go to DPDK, which CPUs the workers get, and signals before there is
// anything to stop.
#include <csignal>
#include <fstream>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include "expect.h"
#include "host/dpdk_release.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"

namespace
{
class Start : public testing::Test
{
protected:
  void TearDown() override
  {
    EXPECT_EQ(before.now(), "");
  }

  Ended run(const std::vector<std::string> &eal)
  {
    std::vector<std::string> line = {
        "run", dir.write("c.yaml", null_yaml(prefix, memory_yaml())), "--duration", "0.1", "--json",
        "--"};
    line.insert(line.end(), eal.begin(), eal.end());
    return platter(line);
  }

  Scratch dir;
  std::string prefix = unique_prefix("start");
  Leftovers before{prefix};
};
} // namespace

TEST_F(Start, RefusesWhatPlatterSetsItself)
{
  const std::vector<std::vector<std::string>> refused = {
      {"--help"},
      {"-h"},
      {"--hel"},
      {"-v"},
      {"-vh"},
      {"-l", "0"},
      {"-l0"},
      {"-c", "1"},
      {"-s", "1"},
      {"--lcores=0@0"},
      {"--lcores", "0@0"},
      {"--main-lcore=0"},
      {"--file-prefix=z"},
      {"--file", "z"},
      {"--no-huge"},
      {"-m", "64"},
      {"--in-memory"},
      {"--no-shconf"},
      {"--proc-type=secondary"},
      {"--log-level=help"},
  };
  for (const std::vector<std::string> &words : refused) {
    SCOPED_TRACE(words[0]);
    Ended ended = run(words);
    EXPECT_EQ(ended.status, USAGE) << ended.err;
    EXPECT_EQ(ended.err.find("platter run: the EAL argument '" + words[0] + "' is refused: "), 0u)
        << ended.err;
    EXPECT_EQ(ended.out, "");
  }
  Ended ended = run({"--log-level", "help"});
  EXPECT_EQ(ended.status, USAGE) << ended.err;
  EXPECT_EQ(ended.out, "");
}

TEST_F(Start, ArgumentsThatEalDoesNotKnow)
{
  Ended word = run({"hello"});
  expect_refusal(word, FAILED, "DPDK's EAL has no use for the argument 'hello'");
  EXPECT_EQ(word.out, "");
  Ended behind = run({"-n", "2", "--", "-l"});
  expect_refusal(behind, FAILED, "DPDK's EAL has no use for the argument '-l'");
  Ended option = run({"--nonsense"});
  EXPECT_EQ(option.status, FAILED);
  const char *words =
      DPDK_ARGPARSE ? "unknown argument --nonsense" : "unrecognized option '--nonsense'";
  EXPECT_NE(option.err.find(words), std::string::npos) << option.err;
  EXPECT_NE(option.err.find("c.yaml: DPDK does not start"), std::string::npos) << option.err;
  EXPECT_EQ(option.err.find("EAL common options"), std::string::npos) << option.err;
  EXPECT_EQ(option.out, "");
}

TEST_F(Start, ArgumentsThatGoToEal)
{
  Ended ended = run({"--log-level=pmd.*:debug", "--vdev", "net_null7", "-n", "2"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed(ended);
}

// From the start to the end; else nobody sees it.
TEST_F(Start, DpdksLogIsShownToWhoSetsItsLevel)
{
  Ended quiet = run({"-n", "2"});
  EXPECT_EQ(quiet.status, OK);
  EXPECT_EQ(quiet.err, "");
  const std::vector<std::vector<std::string>> asked = {{"--log-level=pmd.net.null:info"},
                                                       {"--log-le", "pmd.*:debug"}};
  for (const std::vector<std::string> &words : asked) {
    SCOPED_TRACE(words[0]);
    Ended ended = run(words);
    EXPECT_EQ(ended.status, OK) << ended.err;
    expect_closed(ended);
    EXPECT_NE(ended.err.find("Initializing pmd_null for net_null0\n"), std::string::npos)
        << ended.err;
    EXPECT_NE(ended.err.find("Closing null ethdev"), std::string::npos) << ended.err;
  }
}

TEST_F(Start, StandInsForCoresTakeTheCpusThatNobodyHas)
{
  write_frames(dir / "a.pcap", numbered_frames(3));
  for (const char *cores : {"[1, 901]", "[901, 1]"}) {
    std::string workers = "workers: {cores: " + std::string(cores) + "}\n";
    Ended ended =
        platter({"replay", dir.write("c.yaml", null_yaml(prefix, memory_yaml() + workers)),
                 "left=" + dir / "a.pcap", "--json"});
    EXPECT_EQ(ended.status, OK) << ended.err;
    EXPECT_NE(ended.err.find("core 901 is not there; core 0 stands in for it"), std::string::npos)
        << ended.err;
  }
}

TEST_F(Start, SignalsEndTheReadingOfFilesAtOnce)
{
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0666), 0); // to which nobody writes
  for (const char *command : {"run", "replay"})
    for (int number : {SIGINT, SIGTERM, SIGHUP}) {
      std::vector<std::string> line = {command, dir / "pipe"};
      if (command == std::string("replay"))
        line.push_back("left=a.pcap");
      Process process(platter_line(line));
      rest(0.3);
      ASSERT_TRUE(process.running());
      process.signal(number);
      Ended ended = process.wait(5);
      EXPECT_EQ(ended.status, 128 + number);
      EXPECT_EQ(ended.out, "");
    }
}

// As for what a script starts in the background: a shell has it ignore SIGINT.
TEST_F(Start, SignalsThatTheParentHadIgnoredDoSo)
{
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0666), 0);
  Surroundings background;
  background.before_exec = [] {
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
  };
  for (int number : {SIGINT, SIGTERM}) {
    Process process(platter_line({"replay", dir / "pipe", "left=a.pcap"}), background);
    std::ofstream writer(dir / "pipe"); // when it is open, so is the other end
    process.signal(number);
    EXPECT_EQ(process.wait(5).status, 128 + number);
  }
}

TEST_F(Start, HangupStopsInOrder)
{
  Process process(platter_line({"run", dir.write("c.yaml", null_yaml(prefix, memory_yaml()))}));
  ASSERT_TRUE(process.prints("forwarding; Ctrl-C stops"));
  process.signal(SIGHUP);
  Ended ended = process.wait(10);
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed_text(ended);
}

TEST_F(Start, SignalsThatMeanNothingDoNothing)
{
  Process process(platter_line({"run", dir.write("c.yaml", null_yaml(prefix, memory_yaml()))}));
  ASSERT_TRUE(process.prints("forwarding; Ctrl-C stops"));
  for (int number : {SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT,
                     SIGPIPE, SIGXFSZ, SIGRTMIN, SIGRTMAX})
    process.signal(number);
  process.signal(SIGTERM);
  Ended ended = process.wait(10);
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed_text(ended);
}

TEST_F(Start, TheLimitOnProcessorTimeStopsInOrder)
{
  Surroundings around;
  around.before_exec = [] {
    const struct rlimit limit = {2, RLIM_INFINITY};
    setrlimit(RLIMIT_CPU, &limit);
  };
  Ended ended = platter({"run", dir.write("c.yaml", null_yaml(prefix, memory_yaml()))}, around);
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed_text(ended);
}

TEST_F(Start, HangupIsIgnoredWhereItWasBefore)
{
  Surroundings nohup;
  nohup.before_exec = [] { std::signal(SIGHUP, SIG_IGN); };
  Process process(platter_line({"run", dir.write("c.yaml", null_yaml(prefix, memory_yaml()))}),
                  nohup);
  ASSERT_TRUE(process.prints("forwarding; Ctrl-C stops"));
  process.signal(SIGHUP);
  rest(1);
  EXPECT_TRUE(process.running());
  process.signal(SIGTERM);
  Ended ended = process.wait(10);
  EXPECT_EQ(ended.status, OK) << ended.err;
}
