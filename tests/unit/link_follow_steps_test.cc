// SPDX-License-Identifier: BSD-3-Clause
// A wire whose sides follow each other's link, without devices: single steps first, then whole
// stories with cables that are cut and ports that take their time.
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "ports/link_follow.h"

namespace
{

const int NONE = LINK_FOLLOW_NONE;
const double SETTLE = LINK_FOLLOW_SETTLE_SECONDS;

struct Steps : testing::Test {
  struct link_follow follow;
  double now = 1000;

  Steps()
  {
    link_follow_start(&follow, now);
  }
  int step(bool a, bool b, double seconds = 0.2)
  {
    const bool up[2] = {a, b};
    now += seconds;
    return link_follow_step(&follow, up, now);
  }
};

TEST_F(Steps, NothingToDoWhileBothAreUp)
{
  for (int i = 0; i < 100; i++)
    EXPECT_EQ(step(true, true), NONE);
}

TEST_F(Steps, EitherSideIsFollowedAtOnce)
{
  step(true, true);
  EXPECT_EQ(step(true, false), 0);
  EXPECT_EQ(step(false, true), NONE) << "released: the held side's own link does not matter";
  EXPECT_EQ(step(true, true), NONE);
  EXPECT_EQ(step(false, true), 1);
  EXPECT_EQ(step(true, false), NONE);
}

TEST_F(Steps, AHeldSideStaysHeldHoweverItsLinkReads)
{
  step(true, true);
  EXPECT_EQ(step(true, false), 0);
  for (int i = 0; i < 1000; i++)
    EXPECT_EQ(step(i % 2 == 0, false), 0) << i;
}

TEST_F(Steps, AReleasedSideMayTakeItsTime)
{
  step(true, true);
  EXPECT_EQ(step(true, false), 0);
  EXPECT_EQ(step(false, true), NONE);
  for (double end = now + SETTLE - 0.3; now < end;)
    EXPECT_EQ(step(false, true), NONE);
  EXPECT_EQ(step(true, true), NONE);
  EXPECT_EQ(step(false, true), 1) << "when it has been up, its being down counts at once";
}

TEST_F(Steps, AReleasedSideThatDoesNotComeUpIsFollowed)
{
  step(true, true);
  step(true, false);
  EXPECT_EQ(step(false, true), NONE);
  EXPECT_EQ(step(false, true, SETTLE), 1);
  EXPECT_EQ(step(true, false), NONE) << "up after all";
  EXPECT_EQ(step(true, false, 2 * SETTLE - 0.1), NONE) << "the other one gets twice the time";
  EXPECT_EQ(step(true, false), 0);
}

TEST_F(Steps, AnotherLossWhileTheReleasedSideNegotiates)
{
  step(true, true);
  step(true, false);
  EXPECT_EQ(step(false, true), NONE);
  EXPECT_EQ(step(false, false), 0) << "it shall not come up for a moment";
  EXPECT_EQ(step(false, true), NONE);
  EXPECT_EQ(step(true, true), NONE);
}

TEST_F(Steps, BothDownAtOnce)
{
  step(true, true);
  for (int i = 0; i < 100; i++)
    EXPECT_EQ(step(false, false), NONE);
  EXPECT_EQ(step(true, false), 0);
  EXPECT_EQ(step(false, true), NONE);
  EXPECT_EQ(step(true, true), NONE);
}

TEST_F(Steps, AtTheStartBothMayTakeTheirTime)
{
  EXPECT_EQ(step(false, false), NONE);
  EXPECT_EQ(step(true, false), NONE);
  EXPECT_EQ(step(true, false, SETTLE), 0);
  link_follow_start(&follow, now);
  EXPECT_EQ(step(false, false, 3 * SETTLE), NONE) << "no cables at all";
}

TEST_F(Steps, PatienceHasAnEndAndABeginning)
{
  step(true, true);
  for (int i = 0; i < 50; i++) { // one side after the other comes up too late
    step(i % 2 == 0, i % 2 != 0, 1000);
    step(i % 2 != 0, i % 2 == 0, 0.2);
    EXPECT_LE(follow.patience, LINK_FOLLOW_SETTLE_MAX_SECONDS);
  }
  EXPECT_EQ(follow.patience, LINK_FOLLOW_SETTLE_MAX_SECONDS);
  while (follow.held != NONE)
    step(true, true);
  step(true, true);
  EXPECT_EQ(follow.patience, SETTLE);
}

// Two ports, each with a cable that is whole or cut. A port has a link when it is not held and its
// cable has been whole for as long as negotiating takes.
struct Ports {
  double negotiates[2];
  bool whole[2] = {true, true};
  double since[2] = {0, 0}; // not held and whole; infinite: it is not so
  bool held[2] = {false, false};

  void set(int side, bool cable, bool hold, double now)
  {
    bool was = whole[side] && !held[side], is = cable && !hold;
    whole[side] = cable;
    held[side] = hold;
    if (is && !was)
      since[side] = now;
    if (!is)
      since[side] = INFINITY;
  }
  bool up(int side, double now) const
  {
    return now >= since[side] + negotiates[side];
  }
};

struct Story {
  Ports ports;
  struct link_follow follow;
  double now = 0;

  Story(double a, double b)
  {
    ports.negotiates[0] = a;
    ports.negotiates[1] = b;
    link_follow_start(&follow, now);
  }
  void cable(int side, bool whole)
  {
    ports.set(side, whole, ports.held[side], now);
  }
  void pass(double seconds)
  {
    for (double end = now + seconds; now < end; now += 0.2) {
      const bool up[2] = {ports.up(0, now), ports.up(1, now)};
      int held = link_follow_step(&follow, up, now);
      for (int side = 0; side < 2; side++)
        ports.set(side, ports.whole[side], held == side, now);
    }
  }
  void expect_both_up(const std::string &when)
  {
    pass(600);
    EXPECT_EQ(follow.held, NONE) << when;
    EXPECT_TRUE(ports.up(0, now) && ports.up(1, now)) << when;
    EXPECT_EQ(follow.patience, SETTLE) << when;
  }
};

TEST(Stories, EveryPaceOfNegotiationEndsWithBothUp)
{
  for (double a : {0., 0.3, 2., 4., 6., 9., 14., 29., 59.})
    for (double b : {0., 0.3, 2., 4., 6., 9., 14., 29., 59.}) {
      Story story(a, b);
      std::string pace = std::to_string(a) + " and " + std::to_string(b);
      story.expect_both_up(pace + ", at the start");
      for (int cut = 1; cut < 4; cut++) {
        for (int side = 0; side < 2; side++)
          if (cut >> side & 1)
            story.cable(side, false);
        story.pass(0.5);
        EXPECT_EQ(story.follow.held, cut == 1 ? 1 : cut == 2 ? 0 : NONE) << pace;
        story.pass(100);
        for (int side = 0; side < 2; side++) {
          story.cable(side, true);
          story.pass(cut == 3 ? 1 : 0);
        }
        story.expect_both_up(pace + ", cut " + std::to_string(cut));
      }
    }
}

TEST(Stories, WhateverHappensEndsWell)
{
  std::mt19937 random(20);
  for (int round = 0; round < 200; round++) {
    Story story(random() % 200 / 10., random() % 200 / 10.);
    for (int event = 0; event < 50; event++) {
      story.cable(random() % 2, random() % 3 > 0);
      story.pass(random() % 2 == 0 ? random() % 20 / 10. : random() % 30);
    }
    int side = random() % 2;
    story.cable(side, true);
    story.cable(1 - side, false);
    story.pass(600);
    EXPECT_EQ(story.follow.held, side) << round << ": told of the other's cut";
    story.cable(1 - side, true);
    story.expect_both_up(std::to_string(round));
  }
}

} // namespace
