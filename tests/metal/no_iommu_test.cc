// SPDX-License-Identifier: BSD-3-Clause
// A machine without an IOMMU: what host-setup and platter say, and the unsafe way that is asked
// for.
#include <gtest/gtest.h>

#include "nics.h"

namespace
{
MachineSetup without_iommu()
{
  MachineSetup setup;
  setup.nics = {"e1000e", "e1000e"};
  setup.iommu = false;
  return setup;
}

TEST(NoIommu, IsRefusedUnlessAskedForTwice)
{
  Machine machine(without_iommu());
  const std::string nics = " --nic " + machine.address(0) + " --nic " + machine.address(1);
  Reply refused = machine.run("host-setup --apply" + nics);
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.out.find("there is no IOMMU"), std::string::npos) << refused.out;
  EXPECT_EQ(driver_of(machine, 0), "e1000e");

  std::string said = prepare(machine, {0, 1}, " --no-iommu");
  EXPECT_NE(said.find("WARNING: no IOMMU"), std::string::npos) << said;
  Forwarder platter(machine, wire_yaml(machine, 0, 1));
  const Frames frames = numbered_frames(257, 300);
  expect_frames(carry(machine.cable(0), machine.cable(1), frames), frames);
  platter.expect_clean_end();
  machine.must("host-setup --undo");
  EXPECT_EQ(driver_of(machine, 0), "e1000e");
}
} // namespace
