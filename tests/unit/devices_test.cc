// SPDX-License-Identifier: BSD-3-Clause
// Devices that cannot have been meant so, each with its place and the form that works.
#include <cstring>

#include <gtest/gtest.h>

#include "ports/device/check.h"

namespace
{
const struct config_kind KINDS[] = {{"wire", 2, 2}};

// What is said of a wire between two devices; "" where nothing is.
std::string said(const std::string &a, const std::string &b)
{
  std::string yaml = "ports:\n  a: {device: \"" + a + "\"}\n  b: {device: \"" + b +
                     "\"}\nforward: [{wire: [a, b]}]\n",
              text;
  struct config_errors errors = {};
  struct config *config = config_parse("lab.yaml", yaml.c_str(), yaml.size(), KINDS, 1, &errors);
  if (config != nullptr)
    devices_check(config, &errors);
  for (size_t i = 0; i < errors.count; i++)
    text += std::to_string(errors.error[i].place.line) + ":" +
            std::to_string(errors.error[i].place.column) + ": " + errors.error[i].text + "\n";
  config_free(config);
  config_errors_free(&errors);
  return text;
}

TEST(Devices, GoodOnesAreLetBe)
{
  for (const char *device :
       {"net_af_packet0,iface=veth0", "net_af_packet0,iface=fifteen_letters", "net_tap0",
        "net_tap0,iface=tap0", "net_af_xdp0,start_queue=0,iface=e", "0000:03:00.0", "net_mvpp2",
        "net_pcap0,iface=eth0", "net_vhost0,iface=/run/a/long/way/to/the/socket.sock"})
    EXPECT_EQ(said(device, "net_null0"), "") << device;
  EXPECT_EQ(said("net_af_packet0,iface=a", "net_af_packet1,iface=b"), "");
}

TEST(Devices, DriversThatAreNearlyThere)
{
  EXPECT_EQ(said("net_null0", "net_afpacket0,iface=eth0"),
            "3:15: ports.b.device: DPDK has no driver 'net_afpacket'; did you mean "
            "'net_af_packet0,iface=eth0'?\n");
  EXPECT_EQ(said("net_nul0", "net_null0"),
            "2:15: ports.a.device: DPDK has no driver 'net_nul'; did you mean 'net_null0'?\n");
}

TEST(Devices, AnInterfaceInPlaceOfADevice)
{
  EXPECT_EQ(said("eth0", "net_null0"),
            "2:15: ports.a.device: expected a PCI address (0000:03:00.0), a virtual device "
            "(net_...) or replay,file=..., found 'eth0'; the kernel's interface of that name would "
            "be 'net_af_packet0,iface=eth0'\n");
}

TEST(Devices, WithoutTheirInterface)
{
  for (const char *driver : {"net_af_packet0", "net_af_xdp0"})
    for (std::string rest : {"", ",iface=", ",qpairs=1"})
      EXPECT_EQ(said(driver + rest, "net_null0"),
                "2:15: ports.a.device: expected the kernel's interface by iface=, as in '" +
                    std::string(driver) + ",iface=eth0'\n");
  EXPECT_EQ(said("net_af_packet0,qpairs=1,ifcae=eth0", "net_null0"),
            "2:15: ports.a.device: expected the kernel's interface by iface=, found 'ifcae', as in "
            "'net_af_packet0,iface=eth0'\n");
}

TEST(Devices, NamesThatTheKernelWouldCut)
{
  for (const char *driver : {"net_tap0", "net_af_packet0"})
    EXPECT_EQ(said(driver + std::string(",iface=sixteen__letters"), "net_null0"),
              "2:15: ports.a.device: iface: an interface's name has at most 15 characters, found "
              "'sixteen__letters'\n");
}

TEST(Devices, TwoOnOneInterface)
{
  for (const char *second : {"net_af_packet1,iface=eth0", "net_af_xdp1,iface=eth0",
                             "net_pcap1,iface=eth0", "net_tap1,iface=eth0"})
    EXPECT_EQ(said("net_af_packet0,iface=eth0", second),
              "3:15: ports.b.device: expected an interface of its own, found 'eth0', which is that "
              "of port 'a' on line 2 already\n");
}
} // namespace
