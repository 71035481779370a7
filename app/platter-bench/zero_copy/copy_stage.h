// SPDX-License-Identifier: BSD-3-Clause
// The traditional way, for comparison: at every hand-over the packet is copied into a fresh buffer
// and the one before is freed. A stage that runs behind those of `forward` (forwarding_append), so
// that with and without copies everything else is the same code. Only platter-bench has it.
#ifndef BENCH_COPY_STAGE_H
#define BENCH_COPY_STAGE_H

#include "datapath/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

// What struct stage's data points to.
struct copy_stage {
  uint32_t copies; // of each packet. control: writes at any time, worker: reads once a burst
};

// Copies every packet that is to be sent, one copy after the other, into the worker's frames.
// Where they are used up, the packet is dropped as no_copy_mbuf.
extern const struct stage_type copy_stage;

extern struct label copy_site_hand_over; // where its bytes are counted

static inline void copy_stage_set(struct copy_stage *stage, uint32_t copies)
{
  __atomic_store_n(&stage->copies, copies, __ATOMIC_RELAXED);
}

#ifdef __cplusplus
}
#endif
#endif
