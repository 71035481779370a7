// SPDX-License-Identifier: BSD-3-Clause
// What the configuration's `forward` and `rules` come to: the stages of every port, and what these
// say about where its packets can go.
#ifndef CONTROL_FORWARDING_H
#define CONTROL_FORWARDING_H

#include "config/config.h"
#include "datapath/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

// The kinds that the stages of this build give to `forward`, for config_load. Never freed.
const struct config_kind *forward_kinds(size_t *n);

// What the configuration says about each port once the stages have been asked.
struct forwarding {
  struct program program;
  portset reach[PORTS_MAX]; // packets received on the port may leave by
  portset sends[PORTS_MAX]; // the part of it that is forwarding: without mirrors and balances
  portset own[PORTS_MAX]; // the part of that where the port's entry of `forward` sends to, without
                          // what rules redirect
  portset reads[PORTS_MAX]; // ports that mirrors and balances give it to
  bool wait[PORTS_MAX];     // overload: wait
  bool exact;               // whoever waits does so for readers and redirects, too: nothing is lost
  unsigned slots[PORTS_MAX]; // of a burst, that a packet received on the port can need (slots.h)
  portset inserts;           // their NICs put VLAN tags on: known when they are configured
  // Broadcasts a second that a port of a bridge floods where nothing is said; 0: any.
  unsigned storm;
};

void forwarding_make(struct forwarding *forwarding, const struct config *config, bool exact);

// A stage that no configuration names.
struct trailing_stage {
  const struct stage_type *type;
  const void *data; // for struct stage; must outlive the forwarding
};

// Has the stages run on every port behind those of `forward`, in this order: so a verdict of theirs
// is the last word. They send nowhere by themselves: their reach is empty. Returns 0, or -E2BIG
// where a port would have more than STAGES_MAX, and then nothing has changed.
int forwarding_append(struct forwarding *forwarding, const struct trailing_stage *trailing,
                      unsigned n);

#ifdef __cplusplus
}
#endif
#endif
