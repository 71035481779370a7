// SPDX-License-Identifier: BSD-3-Clause
// Looks at every frame that comes back, in every byte: whether it is of this trial, whole, the
// first of its number, and in its place; and how long it took.
//
// What a device may change: the Ethernet addresses and VLAN tags, the TTL or hop limit with the
// IPv4 header checksum, which must be right, and padding of what would be shorter than 60 bytes.
// All other changes are corruption.
//
// Reordering is RFC 4737's, of each flow by itself: a frame is reordered if one of its flow with a
// larger number came before it, and its extent is how many frames of the flow came since the first
// such one (section 4.2.2).
#ifndef BENCH_THROUGHPUT_RECEIVER_H
#define BENCH_THROUGHPUT_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "throughput/distribution.h"
#include "throughput/frames.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  RECEIVER_BURST = 64,
  RECEIVER_WINDOW = 1 << 24,  // frames: what comes later than this after its place is not told
                              // from a second one
  RECEIVER_SKIPPED = 1 << 20, // frames: up to here the extent of reordering is exact
};

struct receiver_flow {
  uint64_t next;     // number in the flow that comes next
  uint64_t arrivals; // of the flow so far, each number once
};

struct receiver {
  // control: writes before a trial
  uint16_t port;
  const struct frames *frames;
  uint32_t run;
  uint32_t first_run; // trials before this one have numbers from here on
  uint64_t limit;     // numbers of frames are below

  // the thread that receives: writes, control: reads when it has ended
  uint64_t seen;     // of all kinds. control: reads at any time, `received` as well
  uint64_t received; // whole, each number once
  uint64_t duplicates;
  uint64_t corrupted;
  uint64_t reordered;
  uint64_t earlier;   // of a trial before
  uint64_t foreign;   // not ours
  uint64_t beyond;    // later than the window
  uint64_t extent;    // of reordering, the largest
  bool extent_more;   // there was one that is larger than can be told
  uint64_t backwards; // frames that came before they were sent: the cores' clocks differ
  uint64_t turned;    // cycles, of the last turn
  uint64_t away; // cycles, the longest between two turns: what came meanwhile waited in the device
  uint64_t highest;           // number, plus one
  uint64_t last, last_delay;  // of the frame before, for jitter
  struct distribution delay;  // cycles
  struct distribution jitter; // difference of delay between neighbours (RFC 3393), cycles
  uint64_t *window;           // a bit for each number
  uint32_t *skipped;          // by number: how many of its flow had come when it was passed over
  struct receiver_flow *flow;
};

// Returns 0 or -ENOMEM; receiver_free in both cases. `frames` stays until then.
int receiver_make(struct receiver *receiver, const struct frames *frames);
void receiver_free(struct receiver *receiver);

// `limit`: more frames than will be sent.
void receiver_begin(struct receiver *receiver, uint32_t run, uint64_t limit);

// Takes what has come, at most a burst. Returns how many frames.
unsigned receiver_turn(struct receiver *receiver);

// One frame that came at a moment (cycles). Does not free it.
void receiver_take(struct receiver *receiver, const struct rte_mbuf *m, uint64_t now);

#ifdef __cplusplus
}
#endif
#endif
