// SPDX-License-Identifier: BSD-3-Clause
// Time as everything but the fast path sees it, in seconds.
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <time.h>

// Monotonic.
static inline double clock_now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

// Sleeps for less than a second.
static inline void clock_rest(double seconds)
{
  struct timespec t = {0, (long)(seconds * 1e9)};
  nanosleep(&t, NULL);
}

#endif
