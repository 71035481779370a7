// SPDX-License-Identifier: BSD-3-Clause
// Where the control thread sleeps: timers and sockets join it and are served there, one at a time,
// so that nothing on control needs a lock. What it calls must not block, nor run the loop.
#ifndef CONTROL_LOOP_H
#define CONTROL_LOOP_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct event_base; // libevent's: what else there is joins by it
struct loop;

// Returns 0 or -errno.
int loop_make(struct loop **loop);

struct event_base *loop_base(const struct loop *loop);

// Has `call` called every so many seconds while the loop runs; LOOP_TIMERS of them at most. Returns
// 0 or -errno.
enum { LOOP_TIMERS = 4 };
int loop_every(struct loop *loop, double seconds, void (*call)(void *arg), void *arg);

// Sleeps and serves until `until` (monotonic seconds, see clock.h), or until the descriptor `stop`
// can be read (-1: none). Returns whether it could. Serves what is ready even if the time is over.
bool loop_run(struct loop *loop, double until, int stop);

// What joined by the base has to have left. NULL is allowed.
void loop_free(struct loop *loop);

#ifdef __cplusplus
}
#endif
#endif
