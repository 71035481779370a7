// SPDX-License-Identifier: BSD-3-Clause
// What one worker counts. The worker is the only writer, with plain stores. Nobody else reads the
// live counters: a reader asks for a copy, which the worker makes between two turns
// (worker_snapshot), so that the accounting equation holds in every copy, at all times:
//
//   received + cloned + taken = transmitted + dropped + handed + pending
//
// Summed over all workers, handed - taken is what lies in the handoffs; with `pending` that is the
// "in flight" of the equation a user sees.
#ifndef DATAPATH_COUNTERS_H
#define DATAPATH_COUNTERS_H

#include "datapath/burst.h"
#include "packet/copier.h"
#include "packet/lines.h"

struct counters {
  uint64_t received[PORTS_MAX];            // by port of receipt
  uint64_t transmitted[PORTS_MAX];         // by port; what the driver took
  uint64_t dropped[PORTS_MAX][LABELS_MAX]; // by reason; stages: at the port of receipt,
                                           // on the way out: at the port it could not leave by
  uint64_t cloned;                         // references added for packets to several ports
  uint64_t handed;                         // references pushed to handoffs
  uint64_t taken;                          // references taken off handoffs
  uint64_t pending;                        // held for a transmit queue; set when copied
  struct copy_count copied[LABELS_MAX];    // by copy site; set when copied
  uint64_t bursts;                         // polls that gave packets
  uint64_t waits;                          // polls left out because the way out lacked room
  uint64_t busy_cycles;                    // TSC, in turns that moved a packet
  uint64_t idle_cycles;                    // TSC, in turns that moved none
} __rte_cache_aligned;
LINES_OWN(struct counters);

#endif
