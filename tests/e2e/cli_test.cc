// SPDX-License-Identifier: BSD-3-Clause
// The command line: help that helps, and mistakes that are named.
#include <regex>

#include <gtest/gtest.h>

#include "expect.h"
#include "scratch.h"

static void expect_usage_error(const std::vector<std::string> &arguments, const std::string &what)
{
  Ended ended = platter(arguments);
  EXPECT_EQ(ended.status, USAGE) << ended.err;
  EXPECT_NE(ended.err.find(what), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("--help"), std::string::npos) << ended.err;
  EXPECT_EQ(ended.out, "");
}

TEST(Cli, HelpOfEachCommandShowsUsageAndExample)
{
  for (const char *command : {"run", "check", "replay"})
    for (const char *help : {"--help", "-h"}) {
      Ended ended = platter({command, help});
      EXPECT_EQ(ended.status, OK);
      EXPECT_EQ(ended.out.find("Usage: platter " + std::string(command)), 0u) << ended.out;
      EXPECT_NE(ended.out.find("\nExample: platter "), std::string::npos) << ended.out;
      EXPECT_EQ(ended.err, "");
    }
}

TEST(Cli, HelpWithoutACommandListsThemAll)
{
  for (const char *help : {"--help", "-h", "help"}) {
    Ended ended = platter({help});
    EXPECT_EQ(ended.status, OK);
    for (const char *command : {"\n  run ", "\n  check ", "\n  replay "})
      EXPECT_NE(ended.out.find(command), std::string::npos) << ended.out;
  }
}

TEST(Cli, VersionIsOneLine)
{
  Ended ended = platter({"--version"});
  EXPECT_EQ(ended.status, OK);
  EXPECT_EQ(ended.out.find('\n'), ended.out.size() - 1);
  EXPECT_TRUE(std::regex_match(
      ended.out,
      std::regex(
          "platter \\d+\\.\\d+\\.\\d+(, commit [0-9a-f]{12}(-dirty)?)?, DPDK (\\d+\\.\\d+\\.\\d+) "
          "\\(built against \\d+\\.\\d+\\.\\d+\\), for (x86-64|arm64).*\n")))
      << ended.out;
}

TEST(Cli, HelpWinsOverOtherArgumentsButNotBehindTheTwoDashes)
{
  EXPECT_EQ(platter({"run", "--nonsense", "x.yaml", "--help"}).status, OK);
  EXPECT_EQ(platter({"run", "/nowhere.yaml", "--", "--help"}).status, USAGE);
}

TEST(Cli, NoCommandAndUnknownCommand)
{
  expect_usage_error({}, "Usage: platter COMMAND");
  expect_usage_error({""}, "Usage: platter COMMAND");
  expect_usage_error({"fly"}, "there is no command 'fly'");
  expect_usage_error({"rnu"}, "there is no command 'rnu'; did you mean 'run'?");
  expect_usage_error({"--fly"}, "there is no command '--fly'");
}

TEST(Cli, MissingAndSurplusArguments)
{
  expect_usage_error({"run"}, "platter run: it takes one configuration file");
  expect_usage_error({"run", "a.yaml", "b.yaml"}, "it takes one configuration file");
  expect_usage_error({"run", "--", "a.yaml"}, "it takes one configuration file");
  expect_usage_error({"check"}, "platter check: it takes one configuration file");
  expect_usage_error({"check", "a.yaml", "b.yaml"}, "it takes one configuration file");
  expect_usage_error({"replay"}, "platter replay: it takes a configuration file and at least");
  expect_usage_error({"replay", "a.yaml"}, "at least one PORT=FILE");
}

TEST(Cli, UnknownOptionsAreNamed)
{
  for (const char *command : {"run", "check", "replay"})
    for (const char *option : {"--nonsense", "--nonsense=1", "-z"})
      expect_usage_error({command, option, "a.yaml", "left=b.pcap"},
                         std::string("unknown option '") + option + "'");
}

TEST(Cli, ValuesOfOptions)
{
  expect_usage_error({"run", "--duration"}, "a value is missing behind '--duration'");
  expect_usage_error({"replay", "--out"}, "a value is missing behind '--out'");
  for (const char *bad : {"0", "-1", "", "1s", "nan", "inf", "1e10"})
    expect_usage_error({"run", "--duration", bad, "a.yaml"},
                       "--duration: expected seconds over 0, found '" + std::string(bad) + "'");
}

TEST(Cli, ReplayNamesWhatItDoesNotKnow)
{
  Scratch dir;
  std::string config = dir.write("wire.yaml", null_yaml("cli"));
  expect_usage_error({"replay", config, "left"}, "'left': expected PORT=FILE");
  expect_usage_error({"replay", config, "lift=a.pcap"}, "has no port 'lift'; did you mean 'left'?");
  expect_usage_error({"replay", config, "left="}, "'left=': a file is missing");
  expect_usage_error({"replay", config, "=a.pcap"}, "has no port ''");
  expect_usage_error({"replay", config, "left=a.pcap", "left=b.pcap"}, "port left has two files");
}

TEST(Cli, AFullOutputIsAnError)
{
  Surroundings full;
  full.before_exec = [] { EXPECT_NE(freopen("/dev/full", "w", stdout), nullptr); };
  Ended ended = platter({"check", source_path("config/wire.yaml")}, full);
  EXPECT_EQ(ended.status, FAILED) << ended.err;
  EXPECT_EQ(ended.err, "platter: standard output could not be written: No space left on device\n");
}
