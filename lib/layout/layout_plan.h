// SPDX-License-Identifier: BSD-3-Clause
// A table in the making, private to this library. Two decisions are all that the kinds of layout
// differ in: who polls each receive queue, and who owns a transmit queue on each port. The rest
// (queue numbers, handoffs, notes about NUMA nodes) follows from these two in one place.
#ifndef LAYOUT_PLAN_H
#define LAYOUT_PLAN_H

#include "layout/layout.h"

enum {
  PLAN_RX_QUEUES_MAX = 1024, // as many as an ethdev can have (RTE_MAX_QUEUES_PER_PORT)
  PLAN_NOBODY = -1,
};

struct plan {
  const struct layout_facts *facts;
  struct layout *layout; // takes the notes at once and the table at the end
  char *error;
  size_t error_size;
  bool no_memory;   // a note was lost
  uint32_t reached; // bit p: some packet can leave by port p
  unsigned n_workers;
  struct layout_core cores[LAYOUT_WORKERS_MAX];
  int16_t pollers[LAYOUT_PORTS_MAX][PLAN_RX_QUEUES_MAX]; // a worker, or PLAN_NOBODY
  uint32_t owns[LAYOUT_WORKERS_MAX];                     // bit p: has a transmit queue on port p
};

// Writes the error and returns false, so that a refusal is one statement.
bool plan_refuse(const struct plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void plan_note(struct plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The ports that what `worker` receives may leave by.
uint32_t plan_reach(const struct plan *plan, unsigned worker);

// Leaves out the workers that poll nothing and own nothing; those above move down.
void plan_drop_idle(struct plan *plan);

// Fills plan->layout. Returns false and the error where memory ran out.
bool plan_finish(struct plan *plan);

// The kinds: each sets cores, pollers and owns. False where the facts allow no table.
bool plan_pipeline(struct plan *plan);
bool plan_run_to_completion(struct plan *plan);
bool plan_explicit(struct plan *plan);

static inline bool plan_has(uint32_t ports, unsigned port)
{
  return ports >> port & 1;
}

static inline const char *plan_plural(unsigned n)
{
  return n == 1 ? "" : "s";
}

#endif
