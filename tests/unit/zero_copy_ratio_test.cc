// SPDX-License-Identifier: BSD-3-Clause
// How measurements compare.
#include "zero_copy/ratio.h"

#include <vector>

#include <gtest/gtest.h>

namespace
{

samples of(const std::vector<double> &values)
{
  samples all = {};
  for (double value : values)
    samples_add(&all, value);
  return all;
}

// The ratios 1 to n.
ratio one_to(unsigned n)
{
  samples a = {}, b = {};
  for (unsigned i = n; i > 0; i--) {
    samples_add(&a, 7.0 * i);
    samples_add(&b, 7);
  }
  return ratio_paired(&a, &b);
}

TEST(Ratio, PairByPair)
{
  samples a = of({20, 200, 2000, 2}), b = of({10, 100, 1000, 1});
  ratio r = ratio_paired(&a, &b);
  EXPECT_TRUE(r.known);
  EXPECT_TRUE(r.narrow);
  EXPECT_EQ(r.low, 2);
  EXPECT_EQ(r.middle, 2);
  EXPECT_EQ(r.high, 2);
  EXPECT_TRUE(ratio_above(r, 1.9));
  EXPECT_FALSE(ratio_above(r, 2));
  EXPECT_TRUE(ratio_below(r, 2.1));
}

// The intervals of the sign test at 95%, as tables have them.
TEST(Ratio, TheIntervalOfTheMedian)
{
  const struct {
    unsigned n, low, high;
  } table[] = {{3, 1, 3},   {5, 1, 5},   {6, 1, 6},   {8, 1, 8},    {9, 2, 8},   {11, 2, 10},
               {12, 3, 10}, {15, 4, 12}, {20, 6, 15}, {31, 10, 22}, {64, 24, 41}};
  for (const auto &row : table) {
    ratio r = one_to(row.n);
    EXPECT_EQ(r.low, row.low) << row.n;
    EXPECT_EQ(r.high, row.high) << row.n;
    EXPECT_EQ(r.middle, (row.n + 1) / 2.0) << row.n;
  }
}

TEST(Ratio, TooFewSamples)
{
  EXPECT_FALSE(one_to(2).known);
  samples three = of({1, 2, 3}), two = of({1, 2}), none = {};
  EXPECT_FALSE(ratio_paired(&three, &two).known);
  EXPECT_FALSE(ratio_paired(&three, &none).known);
  EXPECT_FALSE(ratio_above(ratio_paired(&three, &none), 0));
  EXPECT_FALSE(ratio_below(ratio_paired(&three, &none), 100));
}

} // namespace
