// SPDX-License-Identifier: BSD-3-Clause
// What a device string alone says, before any driver is asked: PCI or virtual, which driver, how
// many queue pairs its arguments give it, and whether that driver copies payloads inside itself.
// platter claims no copies between receive and transmit; what a driver does is shown beside it.
#ifndef LAYOUT_DEVICE_H
#define LAYOUT_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { DEVICE_NAME_MAX = 63 };

struct device_facts {
  bool pci;
  char name[DEVICE_NAME_MAX + 1]; // "0000:03:00.0", "net_af_packet0": what DPDK will call it
  const char *driver;   // "net_af_packet"; NULL for a PCI device and for a vdev not in the table
  unsigned tx_queues;   // transmit queues the arguments give; 0: not known without the device
  unsigned descriptors; // of a queue, where the driver wants a number of its own; 0: it does not
  bool holds_sent;      // the driver may keep packets that it has sent until it gets others
  bool keeps_mbufs;     // at close the driver does not give back what its receive queues took
  char interface[16];   // of the kernel's, that it stands on; "": none, or the driver makes it
  const char *copies; // what the driver copies: "nothing", "on receive and transmit"; NULL: unknown
};

// Reads a PCI address ("0000:03:00.0" or "03:00.0", with ",arguments") or a vdev
// ("net_NAME…,arguments"). Returns true, or false where it is neither.
bool device_facts(const char *device, struct device_facts *facts);

// What a driver of PCI NICs, by the name that the ethdev reports, copies inside itself; NULL:
// unknown.
const char *device_nic_copies(const char *driver);

#ifdef __cplusplus
}
#endif
#endif
