// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/measuring.h"

#include <stdio.h>
#include <string.h>

#include "base/notes.h"
#include "cli/wait.h"
#include "report/report.h"

static const double LAUNCH = 0.02; // seconds until threads send, and until they have ended

double measuring_overhead(const struct throughput_options *o)
{
  return o->wait + o->settle + LAUNCH;
}

void measuring_part(struct measuring *m, double seconds)
{
  m->planned = seconds;
  m->part_began = wait_now();
  m->later = m->later > seconds ? m->later - seconds : 0;
}

void measuring_show(struct measuring *m, const char *what)
{
  char text[128];
  double spent = wait_now() - m->part_began;
  double left = m->planned > spent ? m->planned - spent : 0;
  const struct kind_text kind = outcome_show(m->measurement, m->outcome);
  snprintf(text, sizeof(text), "%s, %s", kind.text, what);
  progress_at(&m->progress, text, left + m->later);
}

int measuring_trial(struct measuring *m, const char *what, bool bridged, double rate,
                    double seconds, struct trial *trial)
{
  struct measurement *all = m->measurement;
  const struct frames_wish *kind = &all->options.kind[m->outcome->kind];
  int status = instrument_run(&all->instrument, m->outcome->kind, bridged, rate, seconds, trial);
  if (status != 0)
    return fail(m->error, m->size, status, "no thread to measure with: %s", strerror(-status));
  if (trial->void_reason == TRIAL_INTERRUPTED) {
    all->interrupted = true;
    return 0;
  }
  report_point(m->report, trial_point(trial, what, kind_mean(kind)));
  if (!bridged && all->options.settle > 0)
    all->interrupted = wait_until(wait_now() + all->options.settle);
  return 0;
}

int measuring_series(struct measuring *m, struct series *s, const char *what, bool bridged,
                     double rate, double seconds, unsigned repeat)
{
  s->asked = rate;
  while (s->valid < repeat && s->voids < VOIDS_MAX * repeat && !m->measurement->interrupted) {
    struct trial trial;
    int status = measuring_trial(m, what, bridged, rate, seconds, &trial);
    if (status != 0)
      return status;
    if (trial.void_reason != TRIAL_INTERRUPTED)
      series_add(s, &trial);
  }
  return 0;
}
