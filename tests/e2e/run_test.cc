// SPDX-License-Identifier: BSD-3-Clause
// platter run: forwards until told to stop, and stops cleanly whenever that is.
#include <random>

#include <csignal>
#include <gtest/gtest.h>

#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"
#include "telemetry.h"

namespace
{
class Run : public testing::Test
{
protected:
  void TearDown() override
  {
    EXPECT_EQ(before.now(), "");
  }

  std::vector<std::string> line(const std::string &yaml, std::vector<std::string> options = {})
  {
    options.insert(options.begin(), {"run", dir.write("c.yaml", yaml)});
    return platter_line(options);
  }

  Scratch dir;
  std::string prefix = unique_prefix("run");
  Leftovers before{prefix};
};

// Waits until packets have come in on a port.
bool receives(const std::string &prefix, const std::string &port)
{
  Telemetry client(telemetry_path(prefix), 10);
  for (double end = monotonic() + 10; monotonic() < end; rest(0.01))
    if (client.get("/platter/port," + port)["received"].number() > 0)
      return true;
  return false;
}
} // namespace

TEST_F(Run, ForADuration)
{
  for (const char *layout : {"pipeline", "run-to-completion"}) {
    std::string rest = memory_yaml() + std::string("workers: {layout: ") + layout + "}\n";
    Ended ended = Process(line(null_yaml(prefix, rest), {"--duration", "0.5", "--json"})).wait();
    EXPECT_EQ(ended.status, OK) << ended.err;
    EXPECT_EQ(ended.err, "");
    Json summary = expect_closed(ended);
    EXPECT_GE(summary["info"]["uptime_seconds"].real(), 0.5);
    EXPECT_LT(summary["info"]["uptime_seconds"].real(), 1.5);
    EXPECT_GT(summary["ports"]["right"]["transmitted"].number(), 1000);
    EXPECT_EQ(summary["accounting"]["dropped"].number(), 0);
  }
}

TEST_F(Run, PrintsTheLayoutThenTheSummary)
{
  Process process(line(null_yaml(prefix, memory_yaml())));
  ASSERT_TRUE(process.prints("forwarding; Ctrl-C stops"));
  std::string start = process.out();
  EXPECT_EQ(start.find("layout: pipeline, "), 0u) << start;
  EXPECT_NE(start.find("port left: net_null0,size=64, net_null, link up"), std::string::npos);
  EXPECT_NE(start.find("`" + platter_binary() + " telemetry --prefix " + prefix + "`"),
            std::string::npos)
      << start;
  process.signal(SIGINT);
  Ended ended = process.wait(10);
  EXPECT_EQ(ended.status, OK);
  expect_closed_text(ended);
}

TEST_F(Run, SignalsInTheMiddleOfTraffic)
{
  for (int number : {SIGINT, SIGTERM})
    for (const char *layout : {"pipeline", "run-to-completion"})
      for (const char *overload : {"wait", "drop"}) {
        SCOPED_TRACE(layout);
        Process process(
            line(null_yaml(prefix, memory_yaml() + std::string("overload: ") + overload +
                                       "\nworkers: {layout: " + layout + "}\n"),
                 {"--json"}));
        ASSERT_TRUE(receives(prefix, "left"));
        process.signal(number);
        Ended ended = process.wait(10);
        EXPECT_EQ(ended.status, OK) << ended.err;
        Json summary = expect_closed(ended);
        EXPECT_GT(summary["ports"]["left"]["received"].number(), 0);
        EXPECT_EQ(summary["ports"]["left"]["drops"]["shutdown"].number(), -1);
      }
}

TEST_F(Run, ManySignalsAtOnce)
{
  Process process(line(null_yaml(prefix, memory_yaml()), {"--json"}));
  ASSERT_TRUE(receives(prefix, "left"));
  for (int i = 0; i < 50; i++) {
    process.signal(i % 2 == 0 ? SIGTERM : SIGINT);
    rest(0.002);
  }
  Ended ended = process.wait(10);
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed(ended);
}

// Before the program has taken over its signals the kernel ends it, which must have no trace.
TEST_F(Run, SignalsDuringTheStart)
{
  std::minstd_rand random(20251121);
  int clean = 0;
  for (int i = 0; i < 30; i++) {
    double delay = random() % 400 / 1000.0;
    SCOPED_TRACE(delay);
    Process process(line(null_yaml(prefix, memory_yaml()), {"--json"}));
    rest(delay);
    process.signal(i % 2 == 0 ? SIGTERM : SIGINT);
    Ended ended = process.wait(10);
    EXPECT_EQ(before.now(), "");
    if (ended.status == 128 + SIGTERM || ended.status == 128 + SIGINT) {
      EXPECT_EQ(ended.out + ended.err, "");
      continue;
    }
    EXPECT_EQ(ended.status, OK) << ended.err;
    EXPECT_LT(ended.seconds, delay + 5);
    expect_closed(ended);
    clean++;
  }
  EXPECT_GE(clean, 15);
}

// A port that takes nothing: a memif without a peer.
TEST_F(Run, ATransmitSideThatTakesNothing)
{
  for (const char *overload : {"wait", "drop"})
    for (const char *layout : {"pipeline", "run-to-completion"}) {
      SCOPED_TRACE(std::string(overload) + " " + layout);
      std::string rest = memory_yaml() + std::string("overload: ") + overload +
                         "\nworkers: {layout: " + layout + "}\n";
      Process process(
          line(wire_yaml("net_null0,size=64", "net_memif0,role=server,secret=s,socket=" + prefix,
                         prefix, rest),
               {"--json"}));
      ASSERT_TRUE(receives(prefix, "left"));
      double told = monotonic();
      process.signal(SIGTERM);
      Ended ended = process.wait(20);
      EXPECT_LT(monotonic() - told, 5) << "the drain takes two seconds at most";
      EXPECT_EQ(ended.status, OK) << ended.err;
      Json summary = expect_closed(ended);
      EXPECT_EQ(summary["accounting"]["transmitted"].number(), 0);
      EXPECT_GT(summary["accounting"]["dropped"].number(), 0);
    }
}

// net_ring gives back on receive what it was given: full rings when the signal comes.
TEST_F(Run, RingsFullOfPackets)
{
  for (const char *overload : {"wait", "drop"}) {
    std::string rest = memory_yaml() + std::string("overload: ") + overload + "\n";
    Process process(line(wire_yaml("net_null0,size=64", "net_ring0", prefix, rest), {"--json"}));
    ASSERT_TRUE(receives(prefix, "right"));
    process.signal(SIGINT);
    Ended ended = process.wait(10);
    EXPECT_EQ(ended.status, OK) << ended.err;
    expect_closed(ended);
  }
}

TEST_F(Run, AfterAKilledOneTheNextStarts)
{
  {
    Process killed(line(null_yaml(prefix, memory_yaml())));
    ASSERT_TRUE(killed.prints("forwarding"));
    killed.signal(SIGKILL);
    killed.wait();
  }
  Ended ended =
      Process(line(null_yaml(prefix, memory_yaml()), {"--duration", "0.1", "--json"})).wait();
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed(ended);
}

TEST_F(Run, HugepagesOnAndAuto)
{
  for (const char *choice : {"on", "auto"}) {
    Process process(
        line(null_yaml(prefix, "memory: {hugepages: " + std::string(choice) + "}\n"), {"--json"}));
    bool forwards = receives(prefix, "left");
    process.signal(SIGTERM);
    Ended ended = process.wait(10);
    if (ended.status == FAILED) { // a machine without: `on` refuses, `auto` does not
      EXPECT_STREQ(choice, "on");
      expect_refusal(ended, FAILED, "memory.hugepages is on, but ");
      continue;
    }
    EXPECT_TRUE(forwards);
    EXPECT_EQ(ended.status, OK) << ended.err;
    EXPECT_EQ(expect_closed(ended)["info"]["hugepages"].is_true(), ended.err.empty()) << ended.err;
    EXPECT_EQ(before.now(), "");
  }
}

TEST_F(Run, AnEndlessCapture)
{
  std::string capture = dir / "endless.pcap";
  write_frames(capture, numbered_frames(200, 512));
  Ended ended = Process(line(wire_yaml("net_pcap0,rx_pcap=" + capture + ",infinite_rx=1",
                                       "net_null1,no-rx=1", prefix, memory_yaml()),
                             {"--duration", "0.3", "--json"}))
                    .wait();
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_GT(expect_closed(ended)["ports"]["right"]["transmitted"].number(), 200);
}

// As many as a pool of net_pcap's own size would have, and each must have an mbuf of its own.
TEST_F(Run, ALongCaptureInCirclesGetsItsMemory)
{
  std::string capture = dir / "endless.pcap";
  write_frames(capture, numbered_frames(16384));
  Ended ended =
      Process(line(wire_yaml("net_pcap0,rx_pcap=" + capture + ",infinite_rx=1", "net_null1,no-rx=1",
                             prefix, memory_yaml() + "workers: {cores: [0]}\n"),
                   {"--duration", "0.5", "--json"}))
          .wait();
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_GT(expect_closed(ended)["ports"]["right"]["transmitted"].number(), 16384);
}

TEST_F(Run, TheFirstPacketIsForwardedWithinASecond)
{
  std::string capture = dir / "one.pcap";
  write_frames(capture, numbered_frames(1));
#ifdef SANITIZED
  const double WITHIN = 10;
#else
  const double WITHIN = 1;
#endif
  for (const std::string &source :
       {std::string("net_null0,size=64"), "net_pcap0,rx_pcap=" + capture}) {
    double quickest = 1000; // of several: others may have had the cores meanwhile
    for (int tries = 0; tries < 5 && quickest >= WITHIN; tries++) {
      double start = monotonic();
      Process process(
          line(wire_yaml(source, "net_null1,no-rx=1", prefix, memory_yaml()), {"--json"}));
      EXPECT_TRUE(receives(prefix, "left"));
      quickest = std::min(quickest, monotonic() - start);
      process.signal(SIGTERM);
      Ended ended = process.wait(10);
      EXPECT_EQ(ended.status, OK);
      EXPECT_GT(expect_closed(ended)["accounting"]["transmitted"].number(), 0) << start;
    }
    EXPECT_LT(quickest, WITHIN) << source;
  }
}

// What a worker has is never cut within a name: whole in JSON, counted in telemetry.
TEST_F(Run, ManyQueuesAndALongDevice)
{
  std::string device = "net_null0,size=" + std::string(100, '0') + "64";
  for (int i = 0; i < 3; i++)
    device += ",no-rx=0";
  Process process(line("ports:\n  a_port_with_a_long_name: {device: '" + device +
                           "', rx_queues: 20}\nforward: [sink: [a_port_with_a_long_name]]\n"
                           "workers: {cores: [0]}\ntelemetry: {prefix: " +
                           prefix + "}\n" + memory_yaml(),
                       {"--json"}));
  ASSERT_TRUE(receives(prefix, "a_port_with_a_long_name"));
  Json polls = Telemetry(telemetry_path(prefix)).get("/platter/worker,0")["polls"];
  process.signal(SIGINT);
  Json summary = expect_closed(process.wait(10));
  EXPECT_EQ(summary["ports"]["a_port_with_a_long_name"]["device"].text(), device);
  EXPECT_EQ(polls.dump(), summary["workers"].at(0)["polls"].dump());
  ASSERT_EQ(polls.size(), 20u);
  EXPECT_EQ(summary["workers"].at(0)["polls"].at(19).text(), "a_port_with_a_long_name/19");
}

TEST_F(Run, ANoteIsSaidOnce)
{
  std::string file = "ports: {left: {device: net_null0}}\nforward: [reflect: [left]]\n"
                     "workers: {cores: [0, 1]}\ntelemetry: {prefix: " +
                     prefix + "}\n" + memory_yaml();
  const std::string note = "core 1: nothing to do with 1 receive queue; left out\n";
  Ended people = Process(line(file, {"--duration", "0.1"})).wait();
  EXPECT_EQ(people.err, "");
  EXPECT_NE(people.out.find("\nnote: " + note), std::string::npos) << people.out;
  Ended program = Process(line(file, {"--json", "--duration", "0.1"})).wait();
  EXPECT_EQ(program.err, "platter: warning: " + note);
}

TEST_F(Run, TheLinesForPeopleFitATerminal)
{
  Ended ended =
      Process(line(null_yaml(prefix, memory_yaml()), {"--watch", "--duration", "1.3"})).wait();
  EXPECT_EQ(ended.status, OK) << ended.err;
  for (const char *word : {"nic drop", "workers busy, %", "cycles/packet", "mean burst",
                           "handoff 0 to 1 for right: ", "the driver copies nothing"})
    EXPECT_NE(ended.out.find(word), std::string::npos) << word << "\n" << ended.out;
  for (size_t at = ended.out.find("forwarding;"), end; at < ended.out.size(); at = end + 1) {
    end = std::min(ended.out.find('\n', at), ended.out.size());
    std::string text = ended.out.substr(at, end - at);
    EXPECT_TRUE(text.find("forwarding;") == 0 || text.size() <= 80) << text;
  }
}

// 1,200 frames at 1,000 a second, and then nothing: a line for each second, with its own rate.
TEST_F(Run, TheRatesShownAddUpToTheCounters)
{
  std::string capture = dir / "one.pcap";
  write_frames(capture, numbered_frames(1200));
  Process process(line(wire_yaml("replay,file=" + capture + ",rate=1kpps", "net_null1,no-rx=1",
                                 prefix, memory_yaml()),
                       {"--watch"}));
  Telemetry client(telemetry_path(prefix));
  ASSERT_TRUE(client.ready());
  double sum = 0, last = 0, end = 0;
  for (double late = monotonic() + 30; end < 4 && monotonic() < late; rest(0.01)) {
    Json info = client.get("/platter/info");
    Json port = client.get("/platter/port,left");
    end = info["rates_end_seconds"].real();
    if (end == last || client.get("/platter/info").dump() != info.dump())
      continue; // the same rates, or no longer those
    sum += port["received_pps"].real() * info["rates_span_seconds"].real();
    last = end;
  }
  EXPECT_NEAR(sum, 1200, 12) << "packets by rates and spans";
  process.signal(SIGTERM);
  Ended ended = process.wait(10);
  EXPECT_EQ(ended.status, OK) << ended.err;
  double shown = 0;
  unsigned lines = 0;
  for (size_t at = ended.out.find("workers busy, %"), stop; at < ended.out.size(); at = stop + 1) {
    stop = std::min(ended.out.find('\n', at), ended.out.size());
    std::string text = ended.out.substr(at, stop - at), unit;
    unsigned minutes, seconds;
    double rate;
    char letter = ' ';
    if (sscanf(text.c_str(), "%u:%u %lf %c", &minutes, &seconds, &rate, &letter) < 3)
      continue;
    shown += letter == 'k' ? 1000 * rate : rate;
    lines++;
  }
  EXPECT_GE(lines, 3u) << ended.out;
  EXPECT_NEAR(shown, 1200, 240) << ended.out; // a busy machine's seconds are not all of one length
}

// As it is printed, wherever the socket is, and from another user's surroundings.
TEST_F(Run, TheCommandThatLooksInsideWorksAsPrinted)
{
  for (bool service : {false, true}) {
    Surroundings around;
    if (service)
      around.set = {"RUNTIME_DIRECTORY=" + dir.path()};
    Process process(line(null_yaml(prefix, memory_yaml())), around);
    ASSERT_TRUE(process.prints("looks inside\n"));
    std::string out = process.out(), start = "Ctrl-C stops; `";
    size_t at = out.find(start) + start.size();
    std::string command = out.substr(at, out.find('`', at) - at);
    Ended list = Process({"sh", "-c", command}).wait();
    EXPECT_EQ(list.status, OK) << command << list.err;
    EXPECT_NE(list.out.find("\"/platter/ports\""), std::string::npos) << list.out;
    Ended two = Process({"sh", "-c", command + " /platter/info /platter/port,left"}).wait();
    EXPECT_EQ(two.status, OK) << two.err;
    EXPECT_NE(two.out.find("\"prefix\": \"" + prefix + "\""), std::string::npos) << two.out;
    EXPECT_NE(two.out.find("\"driver\": \"net_null\""), std::string::npos) << two.out;
    expect_refusal(Process({"sh", "-c", command + " /platter/port,lift"}).wait(), FAILED,
                   "/platter/port,lift: no port of this name");
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(10).status, OK);
    expect_refusal(Process({"sh", "-c", command}).wait(), FAILED, "nobody answers");
  }
}
