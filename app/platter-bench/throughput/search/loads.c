// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/search/loads.h"

#include <math.h>

static bool before(const struct loads_trial *a, const struct loads_trial *b)
{
  return a->load != b->load ? a->load < b->load : a->loss < b->loss;
}

bool loads_add(struct loads *loads, const struct loads_trial *new)
{
  unsigned i = loads->count;
  if (i == LOADS_TRIALS_MAX)
    return false;
  for (; i > 0 && before(new, &loads->trial[i - 1]); i--)
    loads->trial[i] = loads->trial[i - 1];
  loads->trial[i] = *new;
  loads->count++;
  return true;
}

struct sums { // seconds of trials at one load
  double good, bad, short_good, short_bad;
};

static void sum(struct sums *s, const struct goal *goal, const struct loads_trial *t)
{
  bool full = t->seconds >= goal->final_seconds;
  if (t->loss > goal->loss)
    *(full ? &s->bad : &s->short_bad) += t->seconds;
  else
    *(full ? &s->good : &s->short_good) += t->seconds;
}

// Short trials only count against a load, and only so far as there are more bad ones than the
// exceed ratio allows.
static enum load_class classify(const struct sums *s, const struct goal *goal)
{
  const double slack = 1e-9; // seconds that are sums of fractions
  double allowed_short = s->short_good * goal->exceed / (1 - goal->exceed);
  double bad = s->bad + fmax(0, s->short_bad - allowed_short);
  double whole = fmax(s->good + bad, goal->sum_seconds);
  double allowed = whole * goal->exceed + slack;
  if (bad > allowed)
    return LOAD_UPPER;
  return whole - s->good <= allowed ? LOAD_LOWER : LOAD_UNDECIDED;
}

enum load_class loads_classify(const struct loads *loads, const struct goal *goal, double load)
{
  struct sums s = {0};
  for (unsigned i = 0; i < loads->count; i++)
    if (loads->trial[i].load == load)
      sum(&s, goal, &loads->trial[i]);
  return classify(&s, goal);
}

struct loads_bounds loads_find(const struct loads *loads, const struct goal *goal)
{
  struct loads_bounds b = {0};
  for (unsigned i = 0; i < loads->count;) {
    double load = loads->trial[i].load;
    struct sums s = {0};
    for (; i < loads->count && loads->trial[i].load == load; i++)
      sum(&s, goal, &loads->trial[i]);
    enum load_class class = classify(&s, goal);
    if (class == LOAD_UPPER) {
      b.upper = load;
      break;
    }
    if (class == LOAD_LOWER) {
      b.lower = load;
      b.between = 0;
    } else if (b.between == 0) {
      b.between = load;
    }
  }
  return b;
}

double loads_loss(const struct loads *loads, const struct goal *goal, double load)
{
  double done = 0, ratio = 1;
  bool any = false;
  for (unsigned i = 0; i < loads->count; i++)
    if (loads->trial[i].load == load && loads->trial[i].seconds >= goal->final_seconds)
      done += loads->trial[i].seconds;
  double remaining = fmax(goal->sum_seconds, done) * (1 - goal->exceed);
  for (unsigned i = 0; i < loads->count; i++) { // from the least loss up
    const struct loads_trial *t = &loads->trial[i];
    if (t->load != load || t->seconds < goal->final_seconds)
      continue;
    if (any && remaining <= 1e-9)
      return ratio;
    ratio = t->loss;
    remaining -= t->seconds;
    any = true;
  }
  return remaining > 1e-9 ? 1 : ratio; // what is missing counts as lost
}

struct goal_bound loads_bound(const struct loads *loads, const struct goal *goal, double load)
{
  struct goal_bound b = {.load = load};
  if (load == 0)
    return b;
  for (unsigned i = 0; i < loads->count; i++) {
    const struct loads_trial *t = &loads->trial[i];
    if (t->load != load)
      continue;
    b.trials++;
    b.seconds += t->seconds;
    b.offered += t->offered * t->seconds;
  }
  b.offered = b.seconds > 0 ? b.offered / b.seconds : 0;
  b.loss = loads_loss(loads, goal, load);
  return b;
}
