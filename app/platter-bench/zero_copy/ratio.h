// SPDX-License-Identifier: BSD-3-Clause
// How two measurements compare, with the doubt that is left.
#ifndef BENCH_ZERO_COPY_RATIO_H
#define BENCH_ZERO_COPY_RATIO_H

#include <stdbool.h>

#include "report/stats.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ratio {
  bool known;
  bool narrow; // enough for one number to stand for it
  double low, middle, high;
};

// Of samples taken in the same rounds, the first beside the first, and so on: the median of their
// ratios, and between what it lies at 95% (with fewer than six, the least and the most). What the
// machine does to one it does to its neighbour, so that ratios spread less than the samples, and
// say something where those say nothing. The interval is that of the sign test, which supposes
// nothing about how the ratios are distributed (W. J. Conover, "Practical Nonparametric
// Statistics", 3rd edition, section 3.2). Known from three samples on.
struct ratio ratio_paired(const struct samples *a, const struct samples *b);

// For certain.
static inline bool ratio_above(struct ratio ratio, double value)
{
  return ratio.known && ratio.low > value;
}

static inline bool ratio_below(struct ratio ratio, double value)
{
  return ratio.known && ratio.high < value;
}

#ifdef __cplusplus
}
#endif
#endif
