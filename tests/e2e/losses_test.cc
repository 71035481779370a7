// SPDX-License-Identifier: BSD-3-Clause
// Frames that a device loses before platter polls: counted, or said not to be, and never 0.
#include <gtest/gtest.h>

#include <csignal>

#include "appliance.h"
#include "expect.h"
#include "raw_port.h"
#include "telemetry.h"

namespace
{
// Sends while platter stands still; the kernel may say that there is no room.
void send_unheard(Appliance &appliance, const RawPort &from, unsigned count)
{
  const pid_t pid = appliance.process().pid();
  kill(pid, SIGSTOP);
  for (const std::string &frame : numbered_frames(count, 100)) {
    try {
      from.send(frame);
    } catch (const std::runtime_error &) {
    }
  }
  kill(pid, SIGCONT);
}

void expect_all_counted(const Appliance &appliance, const std::string &port, double sent)
{
  Json p;
  EXPECT_TRUE(eventually([&] {
    p = appliance.get("/platter/port," + port);
    return p["received"].number() + p["nic_missed"].number() == sent;
  })) << p["received"].number()
      << " and " << p["nic_missed"].number();
  EXPECT_GT(p["nic_missed"].number(), 0);
  EXPECT_EQ(appliance.get("/platter/ports")[port]["nic_drop"].number(), p["nic_missed"].number());
}

TEST(Losses, AfPacketsRing)
{
  Kernels kernels;
  kernels.a.run("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6");
  Appliance appliance(kernels.middle, "ports: {a: {device: \"net_af_packet0,iface=port_a\"}}\n"
                                      "forward: [{sink: [a]}]\n");
  RawPort a(kernels.a, "eth0", "");
  double before = appliance.get("/platter/port,a")["received"].number();
  for (unsigned round = 1; round <= 2; round++) {
    send_unheard(appliance, a, 3000);
    expect_all_counted(appliance, "a", before + 3000 * round);
  }
  appliance.expect_clean_end();
}

TEST(Losses, TapsQueue)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, "ports: {a: {device: \"net_tap0,iface=tap_a\"}}\n"
                                      "forward: [{sink: [a]}]\n");
  ASSERT_TRUE(eventually(
      [&] { return appliance.get("/platter/port,a")["link"].text() == std::string("up"); }));
  RawPort tap(kernels.middle, "tap_a", "");
  double before = appliance.get("/platter/port,a")["received"].number();
  send_unheard(appliance, tap, 3000);
  expect_all_counted(appliance, "a", before + 3000);
  kernels.middle.run("ip link set tap_a netns " + kernels.a.path());
  EXPECT_TRUE(eventually([&] { return appliance.get("/platter/port,a")["nic_missed"].is_null(); }))
      << "nobody there can be asked";
  appliance.expect_clean_end();
}

// memif's peer drops what finds no room, and tells nobody.
TEST(Losses, MemifsAreNotCounted)
{
  std::string prefix = unique_prefix("losses");
  Scratch dir;
  std::string file = dir.write(
      "c.yaml", "ports: {a: {device: \"net_memif0,role=server,socket=" + dir / "s" +
                    ",socket-abstract=no\"}}\nforward: [{sink: [a]}]\nmemory: {hugepages: off}\n"
                    "telemetry: {prefix: " +
                    prefix + "}\n");
  Ended ended = platter({"run", file, "--duration", "0.3"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.out.find("  not counted\n"), std::string::npos) << ended.out;
  ended = platter({"run", file, "--duration", "0.3", "--json"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_TRUE(Json::parse(ended.out)["ports"]["a"]["nic_missed"].is_null()) << ended.out;
  Process process(platter_line({"run", file}));
  ASSERT_TRUE(process.prints("forwarding;", 30));
  Telemetry telemetry(telemetry_path(prefix));
  EXPECT_TRUE(telemetry.get("/platter/port,a")["nic_missed"].is_null());
  EXPECT_TRUE(telemetry.get("/platter/ports")["a"]["nic_drop"].is_null());
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(20).status, OK);
}
} // namespace
