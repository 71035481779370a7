// SPDX-License-Identifier: BSD-3-Clause
// The control thread's sleep: until a moment has come or a signal asks to stop.
#ifndef CLI_WAIT_H
#define CLI_WAIT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// Keeps SIGINT, SIGTERM, SIGXCPU and SIGHUP for wait_until, from here on and in every thread made
// later, so that a signal at any moment of the start ends in an orderly stop. Ignores SIGPIPE. Call
// when files have been read (a signal ends that at once) and before anything is made that has to be
// undone. Returns 0, or -errno and says so on standard error.
int wait_init(void);

double wait_now(void); // monotonic seconds

// A descriptor that can be read once a signal asks to stop, for who sleeps in a loop of its own;
// the signal stays there for the others. -1 before wait_init.
int wait_descriptor(void);

// Sleeps until `time` (as wait_now), or until a signal asks to stop. Returns whether one did.
bool wait_until(double time);

#ifdef __cplusplus
}
#endif
#endif
