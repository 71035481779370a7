// SPDX-License-Identifier: BSD-3-Clause
// What deploy/host-setup refuses: it says why, and nothing has changed.
#include "host_setup_output.h"

namespace
{
void expect_refused(const MadeUpMachine &machine, const std::vector<std::string> &arguments,
                    const std::string &what, const std::vector<std::string> &environment = {})
{
  auto before = machine.contents();
  Ended ended = machine.setup(arguments, environment);
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(join(ended.err).find(what), std::string::npos) << what << "\n" << ended.err;
  EXPECT_NE(ended.err.find("nothing was changed"), std::string::npos) << ended.err;
  EXPECT_EQ(machine.contents(), before);
}

class HostSetupRefuses : public testing::Test
{
protected:
  HostSetupRefuses()
  {
    machine.nic(intel(A, "eth1", 12));
    machine.nic(intel(B, "eth2", 13));
    machine.pages(0, 0);
  }
  MadeUpMachine machine;
};
} // namespace

TEST_F(HostSetupRefuses, TheDefaultRouteAndTheSession)
{
  machine.nic(intel("0000:05:00.0", "eth5", 15));
  machine.default_route("bond0");
  machine.file("/proc/net/route", machine.text("/proc/net/route") +
                                      "eth2 0002A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0\n");
  machine.link("/sys/class/net/bond0/lower_eth1", "../eth1");
  machine.file("/proc/net/if_inet6", "20010db8000000000000000000000005 05 40 00 80 eth5\n");
  std::vector<std::string> line = {"--apply", "--nic", A};
  expect_refused(machine, line, "it carries the default route (eth1)");
  line.push_back("--force");
  expect_refused(machine, line, "say --force --force");
  std::string v4 = "SSH_CONNECTION=192.168.2.9 50000 192.168.2.1 22";
  std::string v6 = "SSH_CONNECTION=2001:db8::9 50000 2001:db8::5 22";
  expect_refused(machine, {"--apply", "--nic", B}, "it carries this session (eth2)", {v4});
  expect_refused(machine, {"--apply", "--nic", B, "--nic", "0000:05:00.0"},
                 "0000:05:00.0: it carries this session (eth5)", {v6});
  line.push_back("--force");
  EXPECT_EQ(machine.setup(line).status, OK);
  EXPECT_EQ(machine.driver(A), "vfio-pci");
}

TEST_F(HostSetupRefuses, PartOfAGroup)
{
  machine.nic(intel("0000:07:00.0", "eth3", 30));
  machine.nic(intel("0000:07:00.1", "eth4", 30));
  machine.nic({"0000:08:00.0", "15b3:1017", "mlx5_core", "eth5", 0, 31});
  expect_refused(machine, {"--apply", "--nic", "0000:07:00.0"},
                 "its IOMMU group 30 has 0000:07:00.1 (ixgbe), too");
  expect_refused(machine, {"--apply", "--nic", "0000:08:00.0"},
                 "DPDK drives it through the kernel's mlx5_core: use it as it is");
  expect_refused(machine, {"--apply", "--nic", A, "--nic", "0000:0a:00.0"},
                 "0000:0a:00.0: there is no such NIC; those here: 0000:03:00.0");
  Ended ended = machine.setup({"--apply", "--nic", "0000:07:00.0", "--nic", "0000:07:00.1"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(machine.driver("0000:07:00.1"), "vfio-pci");
}

TEST_F(HostSetupRefuses, WithoutAnIommuOnlyWhenAsked)
{
  std::string mode = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode";
  machine.file(mode, "N\n");
  expect_refused(machine, {"--apply", "--no-iommu", "--nic", A}, "this machine has an IOMMU");
  machine.no_iommu();
  expect_refused(machine, {"--apply", "--nic", A}, "there is no IOMMU: switch VT-d");
  expect_refused(machine, {"--apply", "--nic", A, "--no-iommu", "--user", "eve"},
                 "platter must run as root");
  Ended ended = machine.setup({"--apply", "--nic", A, "--no-iommu"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_line(ended, "WARNING: no IOMMU.");
  EXPECT_EQ(machine.text(mode), "Y\n");
  EXPECT_NE(machine.text("/etc/modprobe.d/platter.conf").find("enable_unsafe_noiommu_mode=1"),
            std::string::npos);
  expect_line(machine.setup({}), "advice iommu none, and NICs are used without");
  EXPECT_EQ(machine.setup({"--undo"}).status, OK);
  EXPECT_EQ(machine.text(mode), "N\n");
  EXPECT_FALSE(machine.exists("/etc/modprobe.d"));
}

TEST_F(HostSetupRefuses, WithoutAnIommuAndWithoutVfiosModeForThat)
{
  machine.no_iommu();
  Ended ended = machine.setup({"--apply", "--nic", A, "--no-iommu"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_line(ended, "from ixgbe (eth1) to uio_pci_generic");
  EXPECT_EQ(machine.driver(A), "uio_pci_generic");
  EXPECT_NE(machine.text("/etc/udev/rules.d/90-platter.rules")
                .find("ATTR{driver_override}=\"uio_pci_generic\""),
            std::string::npos);
  expect_line(machine.setup({}), "advice 0000:03:00.0 uio_pci_generic, 8086:10fb, IOMMU group 12, "
                                 "node 0; ready, without protection");
  EXPECT_EQ(machine.setup({"--undo"}).status, OK);
  EXPECT_EQ(machine.driver(A), "ixgbe");
}

TEST_F(HostSetupRefuses, FilesOfOthersStay)
{
  machine.file("/etc/udev/rules.d/90-platter.rules", "# by hand\n");
  expect_refused(machine, {"--apply", "--nic", A},
                 "/etc/udev/rules.d/90-platter.rules is there and somebody else's");
}

TEST_F(HostSetupRefuses, WhatIsNotThere)
{
  // Names are no patterns: neither of these is eve.
  for (const char *name : {"mallory", "e.e", "ev", "e*", ".*", "eve:x:1000", "[e]ve", "eve|root"})
    expect_refused(machine, {"--apply", "--user", name},
                   std::string("there is no user '") + name + "'");
  expect_refused(machine, {"--apply", "--hugepages", "9999999"},
                 "9999999 pages of 2 MB are more than the 8192 MB of memory of node 0");
}

TEST(HostSetupUsage, WrongCommandLines)
{
  MadeUpMachine machine;
  const std::pair<std::vector<std::string>, const char *> wrong[] = {
      {{"--bind"}, "there is no '--bind'"},
      {{"--nic", A}, "'--nic' goes with --apply only"},
      {{"--apply", "--nic"}, "'--nic' needs a value"},
      {{"--apply", "--user", ""}, "'--user' needs a name"},
      {{"--apply", "--nic", "eth1"}, "expected an address like 0000:03:00.0, found 'eth1'"},
      {{"--apply", "--hugepages", "-1"}, "--hugepages: expected a number of pages, found '-1'"},
      {{"--apply", "--undo"}, "goes with neither"},
      {{"--undo", "--json"}, "'--json' goes with check only"},
  };
  for (const auto &[line, what] : wrong)
    expect_refusal(machine.setup(line), USAGE, what);
  Ended help = machine.setup({"--help"});
  EXPECT_EQ(help.status, OK);
  expect_narrow(help.out);
}
