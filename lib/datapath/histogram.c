// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/histogram.h"

#include <math.h>

void histogram_copy(struct histogram *to, const struct histogram *from)
{
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
    to->count[i] = __atomic_load_n(&from->count[i], __ATOMIC_RELAXED);
  to->most = __atomic_load_n(&from->most, __ATOMIC_RELAXED);
}

uint64_t histogram_total(const struct histogram *h)
{
  uint64_t sum = 0;
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
    sum += h->count[i];
  return sum;
}

// The largest value of a bucket.
static uint64_t bucket_end(unsigned bucket)
{
  if (bucket < HISTOGRAM_FINE)
    return bucket;
  unsigned shift = bucket / HISTOGRAM_FINE - 1;
  return ((uint64_t)(HISTOGRAM_FINE + bucket % HISTOGRAM_FINE) << shift) + (UINT64_C(1) << shift) -
         1;
}

uint64_t histogram_quantile(const struct histogram *h, double share)
{
  uint64_t total = histogram_total(h), seen = 0;
  if (total == 0)
    return 0;
  double wanted = ceil(share * total);
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
    seen += h->count[i];
    if (seen >= wanted && seen > 0)
      return bucket_end(i) < h->most ? bucket_end(i) : h->most;
  }
  return h->most;
}
