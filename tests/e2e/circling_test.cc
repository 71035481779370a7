// SPDX-License-Identifier: BSD-3-Clause
// Two ports on one cable: what comes in goes round. It is noticed and said, and a bridge bounds it.
#include <gtest/gtest.h>

#include "appliance.h"

namespace
{
const std::string said = "the same frames come in again and again";

double circling(const Appliance &appliance)
{
  double seconds = 0;
  for (const char *port : {"a", "b"})
    seconds += appliance.get(std::string("/platter/port,") + port)["circling_seconds"].number();
  return seconds;
}

// One broadcast, by the address resolution of a kernel.
void broadcast(const Namespace &from, const std::string &interface)
{
  from.run("ip addr add 10.9.0.1/24 dev " + interface +
           "; ping -c 1 -W 1 10.9.0.9 >/dev/null || true");
}

TEST(Circling, TwoPortsOfAWireOnOneCable)
{
  Namespace middle;
  connect(middle, "port_a", middle, "port_b");
  Appliance appliance(middle,
                      wire_between("net_af_packet0,iface=port_a", "net_af_packet1,iface=port_b"));
  broadcast(middle, "port_a");
  EXPECT_TRUE(eventually([&] { return circling(appliance) > 0; }));
  Ended ended = appliance.expect_clean_end();
  EXPECT_NE(ended.err.find(said), std::string::npos) << ended.err;
  EXPECT_NE(ended.out.find("seconds the same frames came in again and again"), std::string::npos)
      << ended.out;
}

TEST(Circling, TrafficThatDoesNotGoRoundIsNotSaidTo)
{
  Kernels kernels;
  Appliance appliance(kernels.middle,
                      wire_between("net_af_packet0,iface=port_a", "net_af_packet1,iface=port_b"));
  for (unsigned round = 0; round < 3; round++)
    expect_reachable(kernels, 4 << 20);
  EXPECT_EQ(circling(appliance), 0);
  Ended ended = appliance.expect_clean_end();
  EXPECT_EQ(ended.err.find(said), std::string::npos) << ended.err;
}

// A third port must not be flooded with the broadcasts that circle between two. Without IPv6, whose
// multicasts would circle beside them and have no limit.
TEST(Circling, TwoPortsOfABridgeOnOneCable)
{
  Namespace middle, other;
  for (const Namespace *kernel : {&middle, &other})
    kernel->run("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; "
                "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
  connect(middle, "port_a", middle, "port_b");
  connect(middle, "port_c", other, "eth0");
  Appliance appliance(middle, "ports:\n  a: {device: \"net_af_packet0,iface=port_a\"}\n"
                              "  b: {device: \"net_af_packet1,iface=port_b\"}\n"
                              "  c: {device: \"net_af_packet2,iface=port_c\"}\n"
                              "forward: [{bridge: [a, b, c]}]\n");
  broadcast(other, "eth0");
  auto storms = [&] {
    double n = 0;
    for (const char *port : {"a", "b"})
      n += appliance.get(std::string("/platter/port,") + port)["drops"]["storm"].number();
    return n;
  };
  EXPECT_TRUE(eventually([&] { return storms() > 0; }));
  appliance.expect_clean_end();
}
} // namespace
