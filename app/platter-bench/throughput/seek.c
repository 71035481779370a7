// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/seek.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "base/notes.h"
#include "cli/wait.h"

// Frames a second: below, a second shows no loss of a hundredth of a percent. FD.io CSIT's.
static const double LEAST = 9001, LEAST_SHARE = 0.01;
static const double FULL_ROOM = 1.1;

// The goals of one search: they have the same trial duration.
struct group {
  unsigned count;
  struct goal goal[GOALS_MAX];
  unsigned place[GOALS_MAX]; // in the options
};

struct seek {
  struct measuring *measuring;
  const char *what; // the trials are for
  int status;       // of the instrument
};

static struct group group_of(const struct goal_list *list, unsigned first)
{
  struct group g = {0};
  for (unsigned i = first; i < list->count; i++)
    if (list->goal[i].final_seconds == list->goal[first].final_seconds) {
      g.goal[g.count] = list->goal[i];
      g.place[g.count++] = i;
    }
  return g;
}

static bool is_first(const struct goal_list *list, unsigned goal)
{
  for (unsigned i = 0; i < goal; i++)
    if (list->goal[i].final_seconds == list->goal[goal].final_seconds)
      return false;
  return true;
}

static int run_trial(void *arg, const struct trial_wanted *wanted, struct trial_result *result)
{
  struct seek *s = arg;
  struct trial t;
  double began = wait_now();
  s->status = measuring_trial(s->measuring, s->what, false, wanted->load, wanted->seconds, &t);
  if (s->status != 0)
    return s->status;
  if (t.void_reason == TRIAL_INTERRUPTED)
    return -EINTR;
  result->valid = t.void_reason == TRIAL_VALID;
  result->offered = t.void_reason == TRIAL_OWN_LOSS ? t.received / t.seconds : t.offered;
  result->sent = t.sent + t.refused;
  result->lost = trial_missing(&t);
  result->seconds = t.seconds;
  result->took = wait_now() - began;
  return 0;
}

static void show(void *arg, const struct search_progress *p)
{
  struct seek *s = arg;
  char bounds[64] = "", what[160];
  if (p->lower > 0 && p->upper > 0)
    snprintf(bounds, sizeof(bounds), " of %.3g to %.3g", p->lower / 1e6, p->upper / 1e6);
  snprintf(what, sizeof(what), "%s: trial %u, %.4g Mpps%s", p->what, p->trials + 1,
           p->next.load / 1e6, bounds);
  measuring_show(s->measuring, what);
}

static void note(struct finding *f, const struct goal_result *r, const struct search_cost *cost)
{
  bool first = f->conditional.count == 0;
  f->last = *r;
  f->cost = *cost;
  if (r->lower.load == 0 && r->outcome != GOAL_BELOW_LEAST)
    return;
  samples_add(&f->conditional, r->conditional);
  f->regular += r->outcome == GOAL_REGULAR;
  if (first || r->lower.load < f->least_lower)
    f->least_lower = r->lower.load;
  f->most_upper = fmax(f->most_upper, r->upper.load);
}

static struct search search_up_to(struct seek *seek, double most)
{
  const struct throughput_options *o = &seek->measuring->measurement->options;
  return (struct search){
      .trial = run_trial,
      .progress = show,
      .arg = seek,
      .least = fmin(LEAST, most * LEAST_SHARE),
      .most = most,
      .limit = o->limit,
      .overhead = measuring_overhead(o),
  };
}

// More than came through at full speed, where the sender waits for room, is not carried; and a
// sender that is asked for far more than it can do does less than it can. Of a dead device nothing
// comes through.
static double worth_trying(const struct outcome *o)
{
  double alone = series_rate(&o->before), full = FULL_ROOM * series_rate(&o->full);
  return full > 0 ? fmin(alone, full) : alone;
}

// What the generator can offer to this device, as far as is known.
static double greatest(const struct outcome *o)
{
  for (unsigned g = 0; g < GOALS_MAX; g++)
    if (o->finding[g].cost.reach > 0)
      return o->finding[g].cost.reach;
  return worth_trying(o);
}

static int seek_group(struct measuring *m, const struct group *g)
{
  static struct mlrsearch_result result;
  struct outcome *outcome = m->outcome;
  struct seek seek = {.measuring = m, .what = "search"};
  const struct search search = search_up_to(&seek, worth_trying(outcome));
  int status =
      mlrsearch(&search, g->goal, g->count, g->goal[0].initial_seconds, &result, m->error, m->size);
  if (status != 0 || seek.status != 0)
    return status != 0 ? status : seek.status;
  if (result.cost.end == SEARCH_INTERRUPTED)
    m->measurement->interrupted = true;
  for (unsigned i = 0; i < g->count; i++)
    note(&outcome->finding[g->place[i]], &result.goal[i], &result.cost);
  return 0;
}

int seek_goals(struct measuring *m)
{
  const struct throughput_options *o = &m->measurement->options;
  int status = 0;
  m->outcome->searches++;
  for (unsigned i = 0; i < o->goals.count && status == 0 && !m->measurement->interrupted; i++) {
    if (!is_first(&o->goals, i))
      continue;
    const struct group g = group_of(&o->goals, i);
    status = seek_group(m, &g);
  }
  return status;
}

int seek_curve(struct measuring *m)
{
  struct seek seek = {.measuring = m, .what = "loss curve"};
  const struct search search = search_up_to(&seek, greatest(m->outcome));
  struct curve_result *curve = &m->outcome->curve;
  int status = loss_curve(&search, m->measurement->options.seconds, CURVE_STEP_MAX, curve, m->error,
                          m->size);
  if (status == 0 && curve->cost.end == SEARCH_INTERRUPTED)
    m->measurement->interrupted = true;
  return status != 0 ? status : seek.status;
}

// Of the device that the search is timed with, and how much more a real one takes.
static const double MOST = 20e6, KNEE = 7e6, NOISE = 1.3;

static int imagine(void *arg, const struct trial_wanted *wanted, struct trial_result *result)
{
  (void)arg;
  double sent = wanted->load * wanted->seconds, lost = fmax(0, 1 - KNEE / wanted->load) * sent;
  *result =
      (struct trial_result){.valid = true, .offered = wanted->load, .sent = sent, .lost = lost};
  return 0;
}

double seek_seconds(const struct throughput_options *o)
{
  static struct mlrsearch_result result;
  const struct search search = {.trial = imagine, .least = LEAST, .most = MOST, .limit = o->limit};
  double seconds = 0;
  char error[128];
  for (unsigned i = 0; i < o->goals.count; i++) {
    const struct group g = group_of(&o->goals, i);
    if (!is_first(&o->goals, i) || mlrsearch(&search, g.goal, g.count, g.goal[0].initial_seconds,
                                             &result, error, sizeof(error)) != 0)
      continue;
    double whole = NOISE * (result.cost.seconds + result.cost.trials * measuring_overhead(o));
    seconds += o->limit > 0 ? fmin(whole, o->limit) : whole;
  }
  return seconds * o->searches;
}
