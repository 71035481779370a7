// SPDX-License-Identifier: BSD-3-Clause
// What happens to a NIC that platter has: its cable is pulled, platter is killed, platter runs
// without privileges. And what the NIC can do to the machine meanwhile: nothing.
#include <gtest/gtest.h>

#include <algorithm>

#include "dma.h"
#include "machine_of_all.h"

namespace
{
const std::string FREE = "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages";

void expect_forwards(Machine &machine, const Pair &pair, unsigned seed)
{
  const Frames frames = numbered_frames(65, 512, seed);
  expect_frames(carry(machine.cable(pair.left), machine.cable(pair.right), frames), frames);
}

// The kernel clears pages when a process has ended, and takes its time.
bool all_pages_free(Machine &machine)
{
  for (double end = monotonic() + 60; monotonic() < end; rest(0.1))
    if (number_in(machine, FREE) == HUGEPAGES)
      return true;
  return false;
}

class Link : public testing::TestWithParam<Pair>
{
};

// Three times, and the quickest counts: the host may be busy with others.
TEST_P(Link, PulledAndPutBackDuringTraffic)
{
  const Pair pair = GetParam();
  Machine &machine = ready_machine();
  Forwarder platter(machine, wire_yaml(machine, pair.left, pair.right));
  EXPECT_GE(platter.link_becomes("right", "up"), 0);
  double quickest = 60;
  for (unsigned i = 0; i < 3; i++) {
    expect_forwards(machine, pair, i);
    for (const std::string &frame : numbered_frames(8, 60, 100 + i))
      machine.cable(pair.left).send(frame);
    machine.set_link(pair.right, false);
    double down = platter.link_becomes("right", "down");
    machine.set_link(pair.right, true);
    double up = platter.link_becomes("right", "up");
    ASSERT_GE(std::min(down, up), 0) << "the change was not seen";
    quickest = std::min(quickest, std::max(down, up));
    machine.cable(pair.right).receive_all(0.5); // those of the eight that came through
  }
  EXPECT_LE(quickest, 2);
  EXPECT_GE(platter.get("/platter/port,right")["link_changes"].number(), 6);
  expect_forwards(machine, pair, 4);
  platter.expect_clean_end();
}

std::string name_of(const testing::TestParamInfo<Pair> &info)
{
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Short, Link, testing::Values(e1000e_pair), name_of);
INSTANTIATE_TEST_SUITE_P(Long, Link, testing::Values(e1000_pair, vmxnet3_pair, virtio_pair),
                         name_of);

TEST(Killed, LeavesItsMemoryAndItsNicsForTheNext)
{
  Machine &machine = ready_machine();
  ASSERT_TRUE(all_pages_free(machine));
  for (unsigned i = 0; i < 2; i++) {
    Forwarder platter(machine, wire_yaml(machine, 0, 5));
    expect_forwards(machine, {"", 0, 5}, i);
    EXPECT_LT(number_in(machine, FREE), HUGEPAGES);
    if (i == 0)
      EXPECT_EQ(machine.run("kill -KILL " + platter.pid() + "; wait " + platter.pid()).status, 137);
    else
      platter.expect_clean_end();
    EXPECT_TRUE(all_pages_free(machine));
  }
}

TEST(Unprivileged, ForwardsWithoutAnyCapability)
{
  Machine &machine = ready_machine();
  prepare(machine, {0, 1}, " --user nobody");
  Forwarder platter(machine, wire_yaml(machine, 0, 1), true);
  expect_forwards(machine, e1000e_pair, 1);
  std::string status = machine.must("cat /proc/" + platter.pid() + "/status");
  EXPECT_NE(status.find("CapEff:\t0000000000000000"), std::string::npos) << status;
  EXPECT_NE(status.find("Uid:\t65534"), std::string::npos) << status;
  platter.expect_clean_end();
}

// Read from the IOMMU's tables, by the monitor.
TEST(Isolation, NicsReachNothingButPlattersMemory)
{
  Machine &machine = ready_machine();
  Forwarder platter(machine, wire_yaml(machine, 0, 7));
  expect_forwards(machine, {"", 0, 7}, 1);
  const std::set<uint64_t> own = huge_pages(machine, platter.pid());
  EXPECT_GT(own.size(), 0u);
  for (unsigned nic : {0, 7}) {
    const std::set<uint64_t> reached = dma_pages(machine, machine.address(nic));
    EXPECT_EQ(reached, own) << machine.address(nic);
    std::string group = "/sys/bus/pci/devices/" + machine.address(nic) + "/iommu_group/devices";
    EXPECT_EQ(machine.must("ls " + group), machine.address(nic) + "\n") << "alone in its group";
  }
  platter.expect_clean_end();
}
} // namespace
