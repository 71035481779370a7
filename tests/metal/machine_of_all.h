// SPDX-License-Identifier: BSD-3-Clause
// One machine with two NICs of each kind that qemu has and DPDK drives, shared by the tests of a
// program: booting takes longer than most of them.
#ifndef TESTS_METAL_MACHINE_OF_ALL_H
#define TESTS_METAL_MACHINE_OF_ALL_H

#include <ostream>

#include "nics.h"

struct Pair {
  const char *name;
  unsigned left, right; // NICs
};

inline std::ostream &operator<<(std::ostream &out, const Pair &pair)
{
  return out << pair.name;
}

const Pair e1000e_pair = {"e1000e", 0, 1}, e1000_pair = {"e1000", 2, 3},
           vmxnet3_pair = {"vmxnet3", 4, 5}, virtio_pair = {"virtio", 6, 7};
const Pair kinds[] = {e1000e_pair, e1000_pair, vmxnet3_pair, virtio_pair};
const Pair mixed[] = {{"e1000e_vmxnet3", 0, 5}, {"e1000_virtio", 2, 7}, {"virtio_e1000e", 6, 1}};

// As it booted.
inline Machine &machine_of_all()
{
  static const std::string virtio = "virtio-net-pci,disable-legacy=on,iommu_platform=on,"
                                    "host_mtu=9000";
  static Machine machine(
      {{"e1000e", "e1000e", "e1000", "e1000", "vmxnet3", "vmxnet3", virtio, virtio}});
  return machine;
}

// And made ready for platter, with all NICs on vfio-pci.
inline Machine &ready_machine()
{
  static bool ready = (prepare(machine_of_all(), {0, 1, 2, 3, 4, 5, 6, 7}), true);
  (void)ready;
  return machine_of_all();
}

#endif
