// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/histogram.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace
{
const double shares[] = {0, 0.01, 0.5, 0.9, 0.99, 0.999, 1};

uint64_t exact(const std::vector<uint64_t> &sorted, double share)
{
  size_t rank = std::max<size_t>(1, std::ceil(share * sorted.size()));
  return sorted[rank - 1];
}

TEST(Histogram, EveryBucketFollowsTheOneBefore)
{
  unsigned last = 0;
  for (uint64_t value = 0; value < HISTOGRAM_FINE; value++, last++)
    EXPECT_EQ(histogram_bucket(value), last);
  for (unsigned power = 4; power < 64; power++) {
    for (uint64_t fine = 0; fine < HISTOGRAM_FINE; fine++, last++) {
      uint64_t least = (HISTOGRAM_FINE + fine) << (power - 4);
      uint64_t most = least + (UINT64_C(1) << (power - 4)) - 1;
      EXPECT_EQ(histogram_bucket(least), last);
      EXPECT_EQ(histogram_bucket(most), last);
    }
  }
  EXPECT_EQ(histogram_bucket(UINT64_MAX), static_cast<unsigned>(HISTOGRAM_BUCKETS) - 1);
}

TEST(Histogram, QuantilesAreAtMostASixteenthTooHigh)
{
  std::mt19937_64 random(7);
  for (unsigned bits : {3, 8, 20, 40, 64}) {
    struct histogram h = {};
    std::vector<uint64_t> values(10007);
    for (uint64_t &value : values) {
      value = random() >> (64 - bits);
      histogram_add(&h, value);
    }
    std::sort(values.begin(), values.end());
    ASSERT_EQ(histogram_total(&h), values.size());
    for (double share : shares) {
      uint64_t truth = exact(values, share), told = histogram_quantile(&h, share);
      EXPECT_GE(told, truth) << share << " of " << bits << " bits";
      EXPECT_LE(told - truth, truth / 16) << share << " of " << bits << " bits";
    }
    EXPECT_EQ(histogram_quantile(&h, 1), values.back());
  }
}

TEST(Histogram, EmptyAndSingle)
{
  struct histogram h = {};
  for (double share : shares)
    EXPECT_EQ(histogram_quantile(&h, share), 0u);
  histogram_add(&h, 123456789);
  for (double share : shares)
    EXPECT_EQ(histogram_quantile(&h, share), 123456789u);
}

TEST(Histogram, CopiesWhole)
{
  struct histogram from = {}, to = {};
  for (uint64_t value = 0; value < 100000; value += 7)
    histogram_add(&from, value);
  histogram_copy(&to, &from);
  EXPECT_EQ(histogram_total(&to), histogram_total(&from));
  EXPECT_EQ(to.most, from.most);
  EXPECT_EQ(histogram_quantile(&to, 0.99), histogram_quantile(&from, 0.99));
}
} // namespace
