// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/report.h"
#include "throughput/measuring.h"
#include "throughput/seek.h"

enum { LIMIT_REPEAT = 3 };
static const double LIMIT_SECONDS = 0.2, FLOOR_SHARE = 0.1, START_SECONDS = 2;

// How much of a trial may be missing if nobody says: what is usual, and where the machine itself
// takes the sender off its core, twice of what it is seen to take.
static const double SHORT = 0.005, SHORT_MOST = 0.3, SHORT_ANY = 0.9, SHORT_ROOM = 2;

// Of the instrument alone: no more than of the device.
static double limit_seconds(const struct throughput_options *o)
{
  return o->seconds < LIMIT_SECONDS ? o->seconds : LIMIT_SECONDS;
}

static unsigned limit_repeat(const struct throughput_options *o)
{
  return o->repeat < LIMIT_REPEAT ? o->repeat : LIMIT_REPEAT;
}

double outcome_limit(const struct outcome *o)
{
  double before = series_rate(&o->before), after = series_rate(&o->after);
  return o->after.valid > 0 && after < before ? after : before;
}

struct kind_text outcome_show(const struct measurement *m, const struct outcome *o)
{
  struct kind_text text = kind_show(&m->options.kind[o->kind]);
  size_t used = strlen(text.text);
  if (m->options.n_duts > 1)
    snprintf(text.text + used, sizeof(text.text) - used, ", %s", m->dut[o->device].name);
  return text;
}

unsigned goals_base(const struct throughput_options *o)
{
  unsigned base = 0;
  for (unsigned i = 1; i < o->goals.count; i++)
    if (o->goals.goal[i].loss > o->goals.goal[base].loss)
      base = i;
  return base;
}

// What loads that are given as shares are shares of.
static double base_rate(const struct throughput_options *o, const struct outcome *outcome)
{
  if (!o->search)
    return series_rate(&outcome->full);
  const struct finding *f = &outcome->finding[goals_base(o)];
  return samples_spread(&f->conditional).median;
}

static int run_loads(struct measuring *r)
{
  const struct throughput_options *options = &r->measurement->options;
  struct outcome *o = r->outcome;
  double base = base_rate(options, o);
  int status = 0;
  for (unsigned l = 0; l < options->n_loads && status == 0 && !r->measurement->interrupted; l++) {
    const struct load *load = &options->load[l];
    char what[64];
    double rate = load->share > 0 ? load->share * base : load->rate;
    snprintf(what, sizeof(what), "%.4g Mpps", rate / 1e6);
    measuring_show(r, what);
    o->n_loads = l + 1;
    if (rate >= 1)
      status =
          measuring_series(r, &o->load[l], "load", false, rate, options->seconds, options->repeat);
  }
  return status;
}

// How even the instrument's pace is with the device bridged out decides what makes a trial void.
static int run_floor(struct measuring *r)
{
  const struct throughput_options *options = &r->measurement->options;
  struct tester *tester = &r->measurement->instrument.tester;
  struct outcome *o = r->outcome;
  double rate = FLOOR_SHARE * series_rate(&o->before);
  bool open = options->short_share == 0;
  o->short_share = tester->short_share = open ? SHORT_ANY : options->short_share;
  int status = measuring_series(r, &o->floor, "instrument at a tenth", true, rate,
                                limit_seconds(options), limit_repeat(options));
  if (open && o->floor.valid > 0) {
    double missing = 1 - samples_spread(&o->floor.offered).least / rate;
    o->short_share = fmin(fmax(SHORT, SHORT_ROOM * missing), SHORT_MOST);
  } else if (open) {
    o->short_share = SHORT;
  }
  tester->short_share = o->short_share;
  return status;
}

static double loads_seconds(const struct throughput_options *o)
{
  return o->n_loads * o->repeat * (o->seconds + measuring_overhead(o));
}

// The instrument alone, twice, its floor, and full speed.
static double base_seconds(const struct throughput_options *o)
{
  double limit = limit_seconds(o) + measuring_overhead(o) - o->settle;
  return o->repeat * (o->seconds + measuring_overhead(o)) + 3 * limit_repeat(o) * limit;
}

// It ends before the least load, mostly.
static double curve_seconds(const struct throughput_options *o)
{
  return o->curve ? (o->seconds + measuring_overhead(o)) / CURVE_STEP_MAX : 0;
}

// ---- What is done with one kind of frames, each with all devices in turn.

static int run_base(struct measuring *r)
{
  const struct throughput_options *options = &r->measurement->options;
  struct outcome *o = r->outcome;
  measuring_part(r, base_seconds(options));
  measuring_show(r, "the instrument alone");
  int status = measuring_series(r, &o->before, "instrument before", true, 0, limit_seconds(options),
                                limit_repeat(options));
  if (status == 0)
    status = run_floor(r);
  measuring_show(r, "full speed");
  if (status == 0)
    status =
        measuring_series(r, &o->full, "full speed", false, 0, options->seconds, options->repeat);
  o->measured = o->full.valid > 0 && series_rate(&o->before) > 0;
  return status;
}

static int run_search(struct measuring *r)
{
  const struct throughput_options *options = &r->measurement->options;
  measuring_part(r, seek_seconds(options) / options->searches);
  return r->outcome->measured ? seek_goals(r) : 0;
}

static int run_rest(struct measuring *r)
{
  const struct throughput_options *options = &r->measurement->options;
  struct outcome *o = r->outcome;
  int status = 0;
  measuring_part(r, loads_seconds(options));
  if (o->measured)
    status = run_loads(r);
  measuring_part(r, curve_seconds(options));
  if (status == 0 && o->measured && options->curve && !r->measurement->interrupted)
    status = seek_curve(r);
  return status;
}

static int run_after(struct measuring *r)
{
  const struct throughput_options *options = &r->measurement->options;
  return measuring_series(r, &r->outcome->after, "instrument after", true, 0,
                          limit_seconds(options), limit_repeat(options));
}

static unsigned devices(const struct throughput_options *o)
{
  return o->n_duts > 0 ? o->n_duts : 1;
}

static int with_all(struct measuring *r, struct outcome *first, int (*run)(struct measuring *))
{
  struct measurement *m = r->measurement;
  int status = 0;
  for (unsigned d = 0; d < devices(&m->options) && status == 0 && !m->interrupted; d++) {
    r->outcome = &first[d];
    m->instrument.pair = d;
    m->instrument.tester.short_share = r->outcome->short_share;
    if (devices(&m->options) > 1)
      dut_resume(&m->dut[d]);
    status = run(r);
    if (devices(&m->options) > 1)
      dut_pause(&m->dut[d]);
  }
  return status;
}

static int run_kind(struct measuring *r, unsigned kind)
{
  struct measurement *m = r->measurement;
  const struct throughput_options *options = &m->options;
  struct outcome *first = &m->outcome[m->n_outcomes];
  for (unsigned d = 0; d < devices(options); d++) {
    first[d].kind = kind;
    first[d].device = d;
    m->n_outcomes++;
  }
  int status = with_all(r, first, run_base);
  for (unsigned n = 0; n < options->searches && options->search && status == 0; n++)
    status = with_all(r, first, run_search);
  if (status == 0)
    status = with_all(r, first, run_rest);
  return status == 0 ? with_all(r, first, run_after) : status;
}

static double outcome_seconds(const struct throughput_options *o)
{
  return base_seconds(o) + (o->search ? seek_seconds(o) : 0) + loads_seconds(o) + curve_seconds(o);
}

double measure_seconds(const struct throughput_options *o)
{
  return START_SECONDS + o->n_kinds * devices(o) * outcome_seconds(o);
}

int measure_all(struct measurement *m, json_t *report, char *error, size_t size)
{
  struct measuring r = {.measurement = m, .report = report, .error = error, .size = size};
  int status = 0;
  r.later = m->options.n_kinds * devices(&m->options) * outcome_seconds(&m->options);
  progress_start(&r.progress, 0);
  for (unsigned d = 0; d < m->options.n_duts && m->options.n_duts > 1; d++)
    dut_pause(&m->dut[d]);
  for (unsigned k = 0; k < m->options.n_kinds && status == 0 && !m->interrupted; k++)
    status = run_kind(&r, k);
  progress_end(&r.progress);
  return status;
}
