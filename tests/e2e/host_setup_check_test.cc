// SPDX-License-Identifier: BSD-3-Clause
// deploy/host-setup check on servers made of files: each finding and its fix.
#include "host_setup_output.h"
#include "json.h"

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
        "ok isolated cores 1-1 (isolcpus, nohz_full 1-1, rcu_nocbs); platter's workers take them",
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
  machine.file("/proc/cmdline", "quiet intel_iommu=off nohz_full=1 rcu_nocbs=1\n");
  expect_line(machine.setup({}), "fix: take intel_iommu=off out of the kernel arguments");
  machine.file("/proc/cmdline", "quiet nohz_full=1 rcu_nocbs=1\n");
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

// What else is in the group may be VFIO's, too, or the kernel's, and then no command helps.
TEST(HostSetupCheck, AGroupWithAnotherKindOfDevice)
{
  for (const char *driver : {"vfio-pci", "xhci_hcd"}) {
    MadeUpMachine machine;
    machine.nic(intel("0000:07:00.0", "eth3", 30));
    machine.nic(intel("0000:07:00.1", "eth4", 30));
    machine.nic({"0000:07:00.2", "8086:a36d", driver, "", 0, 30});
    machine.file("/sys/bus/pci/devices/0000:07:00.2/class", "0x0c0330\n");
    Ended ended = machine.setup({});
    bool shares = std::string(driver) == "vfio-pci";
    expect_line(ended, shares ? "--apply --nic 0000:07:00.0 --nic 0000:07:00.1"
                              : "fix: another slot, or a firmware setting that splits groups");
  }
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
