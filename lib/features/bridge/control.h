// SPDX-License-Identifier: BSD-3-Clause
// The control side of bridges: their tables, and what is learned into them. Workers post what they
// see (features/bridge/bridge.h); every tick, control takes that and is the only one to write a
// table.
//
// A full table learns nothing more: stations that are known stay known, frames to the others are
// flooded until ageing makes room, and what was refused is counted. So a flood of made-up addresses
// costs the bridge none of those it has. The same holds for a port's own limit.
//
// A station that is seen at another port moves there, unless it is static or that port is at its
// limit. The addresses of a port whose link goes down are forgotten.
#ifndef FEATURES_BRIDGE_CONTROL_H
#define FEATURES_BRIDGE_CONTROL_H

#include "config/config.h"
#include "features/forwarding.h"
#include "figures/status.h"

#ifdef __cplusplus
extern "C" {
#endif

struct rte_rcu_qsbr;

struct bridges;

// Memory for the bridges of a configuration, for so many workers: what to ask of the kernel.
size_t bridges_bytes(const struct config *config, unsigned n_workers);

// Ports that may leave tags to their NIC: those of bridges that look at them, where nobody else
// does: a rule's filter and its mirrors want the frame with its tag.
portset bridges_leave_tags(const struct config *config);

// Makes the bridges and gives the stages of `forwarding` their data. Before workers run. `config`
// must outlive them; `quiet`: which workers report to. Without a bridge in the configuration,
// *bridges is NULL. Returns 0, or -errno and a sentence in `error`, with nothing left behind.
int bridges_start(struct bridges **bridges, const struct config *config,
                  struct forwarding *forwarding, const struct layout *layout,
                  struct rte_rcu_qsbr *quiet, char *error, size_t size);

// Learns, moves, ages, forgets. `up`: ports that have a link; `now`: monotonic seconds. A bridge's
// own clock leaves out the time between two ticks beyond half a second, in which control was not
// there to hear that a station is still there. NULL is allowed, here and below.
void bridges_tick(struct bridges *bridges, portset up, double now);

// Fills status->bridge.
void bridges_gather(const struct bridges *bridges, struct status *status);

// When no worker runs any more.
void bridges_stop(struct bridges *bridges);

// Copies entries of the bridge of that name (NULL: the first bridge) from place `first` on, at most
// `n`. Returns how many, or -1 where there is no such bridge. *next: the place to go on from; 0:
// there are no more.
int bridges_page(struct bridges *bridges, const char *name, unsigned first, struct bridge_row *rows,
                 unsigned n, unsigned *next);

#ifdef __cplusplus
}
#endif
#endif
