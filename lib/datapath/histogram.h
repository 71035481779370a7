// SPDX-License-Identifier: BSD-3-Clause
// How values (cycles, mostly) are distributed, in little memory and at little cost: sixteen buckets
// for each power of two, so that a quantile is at most 1/16 too high. One writer; a reader beside
// it sees each count whole, and all of them a few values apart.
#ifndef DATAPATH_HISTOGRAM_H
#define DATAPATH_HISTOGRAM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  HISTOGRAM_FINE = 16, // buckets of a power of two
  HISTOGRAM_BUCKETS = 61 * HISTOGRAM_FINE,
};

struct histogram { // zero-initialise
  uint64_t count[HISTOGRAM_BUCKETS];
  uint64_t most; // the largest value, exactly
};

// The bucket of a value: the four bits below its leading one say which of the sixteen.
static inline unsigned histogram_bucket(uint64_t value)
{
  if (value < HISTOGRAM_FINE)
    return value;
  unsigned leading = 63 - __builtin_clzll(value); // 4 to 63
  return (leading - 3) * HISTOGRAM_FINE + ((value >> (leading - 4)) & (HISTOGRAM_FINE - 1));
}

static inline void histogram_add(struct histogram *h, uint64_t value)
{
  uint64_t *count = &h->count[histogram_bucket(value)];
  __atomic_store_n(count, *count + 1, __ATOMIC_RELAXED);
  if (value > h->most)
    __atomic_store_n(&h->most, value, __ATOMIC_RELAXED);
}

// Copies what another thread may be writing.
void histogram_copy(struct histogram *to, const struct histogram *from);

uint64_t histogram_total(const struct histogram *h);

// The value that a `share` (0 to 1) of all values does not exceed, rounded up to the end of its
// bucket; 0 where there are none.
uint64_t histogram_quantile(const struct histogram *h, double share);

#ifdef __cplusplus
}
#endif
#endif
