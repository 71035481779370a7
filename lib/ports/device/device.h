// SPDX-License-Identifier: BSD-3-Clause
// What a device string alone says, before any driver is asked: PCI or virtual, which driver, and
// what its arguments set. platter claims no copies between receive and transmit; what a driver does
// is shown beside it.
#ifndef PORTS_DEVICE_DEVICE_H
#define PORTS_DEVICE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "ports/device/driver.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { DEVICE_NAME_MAX = 63 };

struct device_facts {
  bool pci;
  char name[DEVICE_NAME_MAX + 1]; // "0000:03:00.0", "net_af_packet0": what DPDK will call it
  const char *driver; // "net_af_packet"; NULL for a PCI device and for a vdev not in the table
  const struct driver *special; // its row in the table, never NULL; a NIC's: device_is_nic
  unsigned tx_queues; // transmit queues the arguments give; 0: not known without the device
  unsigned rx_queues; // receive queues, likewise
  char interface[16]; // of the kernel's, that it stands on; "": none, or the driver makes it
  char sender[16];    // of the kernel's, that it sends by; "": likewise
  unsigned sends;     // bytes of the longest frame that a buffer of the driver's holds; 0: any
  unsigned cuts;      // bytes of a received frame that may have been longer; 0: it never is
  const char *copies; // what the driver copies: "nothing", "on receive and transmit"; NULL: unknown
};

// Reads a PCI address ("0000:03:00.0" or "03:00.0", with ",arguments") or a vdev
// ("net_NAME…,arguments"). Returns true, or false where it is neither.
bool device_facts(const char *device, struct device_facts *facts);

// The driver of a PCI device is known now, by the name that its ethdev reports.
void device_is_nic(struct device_facts *facts, const char *driver);

#ifdef __cplusplus
}
#endif
#endif
