// SPDX-License-Identifier: BSD-3-Clause
// Repeated measurements of one thing: median, spread, and whether they agree well enough to say
// anything.
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SAMPLES_MAX = 64 };

struct samples { // zero-initialise
  size_t count;
  double value[SAMPLES_MAX];
};

void samples_add(struct samples *samples, double value); // beyond SAMPLES_MAX: ignored

struct spread {
  size_t count;
  double median, low, high; // low and high: the quartiles
  double least, most;
  bool conclusive; // see samples_spread
};

// Sorts a copy. `conclusive`: at least three samples, and the quartiles are no further apart than
// SPREAD_MAX of the median. A median of 0 with all samples 0 is conclusive.
struct spread samples_spread(const struct samples *samples);

// How far apart the quartiles may be, as a share of the median: more says that the machine, not the
// thing, was measured.
#define SPREAD_MAX 0.15

#ifdef __cplusplus
}
#endif
#endif
