// SPDX-License-Identifier: BSD-3-Clause
// MLRsearch against simulated devices whose answer is known, seeded.
#include "throughput/search/search.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <random>

#include <gtest/gtest.h>

#include "throughput/search/loads.h"

namespace
{

struct device { // what it does, and what was done with it
  double knee = 5e6;
  double noise = 0;  // the knee's standard deviation from trial to trial, a share
  double soft = 0;   // share of the knee from which on a fifth of a percent is lost; 0: none
  double hiccup = 0; // how many trials lose a thousandth, whatever the load
  unsigned swings = 0, slow = 0; // of so many trials in turn, how many have a knee a fifth lower
  double reach = 1e12;           // of the generator
  double unsteady = 0;           // by what share it falls short of that at most
  double stumbles = 0;           // how many trials it falls short in, whatever the load
  unsigned interrupt_at = 0;
  std::mt19937 random;
  unsigned trials = 0;
  double seconds = 0, least = 1e12, most = 0;
};

int run(void *arg, const struct trial_wanted *wanted, struct trial_result *result)
{
  auto *d = static_cast<device *>(arg);
  std::normal_distribution<> normal;
  std::uniform_real_distribution<> uniform;
  if (d->interrupt_at > 0 && d->trials + 1 == d->interrupt_at)
    return -EINTR;
  d->trials++;
  d->seconds += wanted->seconds;
  d->least = std::min(d->least, wanted->load);
  d->most = std::max(d->most, wanted->load);
  result->offered = std::min(wanted->load, d->reach * (1 - d->unsteady * uniform(d->random)));
  if (d->stumbles > 0 && uniform(d->random) < d->stumbles)
    result->offered *= 0.5 + 0.5 * uniform(d->random);
  result->valid = result->offered >= wanted->load * 0.995;
  result->sent = static_cast<uint64_t>(result->offered * wanted->seconds);
  double carried = d->knee * (1 + (d->noise > 0 ? d->noise * normal(d->random) : 0));
  if (d->swings > 0 && d->trials % d->swings < d->slow)
    carried *= 0.8;
  double loss = std::max(0.0, 1 - carried / wanted->load);
  if (d->soft > 0 && wanted->load > d->soft * d->knee)
    loss = std::max(loss, 0.002);
  if (d->hiccup > 0 && uniform(d->random) < d->hiccup)
    loss = std::max(loss, 0.001);
  result->lost = static_cast<uint64_t>(std::ceil(std::min(loss, 1.0) * result->sent));
  return 0;
}

const struct goal goals[] = {goal_ndr, goal_pdr};

struct search search_of(device *d)
{
  struct search s = {};
  s.trial = run;
  s.arg = d;
  s.least = 9001;
  s.most = 14.88e6;
  return s;
}

struct mlrsearch_result search(device *d, double limit = 1200)
{
  struct search s = search_of(d);
  struct mlrsearch_result result;
  char error[200] = "";
  s.limit = limit;
  EXPECT_EQ(mlrsearch(&s, goals, 2, 1, &result, error, sizeof(error)), 0) << error;
  EXPECT_DOUBLE_EQ(result.cost.seconds, d->seconds);
  EXPECT_EQ(result.cost.trials + result.cost.voids, d->trials);
  EXPECT_LE(d->seconds, limit);
  EXPECT_TRUE(d->trials == 0 || (d->least >= s.least && d->most <= s.most));
  return result;
}

// A hundred runs. The known answer is the knee, or that share of it. Of 1200 s that CSIT allows
// for one of its searches, far less is taken.
void expect_found(const char *name, device model, double share = 1)
{
  unsigned right = 0, trials = 0;
  double seconds = 0;
  for (unsigned seed = 0; seed < 100; seed++) {
    device d = model;
    d.random.seed(seed);
    d.knee *= 1 + seed * 0.001;
    struct mlrsearch_result r = search(&d);
    bool all = r.cost.end == SEARCH_FINISHED;
    for (unsigned i = 0; i < 2; i++)
      all &= r.goal[i].outcome == GOAL_REGULAR &&
             std::fabs(r.goal[i].conditional - share * d.knee) <= goals[i].width * share * d.knee;
    right += all;
    trials += d.trials;
    seconds += d.seconds;
  }
  printf("%s: %u of 100 within the width; %.1f trials, %.1f s a search\n", name, right,
         trials / 100.0, seconds / 100);
  EXPECT_GE(right, 99u);
  EXPECT_LE(seconds / 100, 120);
}

TEST(Mlrsearch, SharpKnee)
{
  expect_found("sharp knee", {});
}

TEST(Mlrsearch, NoisyKnee)
{
  device d;
  d.noise = 0.001;
  expect_found("noisy knee", d);
}

TEST(Mlrsearch, LossInSomeTrialsAtAnyLoad)
{
  device d;
  d.hiccup = 0.1;
  expect_found("random loss", d);
}

// A goal that half of the trials may miss finds what the device does most of the time.
TEST(Mlrsearch, OscillatingDevice)
{
  device d;
  d.swings = 10;
  d.slow = 3;
  expect_found("oscillating, seldom slow", d);
  d.slow = 7;
  expect_found("oscillating, mostly slow", d, 0.8);
}

TEST(Mlrsearch, DeadDevice)
{
  device d;
  d.knee = 0;
  struct mlrsearch_result r = search(&d);
  EXPECT_EQ(r.goal[0].outcome, GOAL_BELOW_LEAST);
  EXPECT_EQ(r.goal[0].conditional, 0);
}

TEST(Mlrsearch, ACableCarriesTheMaximum)
{
  device d;
  d.knee = 1e9;
  struct mlrsearch_result r = search(&d);
  EXPECT_EQ(r.goal[0].outcome, GOAL_AT_MOST);
  EXPECT_DOUBLE_EQ(r.goal[0].lower.load, 14.88e6);
}

TEST(Mlrsearch, TheGeneratorsLimitIsNotTheDevices)
{
  device d;
  d.knee = 1e9;
  d.reach = 8e6;
  struct mlrsearch_result r = search(&d);
  EXPECT_EQ(r.cost.end, SEARCH_FINISHED);
  EXPECT_EQ(r.goal[0].outcome, GOAL_AT_REACH);
  EXPECT_DOUBLE_EQ(r.cost.reach, d.reach);
  EXPECT_DOUBLE_EQ(r.goal[0].lower.load, d.reach);
  EXPECT_EQ(r.goal[0].upper.load, 0);
  EXPECT_EQ(r.cost.voids, unsigned(SEARCH_TRIES_NEW)) << "it goes there at once";
}

TEST(Mlrsearch, AnUnsteadyGeneratorIsLimitedSoonToo)
{
  for (unsigned seed = 0; seed < 100; seed++) {
    device d;
    d.random.seed(seed);
    d.knee = 1e9;
    d.reach = 8e6;
    d.unsteady = 0.05;
    struct mlrsearch_result r = search(&d);
    EXPECT_EQ(r.goal[0].outcome, GOAL_AT_REACH) << seed;
    EXPECT_LE(r.goal[0].lower.load, d.reach) << seed;
    EXPECT_GE(r.goal[0].lower.load, d.reach * 0.94) << seed;
    EXPECT_LE(r.cost.voids, 40u) << seed;
  }
}

TEST(Mlrsearch, ADeviceBelowTheGeneratorsLimitIsFound)
{
  device d;
  d.reach = 8e6;
  expect_found("limited generator", d);
}

// The goals' answers lie far apart, and the generator ends one of them.
TEST(Mlrsearch, ASoftKneeIsFoundSoonForBothGoals)
{
  device d;
  d.soft = 0.4;
  struct mlrsearch_result r = search(&d);
  EXPECT_NEAR(r.goal[0].conditional, 0.4 * d.knee, 0.005 * 0.4 * d.knee);
  EXPECT_NEAR(r.goal[1].conditional, d.knee, 0.005 * d.knee);
  EXPECT_LE(r.cost.seconds, 110);
  d = {};
  d.soft = 0.4;
  d.knee = 8e6;
  d.reach = 7e6;
  r = search(&d);
  EXPECT_NEAR(r.goal[0].conditional, 0.4 * d.knee, 0.005 * 0.4 * d.knee);
  EXPECT_EQ(r.goal[1].outcome, GOAL_AT_REACH);
  EXPECT_LE(r.cost.seconds, 110);
}

// A generator that other programs interrupt is no limited one.
TEST(Mlrsearch, AGeneratorThatStumblesAtTimesIsNotTheLimit)
{
  device d;
  d.stumbles = 0.1;
  expect_found("stumbling generator", d);
}

TEST(Mlrsearch, KeepsWhatWasMeasuredWhenInterrupted)
{
  device d;
  d.interrupt_at = 20;
  struct mlrsearch_result r = search(&d);
  EXPECT_EQ(r.cost.end, SEARCH_INTERRUPTED);
  EXPECT_EQ(d.trials, 19u);
  EXPECT_NE(r.goal[0].outcome, GOAL_REGULAR);
}

TEST(Mlrsearch, AnyDeviceEndsInTime)
{
  for (unsigned seed = 0; seed < 300; seed++) {
    std::mt19937 random(seed);
    auto draw = [&random](double most) {
      return std::uniform_real_distribution<>(0, most)(random);
    };
    device d;
    d.random.seed(seed);
    d.knee = draw(20e6);
    d.noise = draw(0.5);
    d.hiccup = draw(1.2);
    d.reach = 1e4 + draw(40e6);
    struct mlrsearch_result r = search(&d, draw(400));
    for (unsigned i = 0; i < 2; i++)
      EXPECT_TRUE(r.goal[i].upper.load == 0 || r.goal[i].lower.load < r.goal[i].upper.load);
  }
}

struct curve_result curve_of(device *d, double step = 0.1)
{
  struct search s = search_of(d);
  struct curve_result r;
  char error[200] = "";
  EXPECT_EQ(loss_curve(&s, 1, step, &r, error, sizeof(error)), 0) << error;
  return r;
}

TEST(LossCurve, EndsAfterTwoLoadsWithoutLoss)
{
  device d;
  d.knee = 0.55 * 14.88e6;
  struct curve_result r = curve_of(&d);
  EXPECT_TRUE(r.whole);
  ASSERT_EQ(r.count, 7u) << "100% to 60% lose, 50% and 40% do not";
  for (unsigned i = 0; i < r.count; i++) {
    double load = 14.88e6 * (1 - 0.1 * i);
    EXPECT_DOUBLE_EQ(r.point[i].load, load);
    EXPECT_NEAR(r.point[i].loss, std::max(0.0, 1 - d.knee / load), 1e-6);
  }
  EXPECT_EQ(curve_of(&d, 0.02).count, 25u) << "100% to 56%, 54%, 52%";
}

TEST(LossCurve, OneLoadWithoutLossIsNotTheEnd)
{
  device d;
  d.swings = 2; // every other trial
  d.slow = 1;
  d.knee = 1.05 * 14.88e6;
  struct curve_result r = curve_of(&d);
  EXPECT_TRUE(r.whole);
  ASSERT_EQ(r.count, 4u);
  EXPECT_EQ(r.point[0].loss, 0);
  EXPECT_GT(r.point[1].loss, 0);
}

TEST(LossCurve, OfWhatTheGeneratorCanOffer)
{
  device d;
  d.reach = 0.75 * 14.88e6;
  d.knee = 0.65 * 14.88e6;
  struct curve_result r = curve_of(&d);
  ASSERT_EQ(r.count, 3u);
  EXPECT_DOUBLE_EQ(r.point[0].load, 0.7 * 14.88e6);
  EXPECT_TRUE(r.whole);
  d = {};
  d.knee = 0;
  r = curve_of(&d);
  EXPECT_EQ(r.count, 10u);
  EXPECT_FALSE(r.whole) << "it loses at any load";
  d.interrupt_at = d.trials + 4;
  r = curve_of(&d);
  EXPECT_EQ(r.cost.end, SEARCH_INTERRUPTED);
  EXPECT_EQ(r.count, 3u);
  EXPECT_FALSE(r.whole);
}

TEST(LossCurve, WhatMakesNoSenseIsRefused)
{
  device d;
  struct search s = search_of(&d);
  struct curve_result r;
  char error[200] = "";
  for (double step : {0.0, 0.2, -1.0})
    EXPECT_EQ(loss_curve(&s, 1, step, &r, error, sizeof(error)), -EINVAL);
  EXPECT_EQ(loss_curve(&s, 0, 0.1, &r, error, sizeof(error)), -EINVAL);
  EXPECT_EQ(d.trials, 0u);
}

// The example of the RFC (as the draft has it, -15): its four goals, its six points in time. For
// the goal "20% exceed" the table calls exceed ratios of 42.9% and 27.3% a lower bound in the end;
// by its own rules, which hold here, they are above 20% and the load is an upper bound.
TEST(LoadClassification, TheExampleOfTheRfc)
{
  const struct goal four[] = {{"RFC2544", 60, 1, 60, 0, 0, 0.01},
                              {"TST009", 60, 1, 120, 0, 0.5, 0.01},
                              {"1s final", 1, 1, 120, 0.005, 0.5, 0.01},
                              {"20% exceed", 60, 1, 60, 0.005, 0.2, 0.01}};
  static struct loads loads;
  const double load = 1e6;
  auto add = [&](unsigned n, double seconds, double loss) {
    const loads_trial trial = {load, seconds, loss, load};
    while (n-- > 0)
      loads_add(&loads, &trial);
  };
  auto expect = [&](const char *classes) {
    for (unsigned i = 0; i < 4; i++)
      EXPECT_EQ("ULH"[loads_classify(&loads, &four[i], load)], classes[i]) << four[i].name;
  };
  add(59, 1, 0);
  expect("UUUU");
  add(1, 1, 0.01);
  expect("HUUU");
  add(59, 1, 0.01);
  expect("HUUH");
  add(1, 1, 0);
  expect("HULH");
  add(1, 60, 0.001);
  expect("HULH");
  add(1, 60, 0);
  expect("HLLH");
  EXPECT_DOUBLE_EQ(loads_loss(&loads, &four[1], load), 0);
  EXPECT_DOUBLE_EQ(loads_loss(&loads, &four[2], load), 0);
  EXPECT_DOUBLE_EQ(loads_loss(&loads, &four[3], load), 0.001);
}

} // namespace
