// SPDX-License-Identifier: BSD-3-Clause
// A tap port: platter makes the interface, which then moves to a kernel that uses it like a NIC.
#include <gtest/gtest.h>

#include "appliance.h"

namespace
{
// The driver follows its interface by name in platter's own namespace, so what it says of the link
// of one that moved away is not looked at here; its frames find their way all the same.
void move(const Kernels &kernels, const std::string &tap, const Namespace &to, int number)
{
  to.run("ip link del eth0");
  kernels.middle.run("ip link set " + tap + " netns " + to.path());
  give_addresses(to, number, tap);
}

TEST(Tap, ToAPacketSocket)
{
  Kernels kernels;
  Appliance appliance(kernels.middle,
                      wire_between("net_tap0,iface=tap_a", "net_af_packet0,iface=port_b"));
  move(kernels, "tap_a", kernels.a, 1);
  expect_reachable(kernels);
  appliance.expect_clean_end();
  EXPECT_EQ(kernels.a.run("ip link").find("tap_a"), std::string::npos) << "gone with platter";
}

TEST(Tap, ToATapOnOneCore)
{
  Kernels kernels;
  Appliance appliance(kernels.middle,
                      wire_between("net_tap0,iface=tap_a", "net_tap1,iface=tap_b",
                                   "workers: {layout: run-to-completion, cores: [1]}\n"));
  move(kernels, "tap_a", kernels.a, 1);
  move(kernels, "tap_b", kernels.b, 2);
  expect_reachable(kernels);
  appliance.expect_clean_end();
}

// Left in platter's namespace, the interface's state is the port's.
TEST(Tap, ItsInterfaceGoesDownAndUp)
{
  Kernels kernels;
  Appliance appliance(kernels.middle,
                      wire_between("net_tap0,iface=tap_a", "net_af_packet0,iface=port_b"));
  auto link = [&] { return appliance.get("/platter/port,a")["link"].text(); };
  EXPECT_TRUE(eventually([&] { return link() == "up"; }, 2));
  kernels.middle.run("ip link set tap_a down");
  EXPECT_TRUE(eventually([&] { return link() == "down"; }, 2));
  kernels.middle.run("ip link set tap_a up");
  EXPECT_TRUE(eventually([&] { return link() == "up"; }, 2));
  appliance.expect_clean_end();
}
} // namespace
