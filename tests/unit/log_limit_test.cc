// SPDX-License-Identifier: BSD-3-Clause
#include "host/log_limit.h"

#include <gtest/gtest.h>

namespace
{
struct Limited {
  unsigned come(double now, unsigned lines)
  {
    unsigned through = 0;
    for (unsigned i = 0; i < lines; i++) {
      unsigned long left_out;
      through += log_limit_allows(&limit, now, &left_out);
      said += left_out;
    }
    return through;
  }
  log_limit limit = {};
  unsigned long said = 0;
};

TEST(LogLimit, ABurstAndThenTenASecond)
{
  Limited log;
  EXPECT_EQ(log.come(1, 100), 100u);
  EXPECT_EQ(log.come(1, 5000), 0u);
  EXPECT_EQ(log.come(2, 5000), 10u);
  EXPECT_EQ(log.come(2.55, 5000), 5u);
  EXPECT_EQ(log.said + log.limit.left_out, 15100u - 115);
  EXPECT_EQ(log.come(1000, 5000), 100u) << "no more than a burst is saved up";
}

TEST(LogLimit, WhatIsRareAllComesThrough)
{
  Limited log;
  for (int second = 1; second < 1000; second++)
    EXPECT_EQ(log.come(second, 9), 9u);
  EXPECT_EQ(log.said, 0u);
}
} // namespace
