// SPDX-License-Identifier: BSD-3-Clause
// Whether forwarding is short of room at a port: one word by port that changes seldom. Whoever
// forwards notes it when a packet is dropped there or must wait for room; whoever has references
// for readers looks at it, and gives them none for a while. So readers can stand in one queue with
// forwarding, in order, and still never take a place that it wants.
//
// The worker that owns the port's first transmit queue lets it pass, by its own turns. Several
// workers may note at once: they write the same value, and what a note loses to the one that lets
// it pass, the next one makes good.
#ifndef DATAPATH_PRESSURE_H
#define DATAPATH_PRESSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>

#include "datapath/burst.h"
#include "packet/lines.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  READERS_LEAVE = 2 * BURST_MAX, // room that readers leave to forwarding at a port, always
  // Turns of the owner after which a note is half forgotten. Long, as each time that readers come
  // back to a port that forwarding fills, what they get is lost to it: some hundred references, to
  // be a small part of what the port sends in this time.
  PRESSURE_TURNS = 4096,
  PRESSURE_NOTED = 2,
};

struct pressure {
  uint32_t level; // workers: write and read; 0: none
} __rte_cache_aligned;
LINES_OWN(struct pressure);

// NULL, here and below: nobody wants to know, for the port's readers are waited for.
static inline void pressure_note(struct pressure *pressure)
{
  if (pressure != NULL && __atomic_load_n(&pressure->level, __ATOMIC_RELAXED) != PRESSURE_NOTED)
    __atomic_store_n(&pressure->level, PRESSURE_NOTED, __ATOMIC_RELAXED);
}

static inline bool pressure_is_on(const struct pressure *pressure)
{
  return pressure != NULL && __atomic_load_n(&pressure->level, __ATOMIC_RELAXED) > 0;
}

// The owner of the port's first transmit queue, every PRESSURE_TURNS turns.
static inline void pressure_pass(struct pressure *pressure)
{
  uint32_t level = pressure != NULL ? __atomic_load_n(&pressure->level, __ATOMIC_RELAXED) : 0;
  if (level > 0)
    __atomic_store_n(&pressure->level, level - 1, __ATOMIC_RELAXED);
}

#ifdef __cplusplus
}
#endif
#endif
