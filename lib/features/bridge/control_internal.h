// SPDX-License-Identifier: BSD-3-Clause
// What control.c (life cycle), table.c (learning) and status.c share. Nobody else includes this.
#ifndef FEATURES_BRIDGE_CONTROL_INTERNAL_H
#define FEATURES_BRIDGE_CONTROL_INTERNAL_H

#include "features/bridge/bridge.h"
#include "features/bridge/control.h"

enum entry_state { ENTRY_FREE, ENTRY_LEARNED, ENTRY_STATIC };

// Control's own side of an address: workers never see it, they know its index.
struct bridge_entry {
  bridge_key key;
  uint32_t seen; // second; of a free entry: the next free one
  uint8_t port;
  uint8_t state;
};

struct bridge_table {
  const struct config_bridge *config;
  struct bridge *shared;
  struct bridge_port data[PORTS_MAX]; // of the ports' stages
  unsigned n_workers;
  unsigned storm; // forwarding.storm
  portset members;
  struct bridge_entry *entry; // `capacity` of them
  uint32_t free;              // first free one; capacity: none
  unsigned entries, statics;
  unsigned port_entries[PORTS_MAX]; // learned
  unsigned port_limit[PORTS_MAX];
  unsigned walked; // place of the walk that ages, in 0 to capacity
  bool changed;    // something was taken out or moved since the round began
  uint64_t learned, moved, aged, flushed, rejected_full, rejected_limit;
};

struct bridges {
  const struct config *config;
  double last;  // tick, monotonic
  double clock; // seconds that count
  portset up;
  struct rte_rcu_qsbr *quiet;
  unsigned n_workers;
  unsigned count;
  struct bridge_table table[CONFIG_PORTS_MAX / 2];
};

// table.c

// All entries free, then the static ones. Returns 0 or -errno.
int table_fill(struct bridge_table *table);

// Takes what workers have posted, from ports that are up.
void table_drain(struct bridge_table *table, portset up);

// Ages the part of the table that is due at `share` (0 to 1) of the current second.
void table_age(struct bridge_table *table, double share);

// Forgets what was learned at these ports.
void table_flush(struct bridge_table *table, portset ports);

// Tells the workers that what they have seen may no longer hold, where that is so.
void table_end_tick(struct bridge_table *table, uint32_t second);

#endif
