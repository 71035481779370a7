// SPDX-License-Identifier: BSD-3-Clause
// Ports at which the same frames come in again and again: most likely two ports are connected
// outside of platter, and what comes in goes round at full speed.
#ifndef CONTROL_CIRCLING_H
#define CONTROL_CIRCLING_H

#include "datapath/datapath.h"
#include "figures/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Of one port.
struct circling {
  uint64_t samples, again; // as of the last look
  unsigned running;        // looks in a row at which it was so
  uint64_t seconds;        // in which it was so, all in all
};

// One more second's samples. Most of them must be repeats, of enough, twice in a row: what others
// send once a second, or a burst of the same, is none.
void circling_note(struct circling *circling, uint64_t samples, uint64_t again);

// Looks at all ports, once a second.
void circling_look(struct circling circling[CONFIG_PORTS_MAX], const struct datapath *datapath,
                   unsigned n_ports);

#ifdef __cplusplus
}
#endif
#endif
