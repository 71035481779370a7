// SPDX-License-Identifier: BSD-3-Clause
// Wires whose sides follow each other's link (link_follow.h decides): what control does about it to
// their ports. A port that is held down is down for everybody, whatever its driver says.
#ifndef PORTS_WIRES_H
#define PORTS_WIRES_H

#include "base/notes.h"
#include "ports/link_follow.h"
#include "ports/port.h"

struct wires {
  unsigned n;
  struct wire {
    struct port *port[2];
    struct link_follow follow;
  } wire[CONFIG_PORTS_MAX / 2];
};

// When the ports have started. `ports`: in the order of the configuration; they must outlive the
// wires. Brings both sides up, wherever another process left them. Adds to `warnings` the ports
// whose link nobody can take down. `now`: monotonic seconds, here and below.
void wires_start(struct wires *wires, const struct config *config, struct port *ports,
                 struct notes *warnings, double now);

// After the ports' links were read: holds down and releases. A held port whose device has gone and
// come back is held again.
void wires_update(struct wires *wires, double now);

// Releases what is held, and holds nothing any more.
void wires_stop(struct wires *wires);

#endif
