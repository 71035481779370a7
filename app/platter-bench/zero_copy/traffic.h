// SPDX-License-Identifier: BSD-3-Clause
// The frames that are forwarded: how many, and a capture of them. Ethernet, IPv4 and UDP with valid
// headers, payload and ports from a seed: the same bytes every time.
//
// IMIX is the "simple IMIX" of 7 frames of 64 bytes, 4 of 594 and 1 of 1518, every twelve frames in
// another order. All sizes are bytes in memory, without the frame check sequence.
#ifndef BENCH_ZERO_COPY_TRAFFIC_H
#define BENCH_ZERO_COPY_TRAFFIC_H

#include <stddef.h>
#include <stdint.h>

#include "zero_copy/options.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  TRAFFIC_GROUP = 12,         // frames: a multiple of these makes a capture
  TRAFFIC_GROUP_BYTES = 4342, // of IMIX
  TRAFFIC_MBUF = 128,         // bytes of a frame's struct rte_mbuf, which is in the cache too
};

struct caches {    // bytes
  uint64_t second; // level, of a core
  uint64_t last;   // level
};

double traffic_mean(unsigned size);      // bytes of a frame
unsigned traffic_longest(unsigned size); // the same

// Memory that so many frames take where they lie ready in mbufs.
uint64_t traffic_memory(unsigned size, unsigned frames);

// So many that frames and their mbufs fill half of the second-level cache, or four times the
// last-level one, but `memory` at most. At least TRAFFIC_FEWEST in any case, which replay would
// make of fewer (REPLAY_READY).
enum { TRAFFIC_FEWEST = 516 };
unsigned traffic_frames(unsigned size, enum working_set set, const struct caches *caches,
                        uint64_t memory);

// Writes a capture into a file without a name. Returns a file descriptor, or -errno.
int traffic_write(unsigned size, unsigned frames, uint64_t seed);

#ifdef __cplusplus
}
#endif
#endif
