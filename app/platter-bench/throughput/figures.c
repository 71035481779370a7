// SPDX-License-Identifier: BSD-3-Clause
// What a measurement comes to, for programs and to be compared.
#include <math.h>
#include <stdio.h>

#include "report/report.h"
#include "throughput/report_parts.h"

static void put(json_t *report, const char *of, const char *what, const char *unit,
                const struct samples *samples)
{
  const struct spread s = samples_spread(samples);
  const struct figure figure = {of, what, unit, s.median, s.least, s.most, s.count};
  if (s.count > 0)
    report_figure(report, &figure);
}

// From the conditional throughput up to the upper bound, which is as asked: in the proportion of
// what was really offered.
static double most_of(const struct finding *f, double most)
{
  const struct goal_result *r = &f->last;
  switch (r->outcome) {
  case GOAL_REGULAR:
  case GOAL_WIDE:
    return fmax(most, r->conditional * r->upper.load / r->lower.load);
  case GOAL_BELOW_LEAST:
    return r->upper.load;
  default:
    return INFINITY;
  }
}

static void put_finding(json_t *report, const struct measurement *m, const struct outcome *o,
                        unsigned goal)
{
  const struct finding *f = &o->finding[goal];
  const struct throughput_options *options = &m->options;
  const struct spread s = samples_spread(&f->conditional);
  const struct kind_text of = outcome_show(m, o);
  const struct figure figure = {
      .of = of.text,
      .what =
          goal_title(&options->goals.goal[goal], options->wait, options->settle, o->short_share),
      .unit = "frames/s",
      .value = s.median,
      .low = s.least,
      .high = most_of(f, s.most),
      .count = s.count,
  };
  if (s.count > 0)
    report_figure(report, &figure);
}

static void put_load(json_t *report, const struct measurement *m, const struct outcome *o,
                     unsigned l)
{
  const struct throughput_options *options = &m->options;
  const struct series *s = &o->load[l];
  const struct {
    const char *name;
    const struct samples *samples;
  } delays[] = {{"p50", &s->p50}, {"p99", &s->p99}, {"p99.9", &s->p999}};
  char load[64], what[96];
  if (options->load[l].share > 0)
    snprintf(load, sizeof(load), "%g%% of %s", 100 * options->load[l].share,
             options->search ? options->goals.goal[goals_base(options)].name : "full speed");
  else
    snprintf(load, sizeof(load), "%g frames/s", options->load[l].rate);
  for (size_t i = 0; i < sizeof(delays) / sizeof(*delays); i++) {
    snprintf(what, sizeof(what), "delay %s at %s", delays[i].name, load);
    put(report, outcome_show(m, o).text, what, "s", delays[i].samples);
  }
  snprintf(what, sizeof(what), "loss at %s", load);
  put(report, outcome_show(m, o).text, what, "ratio", &s->loss);
}

void throughput_figures(json_t *report, const struct measurement *m)
{
  for (unsigned i = 0; i < m->n_outcomes; i++) {
    const struct outcome *o = &m->outcome[i];
    if (!o->measured)
      continue;
    put(report, outcome_show(m, o).text, "full speed", "frames/s", &o->full.received);
    for (unsigned g = 0; g < m->options.goals.count && o->searches > 0; g++)
      put_finding(report, m, o, g);
    for (unsigned l = 0; l < o->n_loads; l++)
      put_load(report, m, o, l);
  }
}
