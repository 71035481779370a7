// SPDX-License-Identifier: BSD-3-Clause
// memif clients whose server ended while platter runs. DPDK's driver connects when the port starts
// and never again; so, when somebody greets there once more, the port is stopped and started, while
// no worker uses it. Until then its link is down. Nothing waits for a server that listens and says
// nothing. Control thread only.
#ifndef PORTS_RECONNECT_H
#define PORTS_RECONNECT_H

#include <stdbool.h>

#include "datapath/datapath.h"
#include "ports/port.h"

struct reconnect {
  double next; // when to try, monotonic seconds; 0: not needed
  bool knocks; // a connection is open, to see whether the server greets
  int fd;      // that connection
};

// Looks after the ports that have lost their server. Call as often as the ports are looked at.
// `states`, `ports`: `n` of each, in the layout's order. `now`: monotonic seconds.
void reconnect_update(struct reconnect *states, struct port *ports, unsigned n,
                      struct datapath *datapath, double now);

// At the end.
void reconnect_stop(struct reconnect *states, unsigned n);

#endif
