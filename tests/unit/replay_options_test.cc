// SPDX-License-Identifier: BSD-3-Clause
// The options of a replay port: what each takes, and the words with which the rest is refused.
#include "base/quantity.h"
#include "config/replay.h"

#include <gtest/gtest.h>

#include "config_parsed.h"

namespace
{

// The report on a device string that must be refused.
std::string refusal(const std::string &device)
{
  config_replay options;
  char error[512] = "";
  bool good = config_replay_read(device.c_str(), &options, error, sizeof(error));
  return good ? "accepted" : error;
}

config_replay read(const std::string &options)
{
  config_replay replay;
  char error[512] = "";
  EXPECT_TRUE(
      config_replay_read(("replay,file=a.pcap" + options).c_str(), &replay, error, sizeof(error)))
      << options << ": " << error;
  return replay;
}

std::string described(const std::string &options)
{
  config_replay replay = read(options);
  char text[64];
  config_replay_describe(&replay, text, sizeof(text));
  return text;
}

// What is refused as the value of an option.
std::string value_refusal(const std::string &key, const std::string &value)
{
  return refusal("replay,file=a.pcap," + key + "=" + value);
}

const std::string RATE_EXPECTED =
    "replay option rate: expected line, original, or a number with bit, kbit, Mbit, Gbit, pps, "
    "kpps or Mpps behind it, found '";
const std::string LOOP_EXPECTED =
    "replay option loop: expected a whole number, 0 for ever, found '";
const std::string SPEED_EXPECTED =
    "replay option speed: expected a number from 0.000001 to 1000000, found '";
const std::string MEMORY_EXPECTED =
    "replay option memory: expected a number of at least 1MB with kB, MB or GB behind it, found '";

TEST(ReplayOptions, Defaults)
{
  config_replay replay = read("");
  EXPECT_STREQ(replay.file, "a.pcap");
  EXPECT_STREQ(replay.out, "");
  EXPECT_EQ(replay.loop, 1u);
  EXPECT_EQ(replay.rate, REPLAY_LINE);
  EXPECT_EQ(replay.speed, 1);
  EXPECT_FALSE(replay.wait);
  EXPECT_EQ(replay.memory, 256u << 20);
}

TEST(ReplayOptions, AllAtOnceInAnyOrder)
{
  config_replay replay;
  char error[512];
  ASSERT_TRUE(config_replay_read("replay,memory=2GB,start=wait,speed=0.5,out=/tmp/o =.pcap,loop=7,"
                                 "rate=original,file=dir/a b.pcapng",
                                 &replay, error, sizeof(error)))
      << error;
  EXPECT_STREQ(replay.file, "dir/a b.pcapng");
  EXPECT_STREQ(replay.out, "/tmp/o =.pcap");
  EXPECT_EQ(replay.loop, 7u);
  EXPECT_EQ(replay.rate, REPLAY_ORIGINAL);
  EXPECT_EQ(replay.speed, 0.5);
  EXPECT_TRUE(replay.wait);
  EXPECT_EQ(replay.memory, 2ull << 30);
}

TEST(ReplayOptions, IsOneOrIsNot)
{
  for (const char *device : {"replay", "replay,", "replay,file=x", "replay,nonsense"})
    EXPECT_TRUE(replay_is(device)) << device;
  for (const char *device : {"", "repla", "replays", "replay0", "Replay", "net_replay,file=x"})
    EXPECT_FALSE(replay_is(device)) << device;
}

TEST(ReplayOptions, Loop)
{
  EXPECT_EQ(read(",loop=0").loop, 0u);
  EXPECT_EQ(read(",loop=999999999999999999").loop, 999999999999999999u);
  for (const char *value : {"", "-1", "+1", "1x", "0x1", "01", "1.0", " 1", "1 ",
                            "1000000000000000000", "18446744073709551617", "two"})
    EXPECT_EQ(value_refusal("loop", value), LOOP_EXPECTED + value + "'");
}

TEST(ReplayOptions, RatesAndTheirUnits)
{
  struct {
    const char *text;
    enum replay_rate rate;
    double per_second;
    const char *described;
  } rows[] = {
      {"1bit", REPLAY_BITS, 1, "1 bit/s"},
      {"1.5kbit", REPLAY_BITS, 1500, "1.5 kbit/s"},
      {"100Mbit", REPLAY_BITS, 1e8, "100 Mbit/s"},
      {"10Gbit", REPLAY_BITS, 1e10, "10 Gbit/s"},
      {"0.001Gbit", REPLAY_BITS, 1e6, "1 Mbit/s"},
      {"1pps", REPLAY_FRAMES, 1, "1 pps"},
      {"999.5kpps", REPLAY_FRAMES, 999500, "999.5 kpps"},
      {"14.880952Mpps", REPLAY_FRAMES, 14880952, "14.881 Mpps"},
  };
  for (const auto &row : rows) {
    SCOPED_TRACE(row.text);
    std::string option = std::string(",rate=") + row.text;
    config_replay replay = read(option);
    EXPECT_EQ(replay.rate, row.rate);
    EXPECT_DOUBLE_EQ(replay.per_second, row.per_second);
    EXPECT_EQ(described(option), row.described);
  }
  EXPECT_EQ(described(""), "as fast as polled");
  EXPECT_EQ(described(",rate=line"), "as fast as polled");
  EXPECT_EQ(described(",rate=original"), "original timing");
  EXPECT_EQ(described(",rate=original,speed=2.0"), "original timing, 2 times as fast");
}

TEST(ReplayOptions, RatesThatAreNone)
{
  for (const char *value : {"",
                            "fast",
                            "Line",
                            "original ",
                            "10",
                            "10G",
                            "10gbit",
                            "10 Gbit",
                            "10Gbit/s",
                            "-1Mpps",
                            "+1Mpps",
                            "1e3pps",
                            "0x10pps",
                            ".5pps",
                            "5.pps",
                            "1..5pps",
                            "1.5.5pps",
                            "0pps",
                            "0.0Gbit",
                            "infpps",
                            "nanpps",
                            "Mpps",
                            "1MppsMpps",
                            "1234567890123456pps",
                            "1.1234567890pps"})
    EXPECT_EQ(value_refusal("rate", value), RATE_EXPECTED + value + "'");
}

TEST(ReplayOptions, Speed)
{
  EXPECT_EQ(read(",rate=original,speed=0.000001").speed, 1e-6);
  EXPECT_EQ(read(",speed=1000000,rate=original").speed, 1e6);
  EXPECT_EQ(read(",speed=1").speed, 1) << "says nothing that is not so";
  for (const char *value : {"", "0", "0.0", "0.0000009", "1000000.1", "2x", "-2", "1e3"})
    EXPECT_EQ(value_refusal("rate=original,speed", value), SPEED_EXPECTED + value + "'");
  for (const char *rate : {"line", "1Mpps", "1Gbit"})
    EXPECT_EQ(value_refusal("speed=2,rate", rate),
              "replay option speed: only rate=original has a speed");
}

TEST(ReplayOptions, Start)
{
  EXPECT_TRUE(read(",start=wait").wait);
  EXPECT_FALSE(read(",start=now").wait);
  for (const char *value : {"", "Wait", "later", "1"})
    EXPECT_EQ(value_refusal("start", value),
              "replay option start: expected now or wait, found '" + std::string(value) + "'");
}

TEST(ReplayOptions, Memory)
{
  EXPECT_EQ(read(",memory=1024kB").memory, 1u << 20);
  EXPECT_EQ(read(",memory=1MB").memory, 1u << 20);
  EXPECT_EQ(read(",memory=1.5MB").memory, 3u << 19);
  EXPECT_EQ(read(",memory=0.25GB").memory, 1u << 28);
  EXPECT_EQ(read(",memory=900000GB").memory, 900000ull << 30);
  for (const char *value : {"", "0MB", "1023kB", "0.99MB", "1048576", "1048576B", "16mb", "16M",
                            "16 MB", "-16MB", "1000000GB"})
    EXPECT_EQ(value_refusal("memory", value), MEMORY_EXPECTED + value + "'");
}

TEST(ReplayOptions, NamesOfFiles)
{
  const std::string longest(REPLAY_PATH_MAX - 1, 'x');
  EXPECT_EQ(refusal("replay,file=" + longest), "accepted");
  EXPECT_EQ(refusal("replay,file=a,out=" + longest), "accepted");
  std::string file = refusal("replay,file=" + longest + "x");
  EXPECT_EQ(
      file.find("replay option file: expected the name of a capture, of less than 1024 bytes, "
                "found 'xxxx"),
      0u)
      << file;
  EXPECT_EQ(refusal("replay,file=" + longest + longest).substr(0, 60), file.substr(0, 60));
  EXPECT_EQ(refusal("replay,file=a,out=" + longest + "x").find("replay option out: expected the "),
            0u);
  EXPECT_EQ(
      refusal("replay,file="),
      "replay option file: expected the name of a capture, of less than 1024 bytes, found ''");
  EXPECT_EQ(
      refusal("replay,file"),
      "replay option file: expected the name of a capture, of less than 1024 bytes, found ''");
  for (const char *none : {"replay", "replay,loop=1"})
    EXPECT_EQ(refusal(none), "replay wants a capture: 'replay,file=FILE'");
}

TEST(ReplayOptions, EachOnce)
{
  for (const char *option : {"file=b", "out=b,out=c", "loop=1,loop=1", "rate=line,rate=line",
                             "speed=1,speed=1", "start=now,start=now", "memory=1MB,memory=1MB"}) {
    std::string key = std::string(option).substr(0, std::string(option).find('='));
    EXPECT_EQ(refusal("replay,file=a," + std::string(option)),
              "replay option '" + key + "' is there twice");
  }
}

TEST(ReplayOptions, UnknownOnesWithWhatWasMeant)
{
  EXPECT_EQ(refusal("replay,fiel=a.pcap"), "replay has no option 'fiel'; did you mean 'file'?");
  EXPECT_EQ(refusal("replay,file=a,loops=1"), "replay has no option 'loops'; did you mean 'loop'?");
  EXPECT_EQ(refusal("replay,file=a,memry=1MB"),
            "replay has no option 'memry'; did you mean 'memory'?");
  EXPECT_EQ(refusal("replay,file=a,infinite_rx=1"), "replay has no option 'infinite_rx'");
  EXPECT_EQ(refusal("replay,file=a,"), "replay has no option ''");
  EXPECT_EQ(refusal("replay,,file=a"), "replay has no option ''");
  EXPECT_EQ(refusal("replay,file=a,=1"), "replay has no option ''");
}

// Whatever length the text has, the sentence ends where the buffer does.
TEST(ReplayOptions, SentencesKeepToTheirBuffer)
{
  std::string device = "replay,file=a," + std::string(5000, 'k');
  for (size_t size : {1u, 2u, 20u, 64u}) {
    std::string error(size + 8, '#');
    config_replay options;
    EXPECT_FALSE(config_replay_read(device.c_str(), &options, &error[0], size));
    EXPECT_EQ(error.substr(size), "########");
    EXPECT_LT(error.find('\0'), size);
  }
}

// What a user reads who has written it into a configuration.
std::string reported(const std::string &left, const std::string &rest = "")
{
  return report_of("ports:\n  left: {device: \"" + left + "\"" + rest +
                   "}\n  right: {device: net_null1}\nforward: [wire: [left, right]]\n");
}

TEST(ReplayDevice, ErrorsHaveTheirPlace)
{
  EXPECT_EQ(reported("replay,file=a.pcap,loop=many"),
            "lab.yaml:2:18: ports.left.device: " + LOOP_EXPECTED + "many'\n");
  EXPECT_EQ(reported("replay"),
            "lab.yaml:2:18: ports.left.device: replay wants a capture: 'replay,file=FILE'\n");
  EXPECT_EQ(reported("replay,file=a,lop=1"), "lab.yaml:2:18: ports.left.device: replay has no "
                                             "option 'lop'; did you mean 'loop'?\n");
  EXPECT_NE(reported("replay0,file=a").find("expected a PCI address"), std::string::npos);
}

TEST(ReplayDevice, HasOneReceiveQueue)
{
  EXPECT_EQ(reported("replay,file=a", ", rx_queues: 2"),
            "lab.yaml:2:46: ports.left.rx_queues: expected 1, for a replay port has one, found "
            "'2'\n");
  EXPECT_EQ(reported("replay,file=a", ", rx_queues: 1"), "accepted");
}

TEST(ReplayDevice, SeveralPortsMayReplayOneFile)
{
  const std::string device = "{device: \"replay,file=a.pcap\"}";
  Parsed parsed("ports: {left: " + device + ", right: " + device +
                "}\nforward: [wire: [left, right]]\n");
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  EXPECT_STREQ(parsed.config->ports[0].device, "replay,file=a.pcap");
  EXPECT_STREQ(parsed.config->ports[1].device, "replay,file=a.pcap");
}

TEST(ReplayOptions, WhatIsTakenOfTheFile)
{
  EXPECT_FALSE(read("").sound_part);
  EXPECT_FALSE(read("").skip_long);
  config_replay both = read(",sound-part=yes,skip-long=yes");
  EXPECT_TRUE(both.sound_part && both.skip_long);
  EXPECT_FALSE(read(",sound-part=no").sound_part);
  EXPECT_EQ(value_refusal("skip-long", "1"),
            "replay option skip-long: expected yes or no, found '1'");
}

TEST(Quantity, TimesAsAPersonSaysThem)
{
  const std::pair<double, const char *> rows[] = {{0, "0 s"},
                                                  {0.0123, "0.0123 s"},
                                                  {12.34, "12.3 s"},
                                                  {59.9, "1 min"},
                                                  {60, "1 min"},
                                                  {200, "3 min 20 s"},
                                                  {3599.9, "1 h"},
                                                  {3600, "1 h"},
                                                  {7500, "2 h 5 min"},
                                                  {86400, "24 h"},
                                                  {2 * 86400, "2 days"},
                                                  {40 * 86400 + 3 * 3600, "40 days 3 h"},
                                                  {1e20, "1.16e+15 days"}};
  for (auto [seconds, expected] : rows) {
    char text[32];
    quantity_time(seconds, text, sizeof(text));
    EXPECT_STREQ(text, expected) << seconds;
  }
}

} // namespace
