// SPDX-License-Identifier: BSD-3-Clause
// Whether the same frames come in again and again, as they do where two ports are connected outside
// of platter and everything goes round. One packet of every REPEATS_EVERY bursts of a worker is
// looked at, so that it costs nothing that could be measured; what circles comes by often enough.
#ifndef DATAPATH_REPEATS_H
#define DATAPATH_REPEATS_H

#include <rte_mbuf.h>

#include "packet/lines.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  REPEATS_EVERY = 251, // bursts; a prime: no port is left out because bursts come in turn
  REPEATS_KEPT = 256,  // frames that are remembered
  REPEATS_BYTES = 128, // of a frame, from its beginning, by which it is known; and its length
  REPEATS_AGE = 2,     // units of 2^30 cycles after which it is forgotten: a second or less
};

// Of one receive queue. worker: writes, control: reads both counters.
struct repeats {
  uint64_t samples;
  uint64_t again;              // of them, those seen a moment ago
  uint64_t seen[REPEATS_KEPT]; // a hash, and in the lowest 16 bits when
} __rte_cache_aligned;
LINES_OWN(struct repeats);

// `now`: cycles of the TSC.
void repeats_sample(struct repeats *repeats, const struct rte_mbuf *packet, uint64_t now);

#ifdef __cplusplus
}
#endif
#endif
