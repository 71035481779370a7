// SPDX-License-Identifier: BSD-3-Clause
// How much of hugepages a process may have, on machines that are made up file by file.
#include <filesystem>

#include <gtest/gtest.h>

#include "host/hugepages.h"
#include "scratch.h"

namespace
{
const size_t MB = 1024 * 1024;

class Hugepages : public testing::Test
{
protected:
  void file(const std::string &path, const std::string &text)
  {
    std::filesystem::create_directories(std::filesystem::path(root.path() + path).parent_path());
    write_file(root.path() + path, text + "\n");
  }

  // So many free pages of 2 MB.
  void SetUp() override
  {
    for (const char *where :
         {"/sys/kernel/mm/hugepages", "/sys/devices/system/node/node0/hugepages"})
      for (const char *name : {"nr_hugepages", "free_hugepages"})
        file(where + std::string("/hugepages-2048kB/") + name, "512");
    for (const char *where :
         {"/sys/kernel/mm/hugepages", "/sys/devices/system/node/node0/hugepages"})
      file(where + std::string("/hugepages-2048kB/resv_hugepages"), "0");
  }

  // Why so many megabytes are not to be had; "": they are.
  std::string ask(size_t megabytes)
  {
    char why[512] = "";
    size_t bytes[2] = {megabytes * MB, 0};
    return hugepages_suffice(root.path().c_str(), bytes, 2, why, sizeof(why)) ? "" : why;
  }

  void expect_bound(size_t left, const std::string &limit)
  {
    EXPECT_EQ(ask(left), "");
    EXPECT_EQ(ask(left + 2), "1024 MB of hugepages are free, but this process may have " +
                                 std::to_string(left) + " MB of them and " +
                                 std::to_string(left + 3) + " MB are needed; " + limit +
                                 ", of its control group (the container's), sets the limit");
  }

  Scratch root;
};

TEST_F(Hugepages, TheMachines)
{
  EXPECT_EQ(ask(1024), "");
  EXPECT_EQ(ask(1026), "1024 MB of hugepages are free and 1027 MB are needed; `echo 513 | sudo tee "
                       "/proc/sys/vm/nr_hugepages` reserves them");
}

TEST_F(Hugepages, OfAControlGroupOfVersionTwo)
{
  file("/proc/self/cgroup", "0::/kubepods/pod1/box");
  std::string at = "/sys/fs/cgroup/kubepods/pod1/box/hugetlb.2MB.";
  file(at + "max", "max");
  file(at + "current", "0");
  EXPECT_EQ(ask(1024), "") << "no limit";
  file(at + "max", std::to_string(100 * MB));
  file(at + "current", std::to_string(20 * MB));
  expect_bound(80, at + "max");
  file(at + "rsvd.max", std::to_string(60 * MB));
  expect_bound(60, at + "rsvd.max");
}

TEST_F(Hugepages, OfAGroupAbove)
{
  file("/proc/self/cgroup", "0::/kubepods/pod1/box");
  file("/sys/fs/cgroup/kubepods/pod1/box/hugetlb.2MB.max", "max");
  file("/sys/fs/cgroup/kubepods/hugetlb.2MB.max", std::to_string(64 * MB));
  file("/sys/fs/cgroup/kubepods/hugetlb.2MB.current", "0");
  file("/sys/fs/cgroup/kubepods/hugetlb.1GB.max", "0");
  expect_bound(64, "/sys/fs/cgroup/kubepods/hugetlb.2MB.max");
}

// The container sees its own group as the root, whatever the kernel calls it.
TEST_F(Hugepages, OfTheMountInAContainer)
{
  file("/proc/self/cgroup", "9:net_cls,hugetlb:/docker/0123\n0::/docker/0123");
  file("/sys/fs/cgroup/hugetlb/hugetlb.2MB.limit_in_bytes", std::to_string(32 * MB));
  file("/sys/fs/cgroup/hugetlb/hugetlb.2MB.usage_in_bytes", std::to_string(2 * MB));
  expect_bound(30, "/sys/fs/cgroup/hugetlb/hugetlb.2MB.limit_in_bytes");
}

TEST_F(Hugepages, OfAControlGroupOfVersionOne)
{
  file("/proc/self/cgroup", "9:hugetlb:/box\n0::/");
  file("/sys/fs/cgroup/hugetlb/hugetlb.2MB.limit_in_bytes", "9223372036852678656");
  EXPECT_EQ(ask(1024), "") << "no limit";
  file("/sys/fs/cgroup/hugetlb/box/hugetlb.2MB.limit_in_bytes", "0");
  EXPECT_NE(ask(2), "");
}
} // namespace
