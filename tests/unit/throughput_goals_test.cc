// SPDX-License-Identifier: BSD-3-Clause
// Goals as a command line has them, and by what name a result goes.
#include "throughput/goals.h"

#include <gtest/gtest.h>

namespace
{

int add(goal_list *list, const char *text)
{
  char error[400] = "";
  int status = goals_add(list, text, error, sizeof(error));
  EXPECT_EQ(status == 0, error[0] == '\0') << text;
  return status;
}

TEST(Goals, AreReadWithTheirUnits)
{
  static goal_list list;
  ASSERT_EQ(add(&list, "ndr"), 0);
  ASSERT_EQ(add(&list, "mine:loss=0.1:exceed=20:width=1:trial=5:sum=30"), 0);
  ASSERT_EQ(add(&list, "short:trial=0.1:sum=0.3"), 0);
  ASSERT_EQ(list.count, 3u);
  EXPECT_STREQ(list.goal[0].name, "NDR");
  const goal &g = list.goal[1];
  EXPECT_STREQ(g.name, "mine");
  EXPECT_DOUBLE_EQ(g.loss, 0.001);
  EXPECT_DOUBLE_EQ(g.exceed, 0.2);
  EXPECT_DOUBLE_EQ(g.width, 0.01);
  EXPECT_DOUBLE_EQ(g.final_seconds, 5);
  EXPECT_DOUBLE_EQ(g.initial_seconds, 1);
  EXPECT_DOUBLE_EQ(g.sum_seconds, 30);
  EXPECT_DOUBLE_EQ(list.goal[2].initial_seconds, 0.1) << "no longer than the final one";
  EXPECT_DOUBLE_EQ(list.goal[2].exceed, 0.5) << "as the NDR";
}

TEST(Goals, WhatIsNoneIsRefused)
{
  static goal_list list;
  for (const char *text : {"",
                           "NDR",
                           "x",
                           ":loss=1",
                           "x:loss",
                           "x:loss=",
                           "x:loss=1x",
                           "x:los=1",
                           "x:loss=nan",
                           "x:loss=inf",
                           "x:loss=-1",
                           "x:loss=1:width=0.5",
                           "x:width=0",
                           "x:width=50",
                           "x:exceed=100",
                           "x:trial=0",
                           "x:trial=5:sum=4",
                           "x:sum=1e9",
                           "a;b:loss=0",
                           "a-name-that-is-longer-than-it-may-be:loss=0"})
    EXPECT_NE(add(&list, text), 0) << text;
  EXPECT_EQ(list.count, 0u);
  for (unsigned i = 0; i < GOALS_MAX; i++)
    EXPECT_EQ(add(&list, "pdr"), 0);
  EXPECT_NE(add(&list, "pdr"), 0) << "there are too many";
}

// Only what keeps all of RFC 2544's conditions has its name.
TEST(Goals, GoByTheirOwnNames)
{
  EXPECT_STREQ(goal_title(&goal_rfc2544, 2, 5, 0.005), "RFC 2544 throughput");
  EXPECT_STREQ(goal_title(&goal_rfc2544, 0.05, 5, 0.005), "60 s without loss");
  EXPECT_STREQ(goal_title(&goal_rfc2544, 2, 0, 0.005), "60 s without loss");
  EXPECT_STREQ(goal_title(&goal_rfc2544, 2, 5, 0.15), "60 s without loss");
  EXPECT_STREQ(goal_title(&goal_ndr, 2, 5, 0.005), "NDR");
  static goal_list list;
  ASSERT_EQ(add(&list, "strict:exceed=0:trial=60:sum=60"), 0);
  EXPECT_STREQ(goal_title(&list.goal[0], 2, 5, 0), "RFC 2544 throughput");
  static goal_list quick;
  goals_usual(&quick, true);
  EXPECT_STREQ(goal_title(&quick.goal[0], 2, 5, 0), "quick NDR") << "its time is not CSIT's";
}

} // namespace
