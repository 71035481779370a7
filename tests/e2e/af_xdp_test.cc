// SPDX-License-Identifier: BSD-3-Clause
// Kernels that reach each other through AF_XDP sockets on the near ends of their cables. A veth
// pair gives the kernel's generic mode, which copies below the driver.
#include <gtest/gtest.h>

#include "appliance.h"

namespace
{
const std::string port_a = "net_af_xdp0,iface=port_a";
const std::string port_b = "net_af_xdp1,iface=port_b";

TEST(AfXdp, PipelineOfTwoWorkers)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  expect_reachable(kernels, 2 << 20);
  Ended ended = appliance.expect_clean_end();
  // The driver never gives the mbufs of its fill rings back; one more missing would not close.
  EXPECT_NE(ended.out.find(": of them 4096 that a driver took at start and keeps\n"),
            std::string::npos)
      << ended.out;
  EXPECT_EQ(kernels.middle.run("ip link show dev port_a").find("xdp"), std::string::npos)
      << "the program is off the interface again";
}

TEST(AfXdp, RunToCompletionOnOneCore)
{
  Kernels kernels;
  Appliance appliance(
      kernels.middle,
      wire_between(port_a, port_b, "workers: {layout: run-to-completion, cores: [0]}\n"));
  expect_reachable(kernels);
  appliance.expect_clean_end();
}

TEST(AfXdp, WiredToAPacketSocket)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, wire_between(port_a, "net_af_packet1,iface=port_b"));
  expect_reachable(kernels);
  EXPECT_EQ(echo_datagrams(kernels.a, kernels.b, "fd00::2", 20, 1400), 20u);
  appliance.expect_clean_end();
}

// A transmit ring that is full when platter ends: its mbufs come back only as the kernel sends.
TEST(AfXdp, FullRingAtTheEnd)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, wire_between("net_null0,size=64", port_b));
  rest(0.7);
  EXPECT_GT(appliance.get("/platter/port,b")["transmitted"].number(), 0);
  appliance.expect_clean_end();
}
} // namespace
