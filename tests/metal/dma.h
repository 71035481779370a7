// SPDX-License-Identifier: BSD-3-Clause
// What a NIC of an emulated machine can reach by DMA: read from outside, from the IOMMU's own
// tables in the machine's memory (Intel VT-d specification, sections 9.1, 9.3 and 9.8).
#ifndef TESTS_METAL_DMA_H
#define TESTS_METAL_DMA_H

#include <cstdint>
#include <set>
#include <string>

#include "machine.h"

// The pages of 2 MB that the device can read or write a byte of, by physical address. Throws where
// the IOMMU does not translate for it.
std::set<uint64_t> dma_pages(Machine &machine, const std::string &address);

// The hugepages of 2 MB that a process in the machine has mapped, by physical address.
std::set<uint64_t> huge_pages(Machine &machine, const std::string &pid);

#endif
