// SPDX-License-Identifier: BSD-3-Clause
// deploy/host-setup --apply and --undo on servers made of files: what is changed, that it can be
// repeated, and that everything is given back as it was found.
#include <sys/stat.h>
#include <unistd.h>

#include "host_setup_output.h"

namespace
{
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
} // namespace

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
  expect_line(ended, "hugepages node 1: 256 to 7");
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

TEST_F(HostSetupApply, PagesOfBothSizesComeBackAtBoot)
{
  EXPECT_EQ(machine.setup({"--apply", "--hugepages", "64"}).status, OK);
  Ended ended = machine.setup({"--apply", "--hugepages-1g", "2"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_line(ended, "hugepages node 1: 0 to 2 of 1 GB");
  std::string unit = machine.text("/etc/systemd/system/platter-hugepages.service");
  for (const char *pages :
       {"echo 64 >/sys/devices/system/node/node0/hugepages/hugepages-2048kB/",
        "echo 2 >/sys/devices/system/node/node1/hugepages/hugepages-1048576kB/"})
    EXPECT_NE(unit.find(pages), std::string::npos) << unit;
  EXPECT_EQ(machine.setup({"--undo"}).status, OK);
  EXPECT_EQ(machine.pages(0), "0");
  EXPECT_FALSE(machine.exists("/etc/systemd/system/sysinit.target.wants"));
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
}

TEST_F(HostSetupApply, ANicInUseIsNotGivenBack)
{
  EXPECT_EQ(machine.setup({"--apply", "--nic", A}).status, OK);
  machine.link("/proc/4711/fd/9", "/dev/vfio/12");
  auto before = machine.contents();
  Ended ended = machine.setup({"--undo"});
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_NE(join(ended.err).find("0000:03:00.0 is in use by process 4711"), std::string::npos)
      << ended.err;
  EXPECT_EQ(machine.contents(), before);
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

// Root runs what is in some of them, so that nobody else may write them.
TEST_F(HostSetupApply, FilesAreRootsAloneWhateverTheMask)
{
  mode_t mask = umask(0);
  Ended ended = machine.setup({"--apply", "--nic", A, "--hugepages", "64", "--user", "eve"});
  umask(mask);
  EXPECT_EQ(ended.status, OK) << ended.err;
  for (const char *path :
       {"/etc/systemd/system/platter-hugepages.service", "/etc/udev/rules.d/90-platter.rules",
        "/etc/security/limits.d/90-platter.conf", "/var/lib/platter/host-setup/state",
        "/var/lib/platter/host-setup", "/etc/security/limits.d"})
    EXPECT_EQ(machine.mode(path) & 0022, 0) << path;
}

namespace
{
// What the root of an initramfs has: no groupadd, no ip, no lspci.
void little(const Scratch &bin)
{
  for (const char *name : {"bash", "cat",   "chgrp", "chmod", "cut", "dirname", "id",   "ln",
                           "ls",   "mkdir", "mv",    "rmdir", "rm",  "sleep",   "sort", "tr",
                           "stat", "touch", "grep",  "sed",   "awk", "readlink"})
    ASSERT_EQ(symlink((std::string("/usr/bin/") + name).c_str(), (bin / name).c_str()), 0);
}
} // namespace

TEST_F(HostSetupApply, NeedsLittleMoreThanCoreutils)
{
  Scratch bin;
  little(bin);
  std::string path = "PATH=" + bin.path(), group = machine.text("/etc/group");
  Ended ended = machine.setup({"--apply", "--nic", A, "--user", "eve"}, {path});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(machine.text("/etc/group"), group + "platter:x:999:eve\n");
  for (const std::vector<std::string> &line : {std::vector<std::string>{"check"}, {"--undo"}}) {
    ended = machine.setup(line, {path});
    EXPECT_EQ(ended.status, OK) << ended.out;
    EXPECT_EQ(ended.err, "");
  }
  EXPECT_EQ(machine.text("/etc/group"), group);
  EXPECT_EQ(machine.driver(A), "ixgbe");
}

// Letters that mean something to sed and awk are letters of the name.
TEST_F(HostSetupApply, AMemberIsThatNameAndNoOther)
{
  Scratch bin;
  little(bin);
  std::string path = "PATH=" + bin.path(), others = "platter:x:999:adam,eve2,e-v.e,zoe\n";
  machine.file("/etc/passwd", "root:x:0:0::/:/bin/sh\ne.v&e/:x:1000:1000::/:/bin/sh\n");
  machine.file("/etc/group", "root:x:0:\n" + others + "users:x:100:\n");
  Ended ended = machine.setup({"--apply", "--user", "e.v&e/"}, {path});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(machine.text("/etc/group"),
            "root:x:0:\nplatter:x:999:adam,eve2,e-v.e,zoe,e.v&e/\nusers:x:100:\n");
  ended = machine.setup({"--undo"}, {path});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(machine.text("/etc/group"), "root:x:0:\n" + others + "users:x:100:\n");
}
