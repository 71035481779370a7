// SPDX-License-Identifier: BSD-3-Clause
// Medians and quartiles that are known, and when samples agree well enough.
#include <cmath>

#include <gtest/gtest.h>

#include "bench_made_up.h"

namespace
{

TEST(Spread, OfNothing)
{
  struct spread none = spread_of({});
  EXPECT_EQ(none.count, 0u);
  EXPECT_FALSE(none.conclusive);
}

TEST(Spread, KnownQuartiles)
{
  struct spread odd = spread_of({7, 15, 36, 39, 40, 41});
  EXPECT_DOUBLE_EQ(odd.median, 37.5);
  EXPECT_DOUBLE_EQ(odd.low, 20.25);
  EXPECT_DOUBLE_EQ(odd.high, 39.75);
  EXPECT_EQ(odd.least, 7);
  EXPECT_EQ(odd.most, 41);
  struct spread five = spread_of({5, 3, 1, 4, 2});
  EXPECT_EQ(five.median, 3);
  EXPECT_EQ(five.low, 2);
  EXPECT_EQ(five.high, 4);
}

TEST(Spread, OneSampleAndTwo)
{
  struct spread one = spread_of({8});
  EXPECT_EQ(one.median, 8);
  EXPECT_EQ(one.low, 8);
  EXPECT_EQ(one.high, 8);
  EXPECT_FALSE(one.conclusive);
  struct spread two = spread_of({8, 9});
  EXPECT_EQ(two.median, 8.5);
  EXPECT_FALSE(two.conclusive);
}

TEST(Spread, ConclusiveUpToTheLimit)
{
  // Quartiles at 100 ± x: as far apart as 2x.
  EXPECT_TRUE(spread_of({100 - 7.4, 100 - 7.4, 100, 100 + 7.4, 100 + 7.4}).conclusive);
  EXPECT_FALSE(spread_of({100 - 7.6, 100 - 7.6, 100, 100 + 7.6, 100 + 7.6}).conclusive);
  EXPECT_TRUE(spread_of({-100, -101, -102}).conclusive);
}

TEST(Spread, OneOutlierAmongMany)
{
  EXPECT_TRUE(spread_of({10, 10.1, 10.2, 10.1, 10, 10.1, 500}).conclusive);
}

TEST(Spread, Zeroes)
{
  struct spread none = spread_of({0, 0, 0});
  EXPECT_EQ(none.median, 0);
  EXPECT_TRUE(none.conclusive);
  EXPECT_FALSE(spread_of({0, 0, 0, 1, 1}).conclusive);
}

TEST(Samples, WhatIsNoNumberIsNoSample)
{
  EXPECT_EQ(spread_of({1, NAN, 1, INFINITY, 1}).count, 3u);
}

TEST(Samples, MoreThanThereIsRoomFor)
{
  samples samples = {};
  for (int i = 0; i < SAMPLES_MAX + 10; i++)
    samples_add(&samples, i < SAMPLES_MAX ? 1 : 1000);
  EXPECT_EQ(samples.count, size_t{SAMPLES_MAX});
  EXPECT_EQ(samples_spread(&samples).most, 1);
}

TEST(Samples, KeepTheirOrder)
{
  samples samples = {};
  for (double value : {3, 1, 2})
    samples_add(&samples, value);
  samples_spread(&samples);
  EXPECT_EQ(samples.value[0], 3);
  EXPECT_EQ(samples.value[2], 2);
}

} // namespace
