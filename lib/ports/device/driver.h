// SPDX-License-Identifier: BSD-3-Clause
// What is special about each driver: one table, and the only place that knows drivers by name for
// what they can, copy, lose or keep. What a single device string adds is in ports/device/device.h.
#ifndef PORTS_DEVICE_DRIVER_H
#define PORTS_DEVICE_DRIVER_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// How one knows what a device has lost before a worker could poll it.
enum driver_losses {
  LOSSES_NOT_COUNTED, // nobody knows, unless the driver says a number
  LOSSES_NONE,        // there are none: the sender waits, or the frames are a file's
  LOSSES_BY_DRIVER,   // the driver's statistics have them (imissed)
  LOSSES_BY_SOCKET,   // the sockets that the driver opened are asked
  LOSSES_BY_KERNEL,   // the interface that the driver made counts what it could not hand over
};

struct driver {
  const char *name;  // what the name of a device, or of an ethdev's driver, begins with
  const char *alias; // the older prefix that DPDK accepts too, or NULL

  // Queues: by `count`, else by the argument `queues_key`, else `queues`; 0: not known without the
  // device.
  const char *queues_key; // or NULL
  unsigned queues;        // without that argument
  unsigned (*count)(const char *arguments);
  unsigned descriptors; // of a queue, where it wants a number of its own; 0: it does not

  const char *copies; // what it copies inside itself; NULL: unknown
  bool holds_sent;    // it may keep packets that it has sent until it gets others
  bool keeps_mbufs;   // at close it does not give back what its receive queues took

  bool scatters;       // receives a frame longer than an mbuf in several
  bool sends_segments; // sends packets of several segments, whatever its capabilities say

  const char *interface_key; // the argument that names the kernel's interface below; or NULL
  const char *sender_key;    // another one, for sending; or NULL
  const char *output_key;    // the argument that names a file that is emptied and written; or NULL
  bool room_for_all;         // what an interface takes for a tag, it takes of any frame

  // The longest frame that it sends without harm to this one or others: the least of these, and,
  // of a driver with an interface below, what that takes. All bytes; 0: no such limit.
  const char *buffer_key; // the argument that gives the size of its own buffers
  unsigned buffer;        // without it
  unsigned send_overhead; // of a buffer, what no frame can have when it sends
  unsigned over_mtu;      // of the ethdev's MTU, what it takes beyond; 0: it does not look at it
  bool one_mbuf;          // one mbuf of its port's pool must hold the frame
  bool as_received;       // no longer ones than it receives (max_rx_pktlen)

  unsigned receive_overhead; // the same of a buffer when it receives: longer frames are cut there

  bool partial_checksums; // a checksum that the sender left to a NIC comes in as it was left
  bool made_up;           // its frames come from nowhere or a file: the same ones mean nothing
  enum driver_losses losses;
  bool counts_refusals; // its errors on transmit are offers that it did not take: nothing is lost
};

// The driver that the vdev bus gives a device of this name to; NULL: not in the table.
const struct driver *driver_of_vdev(const char *name);

// The driver of a PCI NIC, by the name that its ethdev reports. Never NULL.
const struct driver *driver_of_nic(const char *name);

#ifdef __cplusplus
}
#endif
#endif
