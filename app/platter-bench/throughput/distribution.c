// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/distribution.h"

#include <math.h>
#include <string.h>

void distribution_reset(struct distribution *d)
{
  memset(d, 0, sizeof(*d));
  d->least = UINT64_MAX;
}

// The largest value of a bucket.
static uint64_t bucket_end(unsigned bucket)
{
  if (bucket < DISTRIBUTION_FINE)
    return bucket;
  unsigned shift = bucket / DISTRIBUTION_FINE - 1;
  uint64_t begin = (uint64_t)(DISTRIBUTION_FINE + bucket % DISTRIBUTION_FINE) << shift;
  return begin + ((UINT64_C(1) << shift) - 1);
}

uint64_t distribution_quantile(const struct distribution *d, double share)
{
  uint64_t seen = 0;
  double wanted = ceil(share * d->total);
  if (d->total == 0)
    return 0;
  for (unsigned i = 0; i < DISTRIBUTION_BUCKETS; i++) {
    seen += d->count[i];
    if (seen >= wanted && seen > 0)
      return bucket_end(i) < d->most ? bucket_end(i) : d->most;
  }
  return d->most;
}

double distribution_mean(const struct distribution *d)
{
  return d->total > 0 ? d->sum / d->total : 0;
}
