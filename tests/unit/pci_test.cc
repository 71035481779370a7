// SPDX-License-Identifier: BSD-3-Clause
// What platter says of PCI devices that give no port, on machines that are made up file by file.
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "host/pci.h"
#include "scratch.h"

namespace
{

namespace fs = std::filesystem;

const char *const NIC = "0000:03:00.0", *const OTHER = "0000:03:00.1";

class Pci : public testing::Test
{
protected:
  std::string path(const std::string &address) const
  {
    return root.path() + "/sys/bus/pci/devices/" + address;
  }

  void device(const std::string &address, const std::string &driver = "",
              const std::string &code = "0x020000")
  {
    fs::create_directories(path(address));
    write_file(path(address) + "/class", code + "\n");
    write_file(path(address) + "/vendor", "0x8086\n");
    write_file(path(address) + "/device", "0x10d3\n");
    if (!driver.empty())
      fs::create_symlink("../../../../bus/pci/drivers/" + driver, path(address) + "/driver");
  }

  void interface(const std::string &address, const std::string &name)
  {
    fs::create_directories(path(address) + "/" + name);
  }

  // Puts a device into an IOMMU group.
  void group(const std::string &address, const std::string &number, const std::string &name = "")
  {
    std::string at = root.path() + "/sys/kernel/iommu_groups/" + number;
    fs::create_directories(at + "/devices");
    write_file(at + "/name", name + "\n");
    fs::create_symlink("../../../../bus/pci/devices/" + address, at + "/devices/" + address);
    fs::create_symlink("../../../../kernel/iommu_groups/" + number, path(address) + "/iommu_group");
  }

  std::string node(const std::string &name)
  {
    fs::create_directories(root.path() + "/dev/vfio");
    write_file(root / ("dev/vfio/" + name), "");
    return root / ("dev/vfio/" + name);
  }

  // A NIC with which nothing is wrong.
  void good()
  {
    device(NIC, "vfio-pci");
    group(NIC, "12");
    node("12");
  }

  // "" where nothing is found.
  std::string check(uint64_t bytes = 1 << 20, uint64_t may_lock = UINT64_MAX)
  {
    struct pci_view view = {root.path().c_str(), may_lock};
    char why[600] = "";
    status = pci_check(&view, NIC, bytes, why, sizeof(why));
    EXPECT_EQ(status == 0, why[0] == '\0') << why;
    return why;
  }

  std::string trouble()
  {
    struct pci_view view = {root.path().c_str(), UINT64_MAX};
    char why[600] = "";
    status = pci_trouble(&view, NIC, why, sizeof(why));
    EXPECT_LT(status, 0);
    return why;
  }

  // What a user without privileges is told.
  template <typename Question> std::string as_nobody(Question question)
  {
    uid_t user = geteuid();
    EXPECT_EQ(seteuid(user == 0 ? 65534 : user), 0);
    std::string answer = question();
    EXPECT_EQ(seteuid(user), 0);
    return answer;
  }

  Scratch root;
  int status = 0;
};

TEST_F(Pci, NoMachineAtAll)
{
  EXPECT_EQ(check(), "there is no PCI device at this address; this machine has no PCI NIC");
  EXPECT_EQ(status, -ENODEV);
}

TEST_F(Pci, NoDeviceAtTheAddress)
{
  device("0000:05:00.0", "vfio-pci");
  device("0000:04:00.0", "e1000e");
  interface("0000:04:00.0", "net/eth0");
  device("0000:06:00.0", "virtio-pci");
  interface("0000:06:00.0", "virtio3/net/ens6");
  device("0000:00:1f.2", "ahci", "0x010601");
  device("0000:07:00.0");
  std::string said = "there is no PCI device at this address; NICs here: 0000:04:00.0 (eth0, "
                     "e1000e), 0000:05:00.0 (vfio-pci), 0000:06:00.0 (ens6, virtio-pci), "
                     "0000:07:00.0 (no driver)";
  EXPECT_EQ(check(), said);
  EXPECT_EQ(trouble(), said);
}

TEST_F(Pci, OfManyNicsSomeAreListed)
{
  for (char number = '0'; number < '9'; number++)
    device(std::string("0000:05:0") + number + ".0", "ixgbe");
  std::string said = check();
  EXPECT_NE(said.find("0000:05:05.0 (ixgbe) and 3 more"), std::string::npos) << said;
  EXPECT_EQ(said.find("0000:05:06.0"), std::string::npos) << said;
}

TEST_F(Pci, NoNic)
{
  device(NIC, "nvme", "0x010802");
  EXPECT_EQ(check(), "") << "DPDK may know better";
  EXPECT_EQ(trouble(), "the device at this address is no NIC (PCI class 0x010802); this machine "
                       "has no PCI NIC");
}

TEST_F(Pci, TheKernelHasIt)
{
  device(NIC, "e1000e");
  group(NIC, "12");
  interface(NIC, "net/eth0");
  EXPECT_EQ(check(), "");
  EXPECT_EQ(trouble(),
            "its kernel driver e1000e still has it (interface eth0); `sudo deploy/host-setup "
            "--apply --nic 0000:03:00.0` gives it to vfio-pci");
  EXPECT_EQ(status, -EBUSY);
}

TEST_F(Pci, VirtioIsNotTakenFromTheKernelWhileItHasIt)
{
  device(NIC, "virtio-pci");
  group(NIC, "12");
  interface(NIC, "virtio0/net/eth0");
  EXPECT_EQ(check(), trouble());
  EXPECT_EQ(check().find("its kernel driver virtio-pci still has it (interface eth0); "), 0u);
}

TEST_F(Pci, NobodyHasIt)
{
  device(NIC);
  group(NIC, "12");
  EXPECT_EQ(check(), "");
  EXPECT_EQ(trouble(), "it is bound to no driver; `sudo deploy/host-setup --apply --nic "
                       "0000:03:00.0` binds it to vfio-pci");
}

TEST_F(Pci, DriversThatStay)
{
  device(NIC, "mlx5_core");
  EXPECT_EQ(check(), "");
  EXPECT_EQ(trouble(), "it keeps its kernel driver mlx5_core, beside which DPDK needs the kernel's "
                       "verbs; `sudo modprobe -a ib_uverbs mlx5_ib` loads them");
  fs::create_directories(root / "sys/class/infiniband_verbs/uverbs0");
  EXPECT_EQ(trouble(), "no driver of DPDK takes this device (8086:10d3, bound to mlx5_core)");
}

TEST_F(Pci, NothingIsWrong)
{
  good();
  EXPECT_EQ(check(), "");
  EXPECT_EQ(trouble(), "no driver of DPDK takes this device (8086:10d3, bound to vfio-pci)");
}

const char *const IOMMU_OFF = " this machine's IOMMU is off: switch on VT-d or AMD-Vi in the BIOS ";

TEST_F(Pci, BoundWithoutIommu)
{
  device(NIC, "vfio-pci");
  EXPECT_EQ(check().find(std::string("it is bound to vfio-pci, but") + IOMMU_OFF), 0u);
  EXPECT_EQ(trouble(), check());
}

TEST_F(Pci, UnboundWithoutIommu)
{
  device(NIC);
  EXPECT_EQ(trouble().find(std::string("it is bound to no driver, and") + IOMMU_OFF), 0u);
}

TEST_F(Pci, TheKernelsWithoutIommu)
{
  device(NIC, "e1000e");
  EXPECT_EQ(trouble().find(std::string("its kernel driver e1000e still has it, and") + IOMMU_OFF),
            0u);
}

TEST_F(Pci, BoundToUio)
{
  device(NIC, "uio_pci_generic");
  ASSERT_EQ(chmod(root.path().c_str(), 0755), 0);
  EXPECT_EQ(as_nobody([&] { return check(); }),
            "it is bound to uio_pci_generic, which only root may use; run as root");
  EXPECT_EQ(status, -EPERM);
  EXPECT_EQ(trouble(), "no driver of DPDK takes this device (8086:10d3, bound to uio_pci_generic)");
}

TEST_F(Pci, AnotherOfItsGroupIsTheKernels)
{
  good();
  device("0000:00:01.0", "pcieport", "0x060400");
  group("0000:00:01.0", "12");
  device("0000:03:00.2");
  group("0000:03:00.2", "12");
  EXPECT_EQ(check(), "");
  device(OTHER, "e1000e");
  group(OTHER, "12");
  std::string said = "0000:03:00.1, of the same IOMMU group 12, still has its kernel driver "
                     "e1000e; `sudo deploy/host-setup --apply --nic 0000:03:00.1` gives it to "
                     "vfio-pci as well";
  EXPECT_EQ(check(), said);
  EXPECT_EQ(trouble(), said);
}

TEST_F(Pci, TheGroupsFile)
{
  device(NIC, "vfio-pci");
  group(NIC, "12");
  EXPECT_EQ(check(), "it is bound to vfio-pci, but /dev/vfio/12 is not there; in a container, pass "
                     "that file in");
  std::string file = node("12");
  EXPECT_EQ(check(), "");
  ASSERT_EQ(chmod(root.path().c_str(), 0755), 0);
  ASSERT_EQ(chmod(file.c_str(), 0), 0);
  std::string said = as_nobody([&] { return check(); }); // root may open anything
  EXPECT_EQ(status, -EACCES);
  EXPECT_NE(said.find(" may not open /dev/vfio/12; `sudo deploy/host-setup --apply --user "),
            std::string::npos)
      << said;
}

TEST_F(Pci, NoIommuModeHasFilesOfItsOwn)
{
  device(NIC, "vfio-pci");
  group(NIC, "0", "vfio-noiommu");
  EXPECT_NE(check().find("/dev/vfio/noiommu-0 is not there"), std::string::npos);
  node("noiommu-0");
  EXPECT_EQ(check(), "");
}

TEST_F(Pci, MemoryThatMayNotBeLocked)
{
  good();
  EXPECT_EQ(check(8 << 20, 8 << 20), "");
  std::string said = check((8 << 20) + 1, 8 << 20);
  EXPECT_EQ(status, -ENOMEM);
  EXPECT_NE(said.find(" may lock 8 MB of memory (`ulimit -l`) and 9 MB are needed; "),
            std::string::npos)
      << said;
}

TEST_F(Pci, ALineThatIsTooShort)
{
  device("0000:04:00.0", "e1000e");
  struct pci_view view = {root.path().c_str(), UINT64_MAX};
  for (size_t size = 1; size < 120; size++) {
    std::string why(size + 1, 'x');
    EXPECT_EQ(pci_trouble(&view, NIC, why.data(), size), -ENODEV);
    EXPECT_LT(strlen(why.c_str()), size);
    EXPECT_EQ(why[size], 'x');
  }
}

TEST(PciHere, ThisMachineIsSeen)
{
  struct pci_view here = pci_view_here();
  EXPECT_STREQ(here.root, "");
  EXPECT_GT(here.may_lock, 0u);
}

} // namespace
