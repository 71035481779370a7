// SPDX-License-Identifier: BSD-3-Clause
// The frame loss rate test of RFC 2544, section 26.3.
#include <string.h>

#include "throughput/search/run.h"

enum { LOSSLESS_IN_A_ROW = 2 };

static int check(const struct search *search, double seconds, double step, char *error, size_t size)
{
  int status = search_check(search, error, size);
  if (status == 0 && !(seconds > 0))
    return search_refuse(error, size, "a trial of a loss curve takes more than no time");
  if (status == 0 && !(step >= 1.0 / CURVE_MAX && step <= CURVE_STEP_MAX))
    return search_refuse(error, size, "a loss curve's steps are 1 to 10% of the greatest load");
  return status;
}

int loss_curve(const struct search *search, double seconds, double step, struct curve_result *r,
               char *error, size_t size)
{
  memset(r, 0, sizeof(*r));
  int status = check(search, seconds, step, error, size);
  if (status != 0)
    return status;
  for (unsigned i = 0, lossless = 0; i < CURVE_MAX && lossless < LOSSLESS_IN_A_ROW; i++) {
    struct search_progress progress = {.what = "loss curve", .left = -1};
    struct trial_result trial;
    progress.next = (struct trial_wanted){search->most * (1 - i * step), seconds};
    progress.trials = r->cost.trials;
    progress.seconds = r->cost.seconds;
    if (progress.next.load < search->least)
      break;
    enum run_outcome outcome = search_run(search, &progress, &r->cost, &trial);
    if (outcome == RUN_OVER)
      break;
    if (outcome == RUN_BEYOND)
      continue;
    struct curve_point *p = &r->point[r->count++];
    *p = (struct curve_point){progress.next.load, trial.offered,
                              (double)trial.lost / (double)trial.sent};
    lossless = trial.lost == 0 ? lossless + 1 : 0;
    r->whole = lossless == LOSSLESS_IN_A_ROW;
  }
  return 0;
}
