// SPDX-License-Identifier: BSD-3-Clause
// Kernels that reach each other through packet sockets on the near ends of their cables.
#include <gtest/gtest.h>

#include "appliance.h"
#include "expect.h"

namespace
{
const std::string port_a = "net_af_packet0,iface=port_a";
const std::string port_b = "net_af_packet1,iface=port_b";
const std::string two_queues = ",qpairs=2";

TEST(AfPacket, PipelineOfTwoWorkers)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  expect_reachable(kernels, 2 << 20);
  EXPECT_EQ(appliance.get("/platter/handoffs")["total"].number(), 2);
  EXPECT_EQ(appliance.get("/platter/copies")["header_rewrite"]["packets"].number(), 0);
  appliance.expect_clean_end();
}

TEST(AfPacket, RunToCompletionOnTwoCores)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, "ports:\n  a: {device: \"" + port_a + two_queues +
                                          "\", rx_queues: 2}\n  b: {device: \"" + port_b +
                                          two_queues +
                                          "\", rx_queues: 2}\nforward: [{wire: [a, b]}]\n"
                                          "workers: {layout: run-to-completion}\n");
  expect_reachable(kernels);
  EXPECT_EQ(appliance.get("/platter/handoffs")["total"].number(), 0) << "nothing crosses";
  EXPECT_EQ(appliance.get("/platter/port,a")["rx_queues"].number(), 2);
  EXPECT_EQ(appliance.get("/platter/port,b")["tx_queues"].number(), 2);
  appliance.expect_clean_end();
}

TEST(AfPacket, RunToCompletionOnOneCore)
{
  Kernels kernels;
  Appliance appliance(
      kernels.middle,
      wire_between(port_a, port_b, "workers: {layout: run-to-completion, cores: [1]}\n"));
  expect_reachable(kernels);
  appliance.expect_clean_end();
}

TEST(AfPacket, TwoQueuesPipelined)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, "ports:\n  a: {device: \"" + port_a + two_queues +
                                          "\", rx_queues: 2}\n  b: {device: \"" + port_b +
                                          "\"}\nforward: [{wire: [a, b]}]\n");
  expect_reachable(kernels);
  appliance.expect_clean_end();
}

TEST(AfPacket, AnInterfaceOfAnotherPlatter)
{
  Kernels kernels;
  Scratch scratch;
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  for (const char *second :
       {"net_af_packet5,iface=port_b", "net_af_xdp0,iface=port_b", "net_pcap0,iface=port_b"}) {
    std::string yaml = wire_between("net_null0", second, "telemetry: {prefix: second}\n");
    Ended ended = Process(platter_line({"run", scratch.write("second.yaml", yaml + memory_yaml())}),
                          kernels.middle.around())
                      .wait();
    expect_refusal(ended, FAILED, "another platter has the interface 'port_b'; stop it");
  }
  EXPECT_TRUE(ping(kernels.a, "10.0.0.2"));
  appliance.expect_clean_end();
}

TEST(AfPacket, Datagrams)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  ASSERT_TRUE(ping(kernels.a, "10.0.0.2"));
  for (size_t size : {1, 18, 512, 1472})
    EXPECT_EQ(echo_datagrams(kernels.a, kernels.b, "10.0.0.2", 20, size), 20u) << size;
  EXPECT_EQ(echo_datagrams(kernels.b, kernels.a, "fd00::1", 5, 4000), 5u) << "in fragments";
  appliance.expect_clean_end();
}

// What a frame of the ring holds beyond 1500 bytes of payload; jumbo frames are more than DPDK
// 22.11 lets an af_packet port have.
TEST(AfPacket, FramesUpToThePayloadOfARingFrame)
{
  Kernels kernels;
  for (const Namespace *kernel : {&kernels.a, &kernels.b})
    kernel->run("ip link set eth0 mtu 1900");
  kernels.middle.run("ip link set port_a mtu 1900; ip link set port_b mtu 1900");
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  EXPECT_TRUE(ping(kernels.a, "10.0.0.2", 5, 1872, "-M do"));
  EXPECT_EQ(transfer(kernels.a, kernels.b, "10.0.0.2", 1 << 20), "");
  appliance.expect_clean_end();
}

TEST(AfPacket, TerminatedInTheMiddleOfATransfer)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  ASSERT_TRUE(ping(kernels.a, "10.0.0.2"));
  Process flood({"ping", "-q", "-f", "10.0.0.2"}, kernels.a.around());
  ASSERT_TRUE(
      eventually([&] { return appliance.get("/platter/port,a")["received"].number() > 1000; }));
  appliance.expect_clean_end();
}
} // namespace
