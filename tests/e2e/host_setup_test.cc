// SPDX-License-Identifier: BSD-3-Clause
// deploy/host-setup on servers made of files: each finding and its fix, what --apply changes and
// refuses, and that --undo leaves everything as it was.
#include <gtest/gtest.h>

#include <grp.h>
#include <sys/stat.h>

#include "expect.h"
#include "json.h"
#include "made_up_machine.h"

namespace
{
const char *const A = "0000:03:00.0", *const B = "0000:03:00.1";

MadeUpNic intel(const std::string &address, const std::string &interface, int group, int node = 0)
{
  return {address, "8086:10fb", "ixgbe", interface, node, group};
}

std::string join(const std::string &text) // wrapped lines as one
{
  std::string all;
  for (size_t at = 0; at < text.size(); at++) {
    char c = text[at];
    if (c == '\\' && text[at + 1] == '\n')
      continue;
    if ((c == '\n' || c == ' ') && !all.empty() && all.back() == ' ')
      continue;
    all += c == '\n' ? ' ' : c;
  }
  return all;
}

void expect_line(const Ended &ended, const std::string &what)
{
  EXPECT_NE(join(ended.out).find(what), std::string::npos) << what << "\n"
                                                           << ended.out << ended.err;
}

void expect_no(const Ended &ended, const std::string &what)
{
  EXPECT_EQ(join(ended.out).find(what), std::string::npos) << what << "\n" << ended.out;
}

void expect_narrow(const std::string &text)
{
  size_t at = 0;
  while (at < text.size()) {
    size_t end = std::min(text.find('\n', at), text.size());
    // The path of this script, which commands start with, is longer than that of most.
    if (text.substr(at, end - at).find("/host-setup") == std::string::npos) {
      EXPECT_LE(end - at, 80u) << text.substr(at, end - at);
    }
    at = end + 1;
  }
}

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
} // namespace

TEST(HostSetupCheck, AReadyServer)
{
  MadeUpMachine machine;
  machine.nic({A, "8086:10fb", "vfio-pci", "", 0, 12});
  Ended ended = machine.setup({});
  EXPECT_EQ(ended.status, OK) << ended.out;
  EXPECT_EQ(ended.err, "");
  for (const char *line :
       {"ok cpu SSE4.2, AVX2", "ok clock invariant TSC", "ok iommu on", "ok vfio-pci loaded",
        "ok hugepages node 0: 512 of 2 MB, 500 free", "ok memlock unlimited", "ok open files 1024",
        "ok isolated cores 1-1 (isolcpus, nohz_full 1-1, rcu_nocbs)",
        "ok 0000:03:00.0 vfio-pci, 8086:10fb, IOMMU group 12, node 0; ready"})
    expect_line(ended, line);
  expect_no(ended, "advice ");
  expect_narrow(ended.out);
}

TEST(HostSetupCheck, WithoutSse42)
{
  MadeUpMachine machine;
  machine.nic({A, "8086:10fb", "vfio-pci", "", 0, 12});
  machine.file("/proc/cpuinfo", "flags : fpu sse4_1\n");
  Ended ended = machine.setup({});
  EXPECT_EQ(ended.status, FAILED);
  expect_line(ended, "problem cpu no SSE4.2 why: Debian's DPDK is built for it");
  expect_line(ended, "advice clock the TSC is not said to be invariant");
  expect_line(ended, "not ready; problems: 1, advice: 1");
  expect_narrow(ended.out);
}

TEST(HostSetupCheck, TwoNodesOneWithoutPages)
{
  MadeUpMachine machine(2);
  machine.nic({A, "8086:10fb", "vfio-pci", "", 0, 12});
  machine.nic({"0000:83:00.0", "8086:10fb", "vfio-pci", "", 1, 40});
  machine.pages(0, 100);
  machine.pages(1, 0);
  Ended ended = machine.setup({"check"});
  EXPECT_EQ(ended.status, FAILED);
  expect_line(ended, "advice hugepages node 0: 100 of 2 MB; 512 are enough for most uses");
  expect_line(ended, "problem hugepages node 1: none why: without them platter has a quarter");
  expect_line(ended, "host-setup --apply --hugepages 512");
  expect_line(ended, "problem 0000:83:00.0 its node, 1, has no hugepages");
  expect_narrow(ended.out);
}

TEST(HostSetupCheck, NoIommu)
{
  MadeUpMachine machine;
  machine.nic(intel(A, "eth1", -1));
  machine.no_iommu();
  expect_line(machine.setup({}), "fix: switch VT-d or AMD-Vi on in the firmware's set-up");
  machine.file("/sys/firmware/acpi/tables/DMAR", "");
  Ended ended = machine.setup({});
  EXPECT_EQ(ended.status, FAILED);
  expect_line(ended, "problem iommu none why: VFIO keeps a NIC's DMA inside platter's memory with "
                     "it fix: kernel argument intel_iommu=on iommu=pt");
  expect_line(ended, "put this at the end of /etc/default/grub, then run update-grub and reboot. "
                     "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX intel_iommu=on iommu=pt\"");
  expect_narrow(ended.out);
}

TEST(HostSetupCheck, NicsOfEveryKind)
{
  MadeUpMachine machine;
  machine.nic(intel(A, "eth0", 12));
  machine.nic(intel(B, "eth1", 13));
  machine.nic({"0000:05:00.0", "15b3:1017", "mlx5_core", "eth2", 0, 20});
  machine.nic(intel("0000:07:00.0", "eth3", 30));
  machine.nic(intel("0000:07:00.1", "eth4", 30));
  machine.nic({"0000:09:00.0", "8086:10fb", "vfio-pci", "", 0, 31});
  machine.nic({"0000:09:00.1", "8086:10fb", "snd", "", 0, 31});
  machine.default_route("eth0");
  Ended ended = machine.setup({});
  EXPECT_EQ(ended.status, FAILED);
  for (const char *line :
       {"ok 0000:03:00.0 ixgbe (eth0 up 10000 Mbit/s), 8086:10fb, IOMMU group 12, node 0; stays: "
        "it carries the default route (eth0)",
        "advice 0000:03:00.1 ixgbe (eth1 up 10000 Mbit/s)", "--apply --nic 0000:03:00.1 ",
        "ok 0000:05:00.0 mlx5_core (eth2 up 10000 Mbit/s), 15b3:1017, IOMMU group 20, node 0; "
        "ready: DPDK shares it with the kernel",
        "advice 0000:05:00.0 the kernel offers no verbs for it", "modprobe -a mlx5_ib ib_uverbs",
        "advice 0000:07:00.0 ixgbe (eth3 up 10000 Mbit/s), 8086:10fb, IOMMU group 30, node 0; the "
        "group has 0000:07:00.1 (ixgbe), too",
        "--apply --nic 0000:07:00.0 --nic 0000:07:00.1",
        "problem 0000:09:00.0 vfio-pci, 8086:10fb, IOMMU group 31, node 0; the group has "
        "0000:09:00.1 (snd), too"})
    expect_line(ended, line);
  expect_narrow(ended.out);
}

TEST(HostSetupCheck, CoresThatAreDisturbed)
{
  MadeUpMachine machine(2);
  machine.nic({A, "8086:10fb", "vfio-pci", "", 1, 12});
  std::string cpu = "/sys/devices/system/cpu/";
  machine.file(cpu + "isolated", "\n");
  machine.file(cpu + "nohz_full", "(null)\n");
  machine.file("/proc/cmdline", "quiet\n");
  machine.file(cpu + "cpu2/cpufreq/scaling_governor", "powersave\n");
  machine.file(cpu + "cpu0/cpuidle/state3/latency", "133\n");
  machine.file(cpu + "cpu0/cpuidle/state3/name", "C6\n");
  machine.file(cpu + "smt/active", "1\n");
  Ended ended = machine.setup({});
  EXPECT_EQ(ended.status, OK);
  for (const char *line :
       {"advice isolated cores none", "kernel argument isolcpus=2,3 nohz_full=2,3 rcu_nocbs=2,3",
        "advice governor powersave on 1 of 1 CPUs", "advice c-states C6 takes 133 us to leave",
        "advice hyperthreads on: CPUs share cores, as 0 do", "intel_idle.max_cstate=1\"",
        "ready; advice: 4"})
    expect_line(ended, line);
  expect_narrow(ended.out);
}

TEST(HostSetupCheck, Json)
{
  MadeUpMachine machine;
  machine.nic(intel(A, "eth1", 12));
  machine.nic({B, "15b3:1017", "mlx5_core", "eth2", -1, 13});
  machine.file("/proc/cmdline", "quiet\n");
  Ended ended = machine.setup({"check", "--json"});
  Json report = Json::parse(ended.out);
  ASSERT_TRUE(bool(report)) << ended.out;
  EXPECT_EQ(report["status"].text(), "ready");
  EXPECT_EQ(report["problems"].number(), 0);
  EXPECT_EQ(report["kernel_arguments"].at(0).text(), "rcu_nocbs=1-1");
  ASSERT_EQ(report["nics"].size(), 2u);
  Json nic = report["nics"].at(0);
  EXPECT_EQ(nic["address"].text(), A);
  EXPECT_EQ(nic["needs"].text(), "vfio");
  EXPECT_EQ(nic["driver"].text(), "ixgbe");
  EXPECT_EQ(nic["interfaces"].at(0).text(), "eth1");
  EXPECT_EQ(nic["iommu_group"].text(), "12");
  EXPECT_EQ(report["nics"].at(1)["needs"].text(), "kernel");
  EXPECT_EQ(report["nics"].at(1)["numa_node"].number(), -1);
  bool found = false;
  for (size_t i = 0; i < report["findings"].size(); i++) {
    Json finding = report["findings"].at(i);
    found |= finding["subject"].text() == A && finding["level"].text() == "advice" &&
             finding["fix"].at(0).text().find("--apply --nic 0000:03:00.0") != std::string::npos;
  }
  EXPECT_TRUE(found) << ended.out;
}

class HostSetupApply : public testing::Test
{
protected:
  HostSetupApply()
  {
    machine.nic(intel(A, "eth1", 12, 0));
    machine.nic(intel(B, "eth2", 13, 1));
    machine.pages(0, 0);
    machine.pages(1, 7);
  }
  MadeUpMachine machine{2};
};

TEST_F(HostSetupApply, BindsReservesAndGivesBack)
{
  auto before = machine.contents();
  Ended ended = machine.setup({"--apply", "--nic", A, "--nic", "03:00.1", "--hugepages", "256"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_line(ended, "nic 0000:03:00.0: from ixgbe (eth1) to vfio-pci");
  expect_line(ended, "hugepages node 1: 7 to 256 of 2 MB");
  expect_narrow(ended.out);
  EXPECT_EQ(machine.driver(A), "vfio-pci");
  EXPECT_EQ(machine.driver(B), "vfio-pci");
  EXPECT_EQ(machine.pages(0), "256");
  std::string unit = machine.text("/etc/systemd/system/platter-hugepages.service");
  EXPECT_NE(unit.find("echo 256 >/sys/devices/system/node/node1/hugepages/hugepages-2048kB/"
                      "nr_hugepages'\n"),
            std::string::npos)
      << unit;
  std::string rules = machine.text("/etc/udev/rules.d/90-platter.rules");
  EXPECT_NE(rules.find("KERNEL==\"0000:03:00.1\", ATTR{driver_override}=\"vfio-pci\""),
            std::string::npos)
      << rules;
  EXPECT_EQ(machine.setup({}).status, OK);

  ended = machine.setup({"--undo"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_line(ended, "interface eth2: up");
  EXPECT_EQ(machine.text("/sys/class/net/eth1/flags"), "0x1003\n");
  auto after = machine.contents();
  for (auto *state : {&before, &after}) {
    for (const char *name : {"/bind", "/unbind"}) { // what was written there says nothing
      (*state)[std::string("/sys/bus/pci/drivers/ixgbe") + name] = "";
      (*state)[std::string("/sys/bus/pci/drivers/vfio-pci") + name] = "";
    }
    (*state)["/sys/bus/pci/drivers_probe"] = "";
    for (const char *address : {A, B}) // the kernel shows an empty one as (null)
      (*state)[std::string("/sys/bus/pci/devices/") + address + "/driver_override"] = "";
    state->erase("/var");
    state->erase("/var/lib");
  }
  EXPECT_EQ(before, after);
  expect_line(machine.setup({"--undo"}), "nothing to give back");
}

TEST_F(HostSetupApply, ASecondTimeChangesNothing)
{
  std::vector<std::string> line = {"--apply", "--nic", A, "--hugepages", "256", "--user", "eve"};
  EXPECT_EQ(machine.setup(line).status, OK);
  auto once = machine.contents();
  Ended ended = machine.setup(line);
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_line(ended, "nothing to do");
  EXPECT_EQ(machine.contents(), once);
  // More, later: what was found first is what is given back.
  EXPECT_EQ(machine.setup({"--apply", "--nic", B, "--hugepages", "300"}).status, OK);
  EXPECT_EQ(machine.driver(B), "vfio-pci");
  EXPECT_NE(machine.text("/etc/udev/rules.d/90-platter.rules").find(A), std::string::npos);
  EXPECT_EQ(machine.setup({"--undo"}).status, OK);
  EXPECT_EQ(machine.pages(1), "7");
  EXPECT_EQ(machine.driver(A), "ixgbe");
  EXPECT_EQ(machine.driver(B), "ixgbe");
}

TEST_F(HostSetupApply, TheUsualNumberOfPagesWhereThereAreFewer)
{
  machine.pages(1, 600);
  EXPECT_EQ(machine.setup({"--apply"}).status, OK);
  EXPECT_EQ(machine.pages(0), "512");
  EXPECT_EQ(machine.pages(1), "600");
}

TEST_F(HostSetupApply, AUserWithoutPrivileges)
{
  std::string group = machine.text("/etc/group");
  Ended ended = machine.setup({"--apply", "--nic", A, "--user", "eve"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_line(ended, "group platter: eve is in it");
  std::string now = machine.text("/etc/group");
  size_t at = now.find("platter:x:");
  ASSERT_NE(at, std::string::npos) << now;
  EXPECT_NE(now.find(":eve\n", at), std::string::npos) << now;
  EXPECT_NE(machine.text("/etc/security/limits.d/90-platter.conf").find("@platter - memlock"),
            std::string::npos);
  EXPECT_NE(machine.text("/etc/udev/rules.d/90-platter.rules")
                .find("TEST==\"/sys/kernel/iommu_groups/%k/devices/0000:03:00.0\", "
                      "GROUP=\"platter\", MODE=\"0660\""),
            std::string::npos);
  ended = machine.setup({"--undo"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(machine.text("/etc/group"), group);
  EXPECT_FALSE(machine.exists("/etc/security"));
  expect_refused(machine, {"--apply", "--user", "mallory"}, "there is no user 'mallory'");
}

TEST_F(HostSetupApply, RefusesTheDefaultRouteAndTheSession)
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

TEST_F(HostSetupApply, RefusesPartOfAGroup)
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

TEST_F(HostSetupApply, WithoutAnIommuOnlyWhenAsked)
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
  expect_line(ended, "WARNING: no-IOMMU mode.");
  EXPECT_EQ(machine.text(mode), "Y\n");
  EXPECT_NE(machine.text("/etc/modprobe.d/platter.conf").find("enable_unsafe_noiommu_mode=1"),
            std::string::npos);
  expect_line(machine.setup({}), "advice iommu none, and VFIO is in no-IOMMU mode");
  EXPECT_EQ(machine.setup({"--undo"}).status, OK);
  EXPECT_EQ(machine.text(mode), "N\n");
  EXPECT_FALSE(machine.exists("/etc/modprobe.d"));
}

TEST_F(HostSetupApply, PagesThatTheKernelDoesNotGive)
{
  std::string pages = "/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages";
  machine.remove(pages);
  machine.link(pages, "/dev/null");
  Ended ended = machine.setup({"--apply", "--hugepages", "64"});
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(join(ended.err).find("node 0 has room for 0 of 64 pages of 2 MB in one piece"),
            std::string::npos)
      << ended.err;
  EXPECT_EQ(machine.pages(1), "64");
  expect_refused(machine, {"--apply", "--hugepages", "9999999"},
                 "9999999 pages of 2 MB are more than the 8192 MB of memory of node 0");
}

TEST_F(HostSetupApply, ANicInUseIsNotGivenBack)
{
  EXPECT_EQ(machine.setup({"--apply", "--nic", A}).status, OK);
  machine.link("/proc/4711/fd/9", "/dev/vfio/12");
  Ended ended = machine.setup({"--undo"});
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(join(ended.err).find("0000:03:00.0 is in use by process 4711"), std::string::npos)
      << ended.err;
  EXPECT_EQ(machine.driver(A), "vfio-pci");
  machine.remove("/proc/4711");
  ended = machine.setup({"--undo"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(machine.driver(A), "ixgbe");
}

TEST_F(HostSetupApply, WithoutSystemdAndUdev)
{
  machine.remove("/etc/systemd");
  machine.remove("/etc/udev");
  Ended ended = machine.setup({"--apply", "--nic", A});
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_line(ended, "does not come back after a reboot: hugepages (no systemd)");
  EXPECT_EQ(machine.driver(A), "vfio-pci");
  EXPECT_FALSE(machine.exists("/etc/systemd"));
}

TEST_F(HostSetupApply, FilesOfOthersStay)
{
  machine.file("/etc/udev/rules.d/90-platter.rules", "# by hand\n");
  expect_refused(machine, {"--apply", "--nic", A},
                 "/etc/udev/rules.d/90-platter.rules is there and somebody else's");
}

TEST(HostSetupUsage, WrongCommandLines)
{
  MadeUpMachine machine;
  const std::pair<std::vector<std::string>, const char *> wrong[] = {
      {{"--bind"}, "there is no '--bind'"},
      {{"--nic", A}, "'--nic' goes with --apply only"},
      {{"--apply", "--nic"}, "'--nic' needs a value"},
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
