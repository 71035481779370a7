// SPDX-License-Identifier: BSD-3-Clause
// How two measurements compare, with the doubt that their spreads leave: the ratio of their medians
// and between what it lies if each is anywhere between its quartiles.
#ifndef BENCH_ZERO_COPY_RATIO_H
#define BENCH_ZERO_COPY_RATIO_H

#include <stdbool.h>

#include "stats.h"

struct ratio {
  bool known; // both measurements are conclusive
  double low, middle, high;
};

static inline struct ratio ratio_of(const struct spread *a, const struct spread *b)
{
  if (!a->conclusive || !b->conclusive || !(b->low > 0))
    return (struct ratio){.known = false};
  return (struct ratio){true, a->low / b->high, a->median / b->median, a->high / b->low};
}

// For certain.
static inline bool ratio_above(struct ratio ratio, double value)
{
  return ratio.known && ratio.low > value;
}

static inline bool ratio_below(struct ratio ratio, double value)
{
  return ratio.known && ratio.high < value;
}

#endif
