// SPDX-License-Identifier: BSD-3-Clause
// Frames through real NIC drivers, DMA and an IOMMU, byte for byte.
#include <gtest/gtest.h>

#include "nics.h"

namespace
{
// Two NICs of each kind, in one machine for all tests.
Machine &machine()
{
  static Machine machine({{"e1000e", "e1000e", "e1000", "e1000", "vmxnet3", "vmxnet3",
                           "virtio-net-pci,disable-legacy=on,iommu_platform=on",
                           "virtio-net-pci,disable-legacy=on,iommu_platform=on"}});
  static bool prepared = (prepare(machine, {0, 1, 2, 3, 4, 5, 6, 7}), true);
  EXPECT_TRUE(prepared);
  return machine;
}

struct Pair {
  const char *name;
  unsigned left, right;
};

const Pair pairs[] = {{"e1000e", 0, 1},       {"e1000", 2, 3},          {"vmxnet3", 4, 5},
                      {"virtio", 6, 7},       {"e1000e_vmxnet3", 0, 5}, {"e1000_virtio", 2, 7},
                      {"virtio_e1000e", 6, 1}};

std::string wire(const Pair &pair, const std::string &layout)
{
  return "ports:\n" + port_yaml(machine(), "left", pair.left) +
         port_yaml(machine(), "right", pair.right) +
         "forward: [{wire: [left, right]}]\nworkers: {layout: " + layout + "}\n";
}

class Wire : public testing::TestWithParam<Pair>
{
};

TEST_P(Wire, Pipeline)
{
  const Pair &pair = GetParam();
  Forwarder platter(machine(), wire(pair, "pipeline"));
  const Frames there = numbered_frames(257, 64, 1), back = numbered_frames(65, 1514, 2);
  EXPECT_EQ(carry(machine().cable(pair.left), machine().cable(pair.right), there), there);
  EXPECT_EQ(carry(machine().cable(pair.right), machine().cable(pair.left), back), back);
  Json summary = platter.expect_clean_end();
  EXPECT_EQ(summary["accounting"]["received"].number(), 257 + 65);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Wire, testing::ValuesIn(pairs),
                         [](const auto &info) { return std::string(info.param.name); });
} // namespace
