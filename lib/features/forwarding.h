// SPDX-License-Identifier: BSD-3-Clause
// What the configuration's `forward` and `rules` come to: the stages of every port, and what these
// say about where its packets can go. Control makes it (control/forwarding.h); each feature gives
// its own stages their data.
#ifndef FEATURES_FORWARDING_H
#define FEATURES_FORWARDING_H

#include "config/config.h"
#include "datapath/stage.h"

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
  unsigned
      slots[PORTS_MAX]; // of a burst, that a packet received on the port can need (control/slots.h)
  portset inserts;      // their NICs put VLAN tags on: known when they are configured
  // Broadcasts a second that a port of a bridge floods where nothing is said; 0: any.
  unsigned storm;
};

#endif
