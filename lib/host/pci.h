// SPDX-License-Identifier: BSD-3-Clause
// What stands between a PCI device and a port. DPDK only says that there is no port; this says why
// and what to do, from what the kernel shows in /sys and /dev.
#ifndef HOST_PCI_H
#define HOST_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pci_view {
  const char *root;  // stands in front of /sys and /dev: "" for the machine itself
  uint64_t may_lock; // bytes that this process may lock for devices; UINT64_MAX: any number
};

// This machine, as this process sees it.
struct pci_view pci_view_here(void);

// Before EAL starts: what is certain to keep the device from being a port. `address` in full
// ("0000:03:00.0"); `bytes`: memory that the device will have to reach. Returns 0, or -errno and a
// clause in `why` with what to do ("there is no PCI device at this address; NICs here: …").
int pci_check(const struct pci_view *view, const char *address, uint64_t bytes, char *why,
              size_t size);

// Beside that: whether the device is a NIC, and is DPDK's to take. Returns as pci_check.
int pci_ready(const struct pci_view *view, const char *address, char *why, size_t size);

// Its vendor and device id. False: there is no device.
bool pci_identity(const struct pci_view *view, const char *address, unsigned *vendor, unsigned *id);

// After DPDK gave no port: the most likely reason, in the same form. Never 0.
int pci_trouble(const struct pci_view *view, const char *address, char *why, size_t size);

#ifdef __cplusplus
}
#endif
#endif
