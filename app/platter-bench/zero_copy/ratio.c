// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/ratio.h"

#include <math.h>
#include <stdlib.h>

enum { FEWEST = 3 };
static const double DOUBT = 0.05;

// How many of the least, and of the most, of `n` samples may be left out: as many as lie on the
// wrong side of the median by chance alone with a probability of DOUBT at most, both together.
static size_t left_out(size_t n)
{
  double chance = pow(0.5, (double)n), sum = chance; // of 0, 1, 2, … on the wrong side
  size_t k = 0;
  while (k + 1 < n && 2 * (sum += chance *= (double)(n - k) / (double)(k + 1)) <= DOUBT)
    k++;
  return 2 * pow(0.5, (double)n) <= DOUBT ? k : 0;
}

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

struct ratio ratio_paired(const struct samples *a, const struct samples *b)
{
  struct samples ratios = {0};
  for (size_t i = 0; i < a->count && i < b->count; i++)
    samples_add(&ratios, a->value[i] / b->value[i]);
  struct spread spread = samples_spread(&ratios);
  if (ratios.count < FEWEST)
    return (struct ratio){.known = false};
  size_t out = left_out(ratios.count);
  qsort(ratios.value, ratios.count, sizeof(*ratios.value), compare);
  return (struct ratio){.known = true,
                        .narrow = spread.conclusive,
                        .low = ratios.value[out],
                        .middle = spread.median,
                        .high = ratios.value[ratios.count - 1 - out]};
}
