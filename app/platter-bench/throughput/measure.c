// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/measure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/notes.h"
#include "report/progress.h"
#include "report/report.h"

enum { LIMIT_REPEAT = 3 };
static const double LIMIT_SECONDS = 0.2, FLOOR_SHARE = 0.1;

// Of the instrument alone: no more than of the device.
static double limit_seconds(const struct throughput_options *o)
{
  return o->seconds < LIMIT_SECONDS ? o->seconds : LIMIT_SECONDS;
}

static unsigned limit_repeat(const struct throughput_options *o)
{
  return o->repeat < LIMIT_REPEAT ? o->repeat : LIMIT_REPEAT;
}

struct running {
  struct measurement *measurement;
  json_t *report;
  struct progress progress;
  unsigned kind;
  char *error;
  size_t size;
};

double series_rate(const struct series *s)
{
  return samples_spread(&s->received).median;
}

double outcome_limit(const struct outcome *o)
{
  double before = series_rate(&o->before), after = series_rate(&o->after);
  return o->after.valid > 0 && after < before ? after : before;
}

static json_t *times(const struct times *t)
{
  return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "least", t->least, "p50", t->p50,
                   "p90", t->p90, "p99", t->p99, "p99.9", t->p999, "p99.99", t->p9999, "most",
                   t->most, "mean", t->mean);
}

static void put_point(const struct running *r, const char *what, const struct trial *t)
{
  const struct frames_wish *kind = &r->measurement->options.kind[r->kind];
  json_t *point = json_pack(
      "{s:s, s:f, s:f, s:f, s:f, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:I, s:I}",
      "what", what, "mean_bytes", kind_mean(kind), "asked", t->asked, "seconds", t->seconds,
      "offered", t->offered, "verdict",
      t->void_reason == TRIAL_VALID ? "valid" : trial_void_text(t->void_reason), "sent",
      (json_int_t)t->sent, "refused", (json_int_t)t->refused, "received", (json_int_t)t->received,
      "lost", (json_int_t)t->lost, "corrupted", (json_int_t)t->corrupted, "duplicates",
      (json_int_t)t->duplicates, "reordered", (json_int_t)t->reordered, "extent",
      (json_int_t)t->extent, "extent_more", t->extent_more, "earlier", (json_int_t)t->earlier,
      "foreign", (json_int_t)t->foreign, "stalls", (json_int_t)t->stalls);
  json_object_set_new(point, "latest", json_real(t->latest));
  json_object_set_new(point, "away", json_real(t->away));
  json_object_set_new(point, "delay", times(&t->delay));
  json_object_set_new(point, "jitter", times(&t->jitter));
  json_object_set_new(point, "gaps", times(&t->gaps));
  report_point(r->report, point);
}

static void count(struct series *s, const struct trial *t)
{
  s->sent += t->sent;
  s->refused += t->refused;
  s->missing += trial_missing(t);
  s->corrupted += t->corrupted;
  s->duplicates += t->duplicates;
  s->reordered += t->reordered;
  s->extent = t->extent > s->extent ? t->extent : s->extent;
  s->foreign += t->foreign;
  s->earlier += t->earlier;
  s->last = *t;
}

static void add(struct series *s, const struct trial *t)
{
  samples_add(&s->latest, t->latest);
  samples_add(&s->away, t->away);
  if (t->void_reason != TRIAL_VALID) {
    s->voids++;
    s->why = t->void_reason;
    return;
  }
  s->valid++;
  count(s, t);
  samples_add(&s->offered, t->offered);
  samples_add(&s->received, t->received / t->seconds);
  samples_add(&s->loss, trial_loss_ratio(t));
  if (t->received == 0)
    return;
  samples_add(&s->p50, t->delay.p50);
  samples_add(&s->p90, t->delay.p90);
  samples_add(&s->p99, t->delay.p99);
  samples_add(&s->p999, t->delay.p999);
  samples_add(&s->p9999, t->delay.p9999);
  samples_add(&s->most, t->delay.most);
  samples_add(&s->pdv, t->delay.p999 - t->delay.least);
  samples_add(&s->jitter, t->jitter.p99);
}

// Trials until so many were valid, or too many were not.
static int run_series(struct running *r, struct series *s, const char *what, bool bridged,
                      double rate, double seconds, unsigned repeat)
{
  struct measurement *m = r->measurement;
  s->asked = rate;
  while (s->valid < repeat && s->voids < VOIDS_MAX * repeat && !m->interrupted) {
    struct trial trial;
    int status = instrument_run(&m->instrument, r->kind, bridged, rate, seconds, &trial);
    if (status != 0)
      return fail(r->error, r->size, status, "no thread to measure with: %s", strerror(-status));
    m->interrupted = trial.void_reason == TRIAL_INTERRUPTED;
    if (m->interrupted)
      break;
    put_point(r, what, &trial);
    add(s, &trial);
  }
  return 0;
}

static void step(struct running *r, const char *what)
{
  char text[128];
  const struct kind_text kind = kind_show(&r->measurement->options.kind[r->kind]);
  snprintf(text, sizeof(text), "%s, %s", kind.text, what);
  progress_step(&r->progress, text);
}

static int run_loads(struct running *r, struct outcome *o)
{
  const struct throughput_options *options = &r->measurement->options;
  int status = 0;
  for (unsigned l = 0; l < options->n_loads && status == 0 && !r->measurement->interrupted; l++) {
    const struct load *load = &options->load[l];
    char what[64];
    double rate = load->share > 0 ? load->share * series_rate(&o->full) : load->rate;
    snprintf(what, sizeof(what), "%.4g Mpps", rate / 1e6);
    step(r, what);
    if (rate >= 1)
      status = run_series(r, &o->load[l], "load", false, rate, options->seconds, options->repeat);
  }
  return status;
}

static int run_kind(struct running *r)
{
  struct measurement *m = r->measurement;
  const struct throughput_options *options = &m->options;
  struct outcome *o = &m->outcome[r->kind];
  double seconds = limit_seconds(options);
  unsigned repeat = limit_repeat(options);
  step(r, "the instrument alone");
  int status = run_series(r, &o->before, "instrument before", true, 0, seconds, repeat);
  if (status == 0)
    status = run_series(r, &o->floor, "instrument at a tenth", true,
                        FLOOR_SHARE * series_rate(&o->before), seconds, repeat);
  step(r, "full speed");
  if (status == 0)
    status = run_series(r, &o->full, "full speed", false, 0, options->seconds, options->repeat);
  o->measured = o->full.valid > 0;
  if (status == 0 && o->measured)
    status = run_loads(r, o);
  if (status == 0)
    status = run_series(r, &o->after, "instrument after", true, 0, seconds, repeat);
  return status;
}

double measure_seconds(const struct throughput_options *o)
{
  double trial = o->seconds + o->wait + 0.02, limit = limit_seconds(o) + o->wait + 0.02;
  return 2 + o->n_kinds * ((1 + o->n_loads) * o->repeat * trial + 3 * limit_repeat(o) * limit);
}

int measure_all(struct measurement *m, json_t *report, char *error, size_t size)
{
  struct running r = {.measurement = m, .report = report, .error = error, .size = size};
  int status = 0;
  progress_start(&r.progress, m->options.n_kinds * (2 + m->options.n_loads));
  for (r.kind = 0; r.kind < m->options.n_kinds && status == 0 && !m->interrupted; r.kind++)
    status = run_kind(&r);
  progress_end(&r.progress);
  return status;
}
