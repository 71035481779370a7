// SPDX-License-Identifier: BSD-3-Clause
#include "report/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CONCLUSIVE_COUNT = 3 };

void samples_add(struct samples *samples, double value)
{
  if (samples->count < SAMPLES_MAX && isfinite(value))
    samples->value[samples->count++] = value;
}

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Between the two samples that it falls between, in proportion: definition 7 of Hyndman and Fan,
// "Sample Quantiles in Statistical Packages", 1996.
static double quantile(const double *sorted, size_t count, double share)
{
  double at = share * (count - 1);
  size_t below = at;
  double part = at - below;
  return part > 0 ? sorted[below] + part * (sorted[below + 1] - sorted[below]) : sorted[below];
}

struct spread samples_spread(const struct samples *samples)
{
  size_t n = samples->count;
  if (n == 0)
    return (struct spread){.conclusive = false};
  double sorted[SAMPLES_MAX];
  memcpy(sorted, samples->value, n * sizeof(*sorted));
  qsort(sorted, n, sizeof(*sorted), compare);
  struct spread spread = {
      .count = n,
      .median = quantile(sorted, n, 0.5),
      .low = quantile(sorted, n, 0.25),
      .high = quantile(sorted, n, 0.75),
      .least = sorted[0],
      .most = sorted[n - 1],
  };
  spread.conclusive =
      n >= CONCLUSIVE_COUNT && spread.high - spread.low <= SPREAD_MAX * fabs(spread.median);
  return spread;
}
