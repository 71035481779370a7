// SPDX-License-Identifier: BSD-3-Clause
// `platter-bench throughput`, the real one, with platter between its ports, and with the kernel:
// that it counts what is so, and leaves nothing behind however it ends. How fast it goes, and
// whether trials are valid, is the machine's affair.
#include <csignal>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "expect.h"
#include "json.h"
#include "netns.h"
#include "process.h"
#include "scratch.h"

namespace
{

const std::vector<std::string> SHORT = {"--trial",  "0.05", "--wait",  "0.03",
                                        "--repeat", "1",    "--short", "50"};

std::vector<std::string> line(const std::vector<std::string> &arguments)
{
  std::vector<std::string> words = {getenv("PLATTER_BENCH"), "throughput"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Ended bench(std::vector<std::string> arguments, const Surroundings &around = {})
{
  arguments.insert(arguments.end(), SHORT.begin(), SHORT.end());
  return Process(line(arguments), around).wait(120);
}

// Which only the test at hand uses: what stays there was left behind.
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

private:
  Scratch directory_;
};

std::set<std::string> sockets()
{
  std::set<std::string> found;
  for (const std::string &name : list_directory("/tmp"))
    if (name.find("platter-bench-") == 0)
      found.insert(name);
  return found;
}

// Every trial through the device, each frame accounted for.
std::vector<Json> trials(const Json &report)
{
  std::vector<Json> found;
  Json points = report["points"];
  for (size_t i = 0; i < points.size(); i++) {
    Json point = points.at(i);
    EXPECT_EQ(point["sent"].number() + point["refused"].number(),
              point["received"].number() + point["lost"].number() + point["corrupted"].number());
    EXPECT_EQ(point["duplicates"].number(), 0);
    EXPECT_EQ(point["corrupted"].number(), 0);
    if (point["what"].text().find("instrument") == std::string::npos)
      found.push_back(point);
    else
      EXPECT_EQ(point["lost"].number(), 0) << "the instrument by itself";
  }
  return found;
}

int64_t sum(const std::vector<Json> &trials, const std::string &key)
{
  int64_t sum = 0;
  for (const Json &trial : trials)
    sum += trial[key].number();
  return sum;
}

bool has(const Json &list, const std::string &text)
{
  for (size_t i = 0; i < list.size(); i++)
    if (list.at(i).text().find(text) != std::string::npos)
      return true;
  return false;
}

// Until other programs left it alone for long enough: a trial of 50 ms may pass with the instrument
// or the device off its core, and then nothing comes through, or too late to be of its trial, or no
// trial is valid.
Ended bench_left_alone(const std::vector<std::string> &arguments, const std::string &file,
                       size_t measured, const Surroundings &around = {})
{
  Ended ended;
  for (unsigned attempt = 0; attempt < 5; attempt++) {
    ended = bench(arguments, around);
    if (ended.status != OK)
      return ended;
    Json report = Json::parse(read_file(file));
    size_t full = 0;
    for (size_t i = 0; i < report["figures"].size(); i++)
      full += report["figures"].at(i)["what"].text() == "full speed" &&
              report["figures"].at(i)["value"].real() > 0;
    std::vector<Json> all = trials(report);
    if (full >= measured && sum(all, "sent") > 1000 && sum(all, "earlier") == 0 &&
        !has(report["conclusions"], " is not known"))
      return ended;
  }
  return ended;
}

TEST(Throughput, PlatterItselfLosesNothing)
{
  Scratch dir;
  Runtime runtime;
  std::string file = dir / "report.json", page = dir / "report.html";
  Ended ended = bench({"--sizes", "64,1518,9000,imix", "--loads", "20k", "--vlan", "7",
                       "--networks", "256", "--json", file, "--html", page},
                      runtime.around());
  // 64 bytes with a tag are too short; the next test has them without.
  EXPECT_EQ(ended.status, USAGE) << ended.err;
  EXPECT_NE(ended.err.find("68 have"), std::string::npos) << ended.err;
  ended = bench_left_alone({"--sizes", "68,9000,imix:bcg", "--loads", "20k", "--vlan", "7",
                            "--networks", "256", "--json", file, "--html", page},
                           file, 3, runtime.around());
  ASSERT_EQ(ended.status, OK) << ended.err << ended.out;
  Json report = Json::parse(read_file(file));
  std::vector<Json> all = trials(report);
  ASSERT_GE(all.size(), 6u);
  EXPECT_GT(sum(all, "received"), 1000);
  EXPECT_EQ(sum(all, "lost"), sum(all, "refused")) << "what was taken in came back";
  EXPECT_EQ(sum(all, "reordered") + sum(all, "foreign"), 0);
  EXPECT_TRUE(has(report["conclusions"], "came through"));
  EXPECT_NE(report["configuration"].text().find("wire"), std::string::npos);
  EXPECT_GT(std::filesystem::file_size(page), 10000u);
  EXPECT_EQ(runtime.files(), std::set<std::string>());
  EXPECT_EQ(sockets(), std::set<std::string>());
}

// A device of known behaviour: its rule drops one in ten, to the frame.
TEST(Throughput, WhatPlatterDropsIsLost)
{
  Scratch dir;
  std::string file = dir / "report.json";
  std::string config =
      dir.write("lossy.yaml", "ports:\n"
                              "  in:  { device: net_null0 }\n"
                              "  out: { device: net_null1 }\n"
                              "forward: [wire: [in, out]]\n"
                              "rules:\n"
                              "  - { from: [in], match: \"\", sample: 10, drop: true }\n");
  Ended ended =
      bench({"--self", config, "--sizes", "64,128", "--ipv6", "--loads", "20k", "--json", file});
  EXPECT_EQ(ended.status, USAGE) << "IPv6 has no room in 64 bytes";
  ended = bench_left_alone(
      {"--self", config, "--sizes", "84,256", "--ipv6", "--loads", "20k", "--json", file}, file, 2);
  ASSERT_EQ(ended.status, OK) << ended.err;
  std::vector<Json> all = trials(Json::parse(read_file(file)));
  int64_t sent = sum(all, "sent"), dropped = sum(all, "lost") - sum(all, "refused");
  EXPECT_GT(sent, 1000);
  EXPECT_NEAR(double(dropped), sent / 10.0, 1);

  // A search finds no load without loss, and one for those who put up with it.
  ended = bench_left_alone({"--self", config, "--sizes", "256", "--goal",
                            "lossless:trial=0.02:sum=0.04", "--goal",
                            "leaky:trial=0.02:sum=0.04:loss=30:width=45", "--curve", "--json", file,
                            "--csv", dir / "figures.csv"},
                           file, 1);
  ASSERT_EQ(ended.status, OK) << ended.err;
  Json report = Json::parse(read_file(file));
  EXPECT_TRUE(has(report["conclusions"], "lossless: missed at the least load too")) << ended.out;
  EXPECT_TRUE(has(report["conclusions"], "leaky is")) << ended.out;
  EXPECT_FALSE(has(report["conclusions"], "RFC 2544")) << ended.out;
  EXPECT_TRUE(has(report["about"], "no RFC 2544 throughput")) << ended.out;
  EXPECT_TRUE(has(report["warnings"], "Each search ran once")) << ended.out;
  EXPECT_TRUE(has(report["warnings"], "the loss curve does not end")) << ended.out;
  EXPECT_NE(read_file(dir / "figures.csv").find("\n\"256 bytes\",\"full speed\",\"frames/s\","),
            std::string::npos);
  Process compare({getenv("PLATTER_BENCH"), "compare", file, file});
  ended = compare.wait(30);
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.out.find(" 0 differ by more than their spread"), std::string::npos) << ended.out;
  Process nothing({getenv("PLATTER_BENCH"), "compare", file, config});
  ended = nothing.wait(30);
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(ended.err.find("lossy.yaml"), std::string::npos) << ended.err;
  // Its loads are shares of what was found, with the tenth that is lost.
  double leaky = 0;
  for (const Json &trial : trials(report))
    if (trial["what"].text() == "load") {
      EXPECT_GT(trial["asked"].real(), leaky);
      leaky = trial["asked"].real();
    }
  EXPECT_GT(leaky, 0) << ended.out;
}

TEST(Throughput, ADeadDeviceCarriesNothing)
{
  Scratch dir;
  std::string file = dir / "report.json";
  std::string config = dir.write("dead.yaml", "ports:\n"
                                              "  in:  { device: net_null0 }\n"
                                              "  out: { device: net_null1 }\n"
                                              "forward: [sink: [in], sink: [out]]\n");
  Ended ended = bench_left_alone({"--self", config, "--sizes", "64", "--goal",
                                  "any:trial=0.02:sum=0.02:loss=40:width=45", "--json", file},
                                 file, 0);
  ASSERT_EQ(ended.status, OK) << ended.err;
  Json report = Json::parse(read_file(file));
  EXPECT_EQ(sum(trials(report), "received"), 0);
  EXPECT_TRUE(has(report["conclusions"], "any: missed at the least load too")) << ended.out;
}

// platter in this program's process, and platter as a command starts it.
TEST(Throughput, ForwardersTakeTurns)
{
  Scratch dir;
  std::string file = dir / "report.json";
  std::string script =
      dir.write("other", "cat >\"$3\" <<END\n"
                         "ports:\n"
                         "  in:  { device: \"net_memif0,role=server,id=0,socket-abstract=no,"
                         "socket=$1\" }\n"
                         "  out: { device: \"net_memif1,role=server,id=0,socket-abstract=no,"
                         "socket=$2\" }\n"
                         "forward: [wire: [in, out]]\n"
                         "telemetry: { prefix: bench-dut-other }\n"
                         "END\n"
                         "exec \"$PLATTER\" run \"$3\"\n");
  Ended ended = bench_left_alone({"--dut", "platter", "--dut",
                                  "sh " + script + " {in} {out} " + (dir / "other.yaml"), "--sizes",
                                  "64", "--loads", "20k", "--goal",
                                  "any:trial=0.02:sum=0.02:loss=40:width=45", "--json", file},
                                 file, 2);
  ASSERT_EQ(ended.status, OK) << ended.err << ended.out;
  Json report = Json::parse(read_file(file));
  std::vector<Json> all = trials(report);
  EXPECT_GT(sum(all, "received"), 100);
  EXPECT_EQ(sum(all, "lost"), sum(all, "refused")) << "what was taken in came back";
  std::set<std::string> of;
  for (size_t i = 0; i < report["figures"].size(); i++)
    of.insert(report["figures"].at(i)["of"].text());
  EXPECT_EQ(of, (std::set<std::string>{"64 bytes, platter", "64 bytes, sh"}));
  EXPECT_TRUE(has(report["conclusions"], "any of platter")) << ended.out;
  EXPECT_TRUE(has(report["about"], "They take turns")) << ended.out;
  EXPECT_EQ(sockets(), std::set<std::string>());

  ended = bench({"--dut", "echo no such device {in} {out}"});
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(ended.err.find("echo: no such device /tmp/"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("echo ended before it had made the memif sockets"), std::string::npos)
      << ended.err;
  EXPECT_EQ(sockets(), std::set<std::string>());
}

// By way of the kernel.
TEST(Throughput, BetweenTwoInterfaces)
{
  Scratch dir;
  Namespace here;
  std::string file = dir / "report.json";
  here.run("ip link add va type veth peer name vb; ip link set va up; ip link set vb up");
  const std::vector<std::string> devices = {"--tx", "net_af_packet0,iface=va", "--rx",
                                            "net_af_packet1,iface=vb"};
  std::vector<std::string> words = devices;
  words.insert(words.end(), {"--sizes", "64,1518", "--loads", "10k", "--json", file});
  Ended ended = bench(words, here.around());
  ASSERT_EQ(ended.status, OK) << ended.err;
  Json report = Json::parse(read_file(file));
  int64_t received = 0;
  for (const Json &trial : trials(report))
    received += trial["received"].number();
  EXPECT_GT(received, 100);

  here.run("ip addr add 192.0.2.1/24 dev vb; ip route add default via 192.0.2.2");
  ended = bench(devices, here.around());
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(ended.err.find("'vb' carries the default route"), std::string::npos) << ended.err;
  here.run("ip route del default; ip -6 addr add 2001:db8::1/64 dev va nodad; "
           "ip -6 route add default via 2001:db8::2 dev va");
  ended = bench(devices, here.around());
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(ended.err.find("'va' carries the default route"), std::string::npos) << ended.err;
}

TEST(Throughput, InterruptedItKeepsWhatItHas)
{
  Runtime runtime;
  Scratch dir;
  std::string file = dir / "report.json";
  Process process(line({"--sizes", "64", "--trial", "0.1", "--repeat", "1", "--json", file}),
                  runtime.around());
  ASSERT_TRUE(eventually([&] { return runtime.files().size() >= 2; }, 30)) << process.err();
  rest(2);
  process.signal(SIGINT);
  Ended ended = process.wait(30);
  EXPECT_EQ(ended.status, FAILED) << ended.err;
  EXPECT_NE(ended.out.find("Interrupted: what stands here was measured until then"),
            std::string::npos)
      << ended.out << ended.err;
  Json report = Json::parse(read_file(file));
  EXPECT_GT(report["points"].size(), 0u);
  EXPECT_EQ(runtime.files(), std::set<std::string>());
  EXPECT_EQ(sockets(), std::set<std::string>());
}

TEST(Throughput, MistakesAreNamed)
{
  const struct {
    std::vector<std::string> arguments;
    int status;
    std::string says;
  } mistakes[] = {
      {{"--tx", "net_null0"}, USAGE, "--tx and --rx belong together"},
      {{"--sizes", "63"}, USAGE, "found '63'"},
      {{"--sizes", "imix:axz"}, USAGE, "found 'imix:axz'"},
      {{"--loads", "10x"}, USAGE, "found '10x'"},
      {{"--loads", "110%"}, USAGE, "found '110%'"},
      {{"--dut", "dpdk-testpmd {in}"}, USAGE, "a command with {in} and {out}"},
      {{"--goal", "nrd"}, USAGE, "found 'nrd'"},
      {{"--goal", "x:loss=1"}, USAGE, "the width must be at least the loss"},
      {{"--self", "/nowhere.yaml"}, FAILED, "/nowhere.yaml"},
      {{"--tx", "net_nothing0", "--rx", "net_null0"}, FAILED, "no driver 'net_nothing'"},
      {{"--json", "/nowhere/r.json"}, FAILED, "cannot write /nowhere/r.json"},
  };
  for (const auto &mistake : mistakes) {
    Ended ended = bench(mistake.arguments);
    EXPECT_EQ(ended.status, mistake.status) << mistake.says;
    EXPECT_NE(ended.err.find(mistake.says), std::string::npos) << ended.err;
  }
}

} // namespace
