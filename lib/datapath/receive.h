// SPDX-License-Identifier: BSD-3-Clause
// The receive side of one queue, which exactly one worker polls, and what is done about drivers
// that hand over frames that are not what came in.
#ifndef DATAPATH_RECEIVE_H
#define DATAPATH_RECEIVE_H

#include "datapath/counters.h"
#include "datapath/repeats.h"

#ifdef __cplusplus
extern "C" {
#endif

// worker: everything, but where it says otherwise
struct receive {
  uint16_t device; // DPDK's port id
  uint16_t queue;
  uint8_t port;  // platter's number
  bool absent;   // the device is gone: not to be touched. control: writes, worker: reads
  bool inside;   // the driver was called and has not come back. worker: writes, control: reads
  bool checks;   // receive_check is needed
  uint16_t cuts; // bytes of a frame that may have been longer: the driver cuts it there; 0: never
  struct repeats *repeats; // NULL: its frames are made up, and may well be the same
  uint64_t n_cut;          // frames as long as `cuts`, dropped. worker: writes, control: reads
};

// Drops (reason too_long) the frames that the driver may have cut. `n` packets that were counted as
// received. Returns how many are left, at the front, in order.
unsigned receive_check(struct receive *rx, struct rte_mbuf **packets, unsigned n,
                       struct counters *counters);

#ifdef __cplusplus
}
#endif
#endif
