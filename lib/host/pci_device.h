// SPDX-License-Identifier: BSD-3-Clause
// PCI devices as the kernel shows them in /sys. Nobody but pci.c includes this.
#ifndef HOST_PCI_DEVICE_H
#define HOST_PCI_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

enum { PCI_PATH_SIZE = 512, PCI_NAME_SIZE = 64 };

struct pci_device {
  char path[PCI_PATH_SIZE]; // of its directory in /sys
  const char *address;
  unsigned class, vendor, id;
  char driver[PCI_NAME_SIZE];    // of the kernel; "": none
  char interface[PCI_NAME_SIZE]; // of the kernel; "": none
  char group[PCI_NAME_SIZE];     // number of the IOMMU group; "": none
};

// `root`: see struct pci_view. `address` must outlive the device. False: there is none.
bool pci_device_read(const char *root, const char *address, struct pci_device *device);

bool pci_device_is_nic(const struct pci_device *device);

// Appends "; NICs here: 0000:03:00.0 (eth0, e1000e), 0000:04:00.0 (vfio-pci)" to a text.
void pci_device_list_nics(const char *root, char *text, size_t size);

// The first device of the group that has a kernel driver besides those that the group may have
// while it is used (see linux/Documentation/driver-api/vfio.rst). False: there is none.
bool pci_device_rival(const char *root, const struct pci_device *device, char *address,
                      char *driver);

// Whether the kernel made the group for use without an IOMMU.
bool pci_device_unprotected(const char *root, const struct pci_device *device);

#endif
