// SPDX-License-Identifier: BSD-3-Clause
// Ports whose device goes while platter runs: the workers let go of it, packets to it are dropped
// (reason `absent`) and counted, everything else goes on. When the device is there again, the port
// is set up as at start and traffic flows as before. Control thread only.
#ifndef PORTS_HOTPLUG_H
#define PORTS_HOTPLUG_H

#include <stdbool.h>
#include <stdint.h>

#include "datapath/datapath.h"
#include "layout/layout.h"
#include "ports/port.h"

// Of one port; times in monotonic seconds.
struct hotplug {
  bool leaves;         // the device was taken from the workers, and is not let go yet
  uint64_t detachment; // see datapath_detach
  double waits_until;  // for the workers, before it is said that one does not come
  double retry;
  char error[512]; // why it did not come back, when last tried
};

// What a port that comes back is set up with: the same as at the start. Nothing here is owned.
struct hotplug_setup {
  struct datapath *datapath;
  struct memory *memory;
  const struct layout *layout;
  portset inserts; // ports whose NIC puts on the VLAN tags that the stages leave to it
};

// Takes away what leaves, and brings back what has returned. Call as often as the ports are looked
// at. `states`, `ports`: `n` of each, in the layout's order. `now`: monotonic seconds.
void hotplug_update(struct hotplug *states, struct port *ports, unsigned n,
                    const struct hotplug_setup *setup, double now);

#endif
