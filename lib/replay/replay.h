// SPDX-License-Identifier: BSD-3-Clause
// A replay port's life: frames laid out in memory, the source put behind a device's receive queue,
// watched, and taken apart when no worker polls it any more. Control thread only, but for the
// source (source.h), which runs on the worker.
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include "figures/replay_status.h"
#include "replay/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

struct replay;

// Makes pools on a NUMA node and reads the frames in (a window: as many as it holds). `number`:
// unique in the process. Returns 0, or -errno and a sentence in `error`, with nothing left behind.
int replay_open(struct replay **replay, const struct replay_plan *plan, unsigned number, int node,
                char *error, size_t size);

// Has polls of the device's first receive queue give the frames, behind what the driver itself
// receives. The device must be configured and no worker polling it. Returns 0 or -errno.
int replay_attach(struct replay *replay, uint16_t device);

// Where the source waits for others: `tsc` is when it begins.
void replay_begin(struct replay *replay, uint64_t tsc);

void replay_read(const struct replay *replay, struct replay_status *status);

// Takes the source away from the device, which must still be there. No worker polls it any more.
void replay_detach(struct replay *replay);

// When no worker polls and every driver has given back what it had: gives the frames back to their
// pools, where replay_read counts them.
void replay_release(struct replay *replay);

// NULL is allowed. Any state in which no worker polls; the device may be gone.
void replay_free(struct replay *replay);

#ifdef __cplusplus
}
#endif
#endif
