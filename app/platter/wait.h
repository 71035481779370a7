// SPDX-License-Identifier: BSD-3-Clause
// The control thread's sleep: until a moment has come or a signal asks to stop.
#ifndef PLATTER_WAIT_H
#define PLATTER_WAIT_H

#include <stdbool.h>

// Keeps SIGINT and SIGTERM for wait_until, from here on and in every thread made later, so that a
// signal at any moment of the start ends in an orderly stop. Ignores SIGPIPE. Call first in main's
// thread. Returns 0 or -errno.
int wait_init(void);

double wait_now(void); // monotonic seconds

// Sleeps until `time` (as wait_now), or until a signal asks to stop. Returns whether one did.
bool wait_until(double time);

#endif
