// SPDX-License-Identifier: BSD-3-Clause
// How values (cycles, mostly) are distributed: 512 buckets for each power of two, so that a
// quantile is at most 0.2% too high, with the least, the most and the mean exactly. datapath's
// histogram has sixteen, for workers must keep theirs small. One thread writes, and others read
// when it has ended.
#ifndef BENCH_THROUGHPUT_DISTRIBUTION_H
#define BENCH_THROUGHPUT_DISTRIBUTION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  DISTRIBUTION_BITS = 9,
  DISTRIBUTION_FINE = 1 << DISTRIBUTION_BITS,
  DISTRIBUTION_BUCKETS = (64 - DISTRIBUTION_BITS + 1) * DISTRIBUTION_FINE,
};

struct distribution { // distribution_reset before use
  uint64_t total;
  uint64_t least, most;
  double sum;
  uint64_t count[DISTRIBUTION_BUCKETS];
};

void distribution_reset(struct distribution *distribution);

static inline unsigned distribution_bucket(uint64_t value)
{
  if (value < DISTRIBUTION_FINE)
    return value;
  unsigned leading = 63 - __builtin_clzll(value);
  unsigned shift = leading - DISTRIBUTION_BITS;
  return (shift + 1) * DISTRIBUTION_FINE + ((value >> shift) & (DISTRIBUTION_FINE - 1));
}

static inline void distribution_add(struct distribution *d, uint64_t value, uint64_t times)
{
  d->count[distribution_bucket(value)] += times;
  d->total += times;
  d->sum += (double)value * times;
  if (value < d->least)
    d->least = value;
  if (value > d->most)
    d->most = value;
}

// The value that a `share` (0 to 1) of all does not exceed, rounded up to the end of its bucket; 0
// where there are none.
uint64_t distribution_quantile(const struct distribution *distribution, double share);

double distribution_mean(const struct distribution *distribution); // 0 where there are none

#ifdef __cplusplus
}
#endif
#endif
