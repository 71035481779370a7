// SPDX-License-Identifier: BSD-3-Clause
// As the user nobody, with no privileges at all: virtual devices work.
#include <csignal>
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
class Unprivileged : public testing::Test
{
protected:
  void SetUp() override
  {
    ASSERT_EQ(mkdir((dir / "run").c_str(), 0777), 0);
    chmod((dir / "run").c_str(), 0777);
    with.nobody = without.nobody = true;
    with.set = {"XDG_RUNTIME_DIR=" + dir / "run"};
    without.unset = {"XDG_RUNTIME_DIR", "RUNTIME_DIRECTORY", "HOME"};
  }
  void TearDown() override
  {
    EXPECT_EQ(before.now(), "");
  }

  Scratch dir;
  std::string prefix = unique_prefix("nobody");
  Surroundings with, without; // XDG_RUNTIME_DIR
  Leftovers before{prefix};
};
} // namespace

TEST_F(Unprivileged, RunsOnNullDevices)
{
  std::string config = dir.write("c.yaml", null_yaml(prefix));
  for (const Surroundings &around : {with, without}) {
    Ended ended = platter({"run", "--duration", "0.3", "--json", config}, around);
    EXPECT_EQ(ended.status, OK) << ended.err;
    EXPECT_EQ(ended.err, "");
    EXPECT_GT(expect_closed(ended)["accounting"]["transmitted"].number(), 0);
    EXPECT_EQ(list_directory(dir / "run/dpdk").size(), 0u);
  }
}

TEST_F(Unprivileged, RunsOnCaptures)
{
  write_frames(dir / "in.pcap", numbered_frames(1000, 200));
  std::string config = dir.write(
      "c.yaml", wire_yaml("net_pcap0,rx_pcap=" + dir / "in.pcap", "net_null1,no-rx=1", prefix));
  Ended ended = platter({"run", "--duration", "0.3", "--json", config}, with);
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(expect_closed(ended)["ports"]["right"]["transmitted"].number(), 1000);
}

TEST_F(Unprivileged, Replays)
{
  std::string config = dir.write("c.yaml", wire_yaml("0000:fe:00.0", "0000:fe:00.1", prefix));
  std::string capture = source_path("pcaps/imix.pcap");
  std::string copy = dir.write("in.pcap", read_file(capture));
  for (const Surroundings &around : {with, without}) {
    Ended ended =
        platter({"replay", config, "left=" + copy, "--out", dir / "out", "--json"}, around);
    EXPECT_EQ(ended.status, OK) << ended.err;
    expect_closed(ended);
    EXPECT_TRUE(read_frames(dir / "out/right.pcap") == read_frames(capture));
  }
}

// The default asks for hugepages, which nobody may have: ordinary pages, and a line that says so.
TEST_F(Unprivileged, WithoutAWordAboutMemory)
{
  std::string config = dir.write("c.yaml", null_yaml(prefix, ""));
  Ended ended = platter({"run", "--duration", "0.2", "--json", config}, with);
  EXPECT_EQ(ended.status, OK) << ended.err;
  Json summary = expect_closed(ended);
  EXPECT_EQ(summary["info"]["hugepages"].is_true(), ended.err.empty()) << ended.err;
}

TEST_F(Unprivileged, TelemetryIsWhereTheRuntimeDirectoryIs)
{
  std::string config = dir.write("c.yaml", null_yaml(prefix));
  Process process(platter_line({"run", config, "--json"}), with);
  {
    Telemetry client(dir / "run/dpdk/" + prefix + "/dpdk_telemetry.v2");
    ASSERT_TRUE(client.ready());
    EXPECT_EQ(client.get("/platter/info")["pid"].number(), process.pid());
  }
  process.signal(SIGTERM);
  Ended ended = process.wait(10);
  EXPECT_EQ(ended.status, OK) << ended.err;
}

TEST_F(Unprivileged, AServiceManagersDirectoryStays)
{
  with.set = {"RUNTIME_DIRECTORY=" + dir / "run"};
  std::string config = dir.write("c.yaml", null_yaml(prefix));
  Ended ended = platter({"run", "--duration", "0.2", "--json", config}, with);
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(access((dir / "run").c_str(), F_OK), 0);
  EXPECT_TRUE(list_directory(dir / "run/dpdk").empty());
  Process process(platter_line({"run", config, "--json"}), with);
  EXPECT_TRUE(Telemetry(dir / "run/dpdk/" + prefix + "/dpdk_telemetry.v2").ready());
  expect_refusal(platter({"run", config}, with), FAILED, "another platter runs with the prefix");
}

TEST_F(Unprivileged, ARuntimeDirectoryThatOthersCouldChange)
{
  std::string config = dir.write("c.yaml", null_yaml(prefix)), dpdk = dir / "run/dpdk";
  auto refused = [&](const std::string &what) {
    expect_refusal(platter({"run", "--duration", "0.1", config}, with), FAILED, what);
  };
  ASSERT_EQ(mkdir((dir / "elsewhere").c_str(), 0700), 0);
  ASSERT_EQ(symlink((dir / "elsewhere").c_str(), dpdk.c_str()), 0);
  refused("the runtime directory " + dpdk + " is a link to somewhere else");
  ASSERT_EQ(unlink(dpdk.c_str()), 0);
  ASSERT_EQ(mkdir(dpdk.c_str(), 0755), 0);
  ASSERT_EQ(chown(dpdk.c_str(), 1, 1), 0);
  refused("the runtime directory " + dpdk + " belongs to user 1, who could change");
  ASSERT_EQ(chown(dpdk.c_str(), 65534, 65534), 0);
  ASSERT_EQ(chmod(dpdk.c_str(), 0777), 0);
  refused("others may write to the runtime directory " + dpdk + ";");
  ASSERT_EQ(chmod(dpdk.c_str(), 0700), 0);
  ASSERT_EQ(symlink((dir / "elsewhere").c_str(), (dpdk + "/" + prefix).c_str()), 0);
  refused("the runtime directory " + dpdk + "/" + prefix + " is a link to somewhere else");
  ASSERT_EQ(unlink((dpdk + "/" + prefix).c_str()), 0);
  EXPECT_TRUE(list_directory(dir / "elsewhere").empty());
  EXPECT_EQ(platter({"run", "--duration", "0.1", config}, with).status, OK);
}

TEST_F(Unprivileged, DevicesThatNeedPrivilegesSaySo)
{
  std::string config =
      dir.write("c.yaml", wire_yaml("net_af_packet0,iface=lo", "net_null1", prefix));
  expect_refusal(platter({"run", config}, with), FAILED,
                 "ports.left.device: 'net_af_packet0,iface=lo': packet sockets need the capability "
                 "CAP_NET_RAW: run as root");
}
