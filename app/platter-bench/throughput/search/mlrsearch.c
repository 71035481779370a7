// SPDX-License-Identifier: BSD-3-Clause
// The Controller of RFC 9971. Which load it tries next is its own affair: each goal is narrowed in
// stages, of which the first need less time at a load and are content with wider bounds. A stage
// starts from the bounds of the one before: it confirms them, and moves on where they do not hold.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "throughput/search/loads.h"
#include "throughput/search/run.h"

enum { STAGES = 3 };

// Bounds are a little nearer than the width asks: a bound that noise put just on the wrong side of
// the truth is then still within the width of it.
static const double nearer = 0.8;

struct controller {
  const struct search *search;
  const struct goal *goals;
  unsigned n_goals;
  double most; // the greatest load that is worth trying: less than search->most beyond the reach
  double hint; // a load that the first trials suggest
  struct loads loads;
  struct mlrsearch_result *result;
};

struct nomination {
  struct trial_wanted next; // load 0: the goal is done
  const struct goal *goal;
  struct loads_bounds bounds;
};

static struct goal stage_goal(const struct goal *goal, unsigned stage)
{
  struct goal g = *goal;
  unsigned left = STAGES - 1 - stage;
  double share = pow(goal->initial_seconds / goal->sum_seconds, (double)left / (STAGES - 1));
  g.sum_seconds = goal->sum_seconds * share;
  g.final_seconds = fmin(goal->final_seconds, g.sum_seconds);
  g.width = goal->width * nearer * (1 << left);
  return g;
}

static bool narrow(const struct loads_bounds *b, double width)
{
  return b->lower > 0 && b->upper > 0 && (b->upper - b->lower) / b->upper <= width;
}

static bool complete(const struct controller *c, const struct loads_bounds *b, double width)
{
  return narrow(b, width) || (b->lower > 0 && b->lower >= c->most) ||
         (b->upper > 0 && b->upper <= c->search->least);
}

static double within(const struct controller *c, double load)
{
  return fmin(fmax(load, c->search->least), c->most);
}

// How far to go beyond a bound: twice as far as from the one before it, at least the width.
static double stride(const struct controller *c, double from, bool up, double width)
{
  double next = 0; // the nearest load tried on the other side
  for (unsigned i = 0; i < c->loads.count; i++) {
    double load = c->loads.trial[i].load;
    if (up ? load < from : (load > from && next == 0))
      next = load;
  }
  double apart = next == 0 ? 0 : fabs(from - next) / fmax(from, next);
  return fmin(fmax(width, 2 * apart), 0.5);
}

// A load of the stage before that is between the bounds of this one, or beyond the only one.
static bool unsettled(const struct controller *c, const struct loads_bounds *b, double load)
{
  return load > b->lower && (b->upper == 0 || load < b->upper) && load <= c->most;
}

static double choose(const struct controller *c, const struct loads_bounds *b,
                     const struct loads_bounds *start, double width)
{
  if (unsettled(c, b, start->lower))
    return start->lower;
  if (unsettled(c, b, start->upper))
    return start->upper;
  if (b->lower > 0 && b->upper > 0)
    return b->between > 0 && b->between <= c->most ? b->between
                                                   : within(c, sqrt(b->lower * b->upper));
  if (b->upper > 0)
    return within(c, b->upper * (1 - stride(c, b->upper, false, width)));
  if (b->lower > 0)
    return within(c, b->lower / (1 - stride(c, b->lower, true, width)));
  return within(c, b->between > 0 ? b->between : c->hint);
}

static struct nomination nominate(const struct controller *c, const struct goal *goal)
{
  struct nomination n = {.goal = goal};
  struct loads_bounds start = {0};
  for (unsigned stage = 0; stage < STAGES; stage++) {
    struct goal g = stage_goal(goal, stage);
    n.bounds = loads_find(&c->loads, &g);
    if (!complete(c, &n.bounds, g.width)) {
      n.next.load = choose(c, &n.bounds, &start, g.width);
      n.next.seconds = g.final_seconds;
      return n;
    }
    start = n.bounds;
  }
  return n;
}

// The least load first: an upper bound there counts for all loads above it (RFC 9971, "Loss
// Inversion"). At one load, the longest trial.
static bool sooner(const struct nomination *a, const struct nomination *b)
{
  if (b->next.load == 0 || a->next.load == 0)
    return a->next.load > 0;
  return a->next.load != b->next.load ? a->next.load < b->next.load
                                      : a->next.seconds > b->next.seconds;
}

static struct nomination nominate_any(const struct controller *c)
{
  struct nomination best = {0};
  for (unsigned i = 0; i < c->n_goals; i++) {
    struct nomination n = nominate(c, &c->goals[i]);
    if (sooner(&n, &best))
      best = n;
  }
  return best;
}

static void keep_below(struct controller *c, double reach)
{
  c->most = fmin(c->most, reach);
  c->hint = fmin(c->hint, c->most);
}

static enum run_outcome try(struct controller *c, const struct nomination *n, double *loss)
{
  struct trial_result trial;
  struct search_cost *cost = &c->result->cost;
  struct search_progress progress = {.what = n->goal->name,
                                     .next = n->next,
                                     .trials = cost->trials,
                                     .seconds = cost->seconds,
                                     .left = -1,
                                     .lower = n->bounds.lower,
                                     .upper = n->bounds.upper};
  enum run_outcome outcome = search_run(c->search, &progress, cost, &trial);
  if (outcome == RUN_BEYOND)
    keep_below(c, cost->reach);
  if (outcome != RUN_VALID)
    return outcome;
  *loss = (double)trial.lost / (double)trial.sent;
  const struct loads_trial valid = {n->next.load, n->next.seconds, *loss, trial.offered};
  if (loads_add(&c->loads, &valid))
    return RUN_VALID;
  cost->end = SEARCH_TIME_UP;
  return RUN_OVER;
}

// Whether the device loses in it says nothing, but that the generator falls short does.
static enum run_outcome warm(struct controller *c, double seconds)
{
  struct trial_result trial;
  struct search_progress progress = {
      .what = "warm-up", .next = {c->search->most, seconds}, .left = -1};
  if (seconds == 0)
    return RUN_VALID;
  enum run_outcome outcome = search_run(c->search, &progress, &c->result->cost, &trial);
  if (outcome == RUN_BEYOND)
    keep_below(c, c->result->cost.reach);
  return outcome;
}

// One trial at the maximum load, and two at what came through: near the truth for most devices.
static enum run_outcome start(struct controller *c)
{
  enum run_outcome outcome = RUN_VALID;
  for (unsigned valid = 0; valid < 2 && outcome != RUN_OVER && c->most >= c->search->least;) {
    struct goal first = stage_goal(&c->goals[0], 0);
    struct nomination n = {.goal = &c->goals[0], .next = {c->hint, first.final_seconds}};
    double loss = 0;
    outcome = try(c, &n, &loss);
    if (outcome != RUN_VALID)
      continue;
    valid++;
    c->hint = within(c, n.next.load * (1 - loss));
  }
  return outcome;
}

static enum goal_outcome judge(const struct controller *c, const struct goal *goal,
                               const struct loads_bounds *b)
{
  if (b->upper > 0 && b->lower > 0)
    return narrow(b, goal->width) ? GOAL_REGULAR : GOAL_WIDE;
  if (b->upper > 0)
    return b->upper <= c->search->least ? GOAL_BELOW_LEAST : GOAL_UNKNOWN;
  if (b->lower > 0 && b->lower >= c->most)
    return c->result->cost.reach > 0 ? GOAL_AT_REACH : GOAL_AT_MOST;
  return GOAL_UNKNOWN;
}

static void conclude(struct controller *c)
{
  for (unsigned i = 0; i < c->n_goals; i++) {
    struct loads_bounds b = loads_find(&c->loads, &c->goals[i]);
    struct goal_result *r = &c->result->goal[i];
    r->outcome = judge(c, &c->goals[i], &b);
    r->lower = loads_bound(&c->loads, &c->goals[i], b.lower);
    r->upper = loads_bound(&c->loads, &c->goals[i], b.upper);
    r->conditional = fmin(r->lower.load, r->lower.offered) * (1 - r->lower.loss);
  }
}

static int check_goal(const struct goal *g, char *error, size_t size)
{
  if (!(g->initial_seconds > 0) || !(g->final_seconds >= g->initial_seconds) ||
      !(g->sum_seconds >= g->final_seconds))
    return search_refuse(error, size,
                         "a goal's trials must grow: initial, final duration, duration sum");
  if (!(g->loss >= 0 && g->loss < 1) || !(g->exceed >= 0 && g->exceed < 1))
    return search_refuse(error, size, "a goal's loss and exceed ratio must be below 1");
  if (!(g->width > 0 && g->width < 0.5) || g->width < g->loss)
    return search_refuse(error, size, "a goal's width must be at least its loss ratio, below 0.5");
  return 0;
}

int mlrsearch(const struct search *search, const struct goal *goals, unsigned n_goals,
              double warm_up, struct mlrsearch_result *result, char *error, size_t size)
{
  *result = (struct mlrsearch_result){0};
  int status = search_check(search, error, size);
  if (status == 0 && (n_goals == 0 || n_goals > GOALS_MAX))
    status = search_refuse(error, size, "a search has one to eight goals");
  for (unsigned i = 0; i < n_goals && status == 0; i++)
    status = check_goal(&goals[i], error, size);
  if (status != 0)
    return status;
  struct controller *c = calloc(1, sizeof(*c));
  if (c == NULL) {
    snprintf(error, size, "no memory for the search's trials");
    return -ENOMEM;
  }
  c->search = search;
  c->goals = goals;
  c->n_goals = n_goals;
  c->most = search->most;
  c->hint = search->most;
  c->result = result;
  enum run_outcome outcome = warm(c, warm_up);
  if (outcome != RUN_OVER)
    outcome = start(c);
  while (outcome != RUN_OVER && c->most >= search->least) {
    struct nomination n = nominate_any(c);
    double loss;
    if (n.next.load == 0)
      break;
    outcome = try(c, &n, &loss);
  }
  conclude(c);
  free(c);
  return 0;
}
