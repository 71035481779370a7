// SPDX-License-Identifier: BSD-3-Clause
// platter run with replay ports: counts, telemetry, windows, what is refused.
#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"
#include "telemetry.h"

namespace
{
class ReplayPort : public testing::Test
{
protected:
  void TearDown() override
  {
    EXPECT_EQ(before.now(), "");
  }

  std::string device(const std::string &file, const std::string &options = "")
  {
    return "replay,file=" + dir / file + options;
  }

  // A wire between these devices.
  std::vector<std::string> line(const std::string &left, const std::string &right,
                                const std::string &rest = memory_yaml())
  {
    return platter_line(
        {"run", dir.write("c.yaml", wire_yaml(left, right, prefix, rest)), "--json"});
  }

  // What telemetry says of a replay port once it is so and so many laps are done.
  Json wait_for(const std::string &port, const std::string &state, int64_t laps = 0)
  {
    Telemetry client(telemetry_path(prefix), 10);
    EXPECT_TRUE(client.ready());
    Json replay;
    for (double end = monotonic() + 30; monotonic() < end; rest(0.01)) {
      replay = client.get("/platter/replay," + port);
      if (replay["state"].text() == state && replay["laps"].number() >= laps)
        break;
    }
    EXPECT_EQ(replay["state"].text(), state) << replay.dump();
    EXPECT_GE(replay["laps"].number(), laps);
    return replay;
  }

  static Json stop(Process &process, int status = OK)
  {
    process.signal(SIGINT);
    Ended ended = process.wait(20);
    EXPECT_EQ(ended.status, status) << ended.err;
    return expect_closed(ended);
  }

  // Refused before anything runs.
  void expect_refused(const std::string &left, const std::string &what)
  {
    expect_refusal(Process(line(left, NOTHING)).wait(), FAILED, what);
  }

  static constexpr const char *NOTHING = "net_null1,no-rx=1";

  Scratch dir;
  std::string prefix = unique_prefix("port");
  Leftovers before{prefix};
};
} // namespace

TEST_F(ReplayPort, WholeLapsAndNoMore)
{
  write_frames(dir / "a.pcap", numbered_frames(333, 100));
  for (const char *layout : {"pipeline", "run-to-completion"}) {
    SCOPED_TRACE(layout);
    Process process(
        line(device("a.pcap", ",loop=1009"), NOTHING,
             memory_yaml() + std::string("workers: {cores: [0, 1], layout: ") + layout + "}\n"));
    Json replay = wait_for("left", "finished");
    EXPECT_EQ(replay["file"].text(), dir / "a.pcap");
    EXPECT_EQ(replay["memory"].text(), "whole file");
    EXPECT_GE(replay["copies"].number(), 1);
    EXPECT_EQ(replay["loop"].number(), 1009);
    EXPECT_EQ(replay["laps"].number(), 1009);
    EXPECT_EQ(replay["frames"].number(), 333);
    EXPECT_EQ(replay["sent"].number(), 333 * 1009);
    EXPECT_EQ(replay["sent_bytes"].number(), 33300 * 1009);
    EXPECT_GE(replay["stalls"].number(), 0);
    EXPECT_EQ(replay["asked"].text(), "as fast as polled");
    EXPECT_GT(replay["achieved_pps"].real(), 0);
    EXPECT_GT(replay["achieved_bits"].real(), 0);
    EXPECT_TRUE(replay["error"].is_null());
    Json ports = stop(process)["ports"];
    EXPECT_EQ(ports["left"]["received"].number(), 333 * 1009);
    EXPECT_EQ(ports["right"]["transmitted"].number(), 333 * 1009);
    EXPECT_EQ(ports["left"]["driver"].text(), "replay");
  }
}

TEST_F(ReplayPort, ForEverUntilASignal)
{
  write_frames(dir / "a.pcap", numbered_frames(7, 60));
  write_frames(dir / "b.pcap", numbered_frames(2000, 1518));
  Process process(line(device("a.pcap", ",loop=0"), device("b.pcap", ",loop=0")));
  Json first = wait_for("left", "running");
  wait_for("left", "running", first["laps"].number() + 3);
  wait_for("right", "running", 3);
  EXPECT_EQ(first["loop"].number(), 0);
  EXPECT_GT(first["copies"].number(), 1) << "seven frames do not fill a burst";
  Json summary = stop(process);
  for (const char *port : {"left", "right"}) {
    EXPECT_EQ(summary["ports"][port]["replay"]["state"].text(), "running");
    EXPECT_GT(summary["ports"][port]["replay"]["laps"].number(), 2);
  }
  EXPECT_EQ(summary["accounting"]["dropped"].number(), 0);
}

TEST_F(ReplayPort, OutputsOfItsOwnAndNothingElseInIt)
{
  Frames a = numbered_frames(2003, 300, 1), b = numbered_frames(1999, 1000, 2);
  write_frames(dir / "a.pcap", a);
  write_frames(dir / "b.pcap", b);
  Process process(line(device("a.pcap", ",out=" + dir / "left.pcap"),
                       device("b.pcap", ",out=" + dir / "right.pcap")));
  wait_for("left", "finished");
  wait_for("right", "finished");
  stop(process);
  EXPECT_TRUE(read_frames(dir / "left.pcap") == b);
  EXPECT_TRUE(read_frames(dir / "right.pcap") == a);
}

TEST_F(ReplayPort, ThroughAWindow)
{
  Frames frames = numbered_frames(9001, 2000);
  write_frames(dir / "a.pcap", frames);
  Process process(line(device("a.pcap", ",loop=2,memory=16MB"),
                       device("a.pcap", ",memory=17MB,out=" + dir / "right.pcap")));
  for (const char *port : {"left", "right"}) {
    Json replay = wait_for(port, "finished");
    EXPECT_EQ(replay["memory"].text(), "window");
    EXPECT_EQ(replay["copies"].number(), 0);
    EXPECT_EQ(replay["sent"].number(), *port == 'l' ? 18002 : 9001);
  }
  Json summary = stop(process);
  Frames twice = frames;
  twice.insert(twice.end(), frames.begin(), frames.end());
  EXPECT_TRUE(read_frames(dir / "right.pcap") == twice);
  EXPECT_EQ(summary["ports"]["left"]["received"].number(), 18002);
}

TEST_F(ReplayPort, AWindowsFileThatIsTakenAway)
{
  write_frames(dir / "a.pcap", numbered_frames(9001, 2000));
  Process process(line(device("a.pcap", ",loop=0,memory=16MB"), NOTHING));
  wait_for("left", "running");
  std::filesystem::remove(dir / "a.pcap");
  Json replay = wait_for("left", "failed");
  EXPECT_EQ(replay["error"].text(), dir / "a.pcap" + ": No such file or directory");
  EXPECT_EQ(replay["sent"].number() % 9001, 0) << "not whole laps";
  const std::string said =
      "platter: port left sends no more: " + dir / "a.pcap" + ": No such file or directory\n";
  for (double end = monotonic() + 10; monotonic() < end && process.err() != said;)
    rest(0.01);
  EXPECT_EQ(process.err(), said) << "at once, not at the end";
  Json summary = stop(process, FAILED);
  EXPECT_EQ(process.err(), said) << "and once";
  EXPECT_EQ(summary["ports"]["left"]["replay"]["state"].text(), "failed");
  EXPECT_EQ(summary["ports"]["left"]["replay"]["error"].text(), replay["error"].text());
  EXPECT_EQ(summary["ports"]["left"]["received"].number(), replay["sent"].number());
}

// Also where it is the last thing to be seen before the end, and where somebody else has written to
// the file.
TEST_F(ReplayPort, AWindowsFileThatIsCutShort)
{
  write_frames(dir / "a.pcap", numbered_frames(9001, 2000));
  Process process(line(device("a.pcap", ",loop=0,memory=16MB"), NOTHING));
  wait_for("left", "running");
  ASSERT_EQ(truncate((dir / "a.pcap").c_str(), 1000 * 2016 + 24), 0);
  wait_for("left", "failed");
  process.signal(SIGINT);
  Ended ended = process.wait(20);
  EXPECT_EQ(ended.status, FAILED) << ended.out;
  EXPECT_NE(ended.err.find("platter: port left sends no more: " + dir / "a.pcap" + ": "),
            std::string::npos)
      << ended.err;
}

TEST_F(ReplayPort, ThoseThatWaitBeginTogether)
{
  write_frames(dir / "a.pcap", numbered_frames(100));
  const std::string options = ",start=wait,rate=500pps";
  Process process(line(device("a.pcap", options), device("a.pcap", options)));
  wait_for("left", "finished");
  wait_for("right", "finished");
  Json ports = stop(process)["ports"];
  for (const char *port : {"left", "right"}) {
    EXPECT_EQ(ports[port]["received"].number(), 100);
    EXPECT_GE(ports[port]["replay"]["seconds"].real(), 99 / 500.0 - 1e-6);
  }
}

TEST_F(ReplayPort, RunningThenFinished)
{
  write_frames(dir / "a.pcap", numbered_frames(600));
  Process process(line(device("a.pcap", ",rate=400pps"), NOTHING));
  Json running = wait_for("left", "running");
  EXPECT_LT(running["sent"].number(), 600);
  EXPECT_EQ(running["laps"].number(), 0);
  EXPECT_EQ(running["asked"].text(), "400 pps");
  Json finished = wait_for("left", "finished");
  EXPECT_EQ(finished["sent"].number(), 600);
  EXPECT_EQ(finished["laps"].number(), 1);
  EXPECT_GE(finished["seconds"].real(), 599 / 400.0 - 0.001);
  for (const char *late : {"late_p50", "late_p99", "late_p999", "late_most"})
    EXPECT_GE(finished[late].real(), 0) << late;
  stop(process);
}

TEST_F(ReplayPort, TelemetryOfPortsThatReplayNothing)
{
  write_frames(dir / "a.pcap", numbered_frames(10));
  Process process(line(device("a.pcap"), NOTHING));
  wait_for("left", "finished");
  {
    Telemetry client(telemetry_path(prefix), 10);
    EXPECT_EQ(client.get("/platter/replay,right")["error"].text(), "no replay port, but net_null");
    EXPECT_NE(client.get("/platter/replay,middle")["error"].text().find("no port of this name"),
              std::string::npos);
    EXPECT_TRUE(client.ask("/platter/replay")) << "no port at all";
  }
  stop(process);
}

TEST_F(ReplayPort, RefusedBeforeAnythingRuns)
{
  const std::string place = "ports.left.device: ";
  write_frames(dir / "a.pcap", numbered_frames(8000, 9000));
  expect_refused(device("missing.pcap"), place + dir / "missing.pcap: No such file");
  expect_refused("replay,file=" + dir.write("text.pcap", "no capture"),
                 place + dir / "text.pcap: not a capture file");
  expect_refused(device("a.pcap", ",memory=1MB"),
                 place + dir / "a.pcap: does not fit into memory=1MB, and a window of ");
  write_frames(dir / "few.pcap", numbered_frames(2, 9000));
  expect_refused(device("few.pcap", ",loop=0,memory=1MB"),
                 " packets, so that its frames must lie in memory ");
  expect_refused(device("few.pcap", ",out=" + dir / "no/such/o.pcap"), place);
}

TEST_F(ReplayPort, CheckShowsItsLayoutAndRefusesItsOptions)
{
  std::string good = dir.write("good.yaml", wire_yaml("replay,file=x", NOTHING, prefix));
  EXPECT_EQ(platter({"check", good}).status, OK);
  std::string bad = dir.write("bad.yaml", wire_yaml("replay,file=x,lop=2", NOTHING, prefix));
  Ended ended = platter({"check", bad});
  EXPECT_EQ(ended.status, USAGE);
  EXPECT_NE(ended.err.find("bad.yaml:2:18: ports.left.device: replay has no option 'lop'; did you "
                           "mean 'loop'?"),
            std::string::npos)
      << ended.err;
}

TEST_F(ReplayPort, WithHugepagesWhereThereAreSome)
{
  write_frames(dir / "a.pcap", numbered_frames(3000, 1518));
  Process process(line(device("a.pcap", ",loop=3"), NOTHING, "memory: {hugepages: auto}\n"));
  EXPECT_EQ(wait_for("left", "finished")["sent"].number(), 9000);
  stop(process);
}

TEST_F(ReplayPort, Unprivileged)
{
  write_frames(dir / "a.pcap", numbered_frames(1001, 500));
  write_frames(dir / "b.pcap", numbered_frames(9001, 2000));
  mkdir((dir / "run").c_str(), 0777);
  chmod((dir / "run").c_str(), 0777);
  Surroundings nobody;
  nobody.nobody = true;
  nobody.set = {"XDG_RUNTIME_DIR=" + dir / "run"};
  std::string config = dir.write(
      "c.yaml", wire_yaml(device("a.pcap", ",loop=5,out=" + dir / "left.pcap"),
                          device("b.pcap", ",memory=16MB,out=" + dir / "right.pcap"), prefix));
  Ended ended = platter({"run", "--duration", "1", "--json", config}, nobody);
  EXPECT_EQ(ended.status, OK) << ended.err;
  Json ports = expect_closed(ended)["ports"];
  EXPECT_EQ(ports["left"]["received"].number(), 5005);
  EXPECT_EQ(ports["right"]["received"].number(), 9001);
  EXPECT_EQ(read_frames(dir / "right.pcap").size(), 5005u);
  EXPECT_TRUE(read_frames(dir / "left.pcap") == numbered_frames(9001, 2000));
}
