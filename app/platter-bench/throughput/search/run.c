// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/search/run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

// Of a load, what a generator that fell short of it can do at most: what a void trial was void for
// may be no lack of frames, and a search must get on.
static const double nearly = 0.99;

int search_refuse(char *error, size_t size, const char *why)
{
  snprintf(error, size, "%s", why);
  return -EINVAL;
}

int search_check(const struct search *search, char *error, size_t size)
{
  if (search->trial == NULL)
    return search_refuse(error, size, "a search needs a way to run a trial");
  if (!(search->least > 0) || !(search->most > search->least) || !isfinite(search->most))
    return search_refuse(error, size, "the least load must be above 0 and below the greatest one");
  if (!(search->limit >= 0) || !(search->overhead >= 0))
    return search_refuse(error, size, "the time limit and the waits cannot be negative");
  return 0;
}

static enum run_outcome end(struct search_cost *cost, enum search_end why, int status)
{
  cost->end = why;
  cost->status = status;
  return RUN_OVER;
}

enum run_outcome search_run(const struct search *search, const struct search_progress *progress,
                            struct search_cost *cost, struct trial_result *result)
{
  const struct trial_wanted *wanted = &progress->next;
  unsigned tries = wanted->load > cost->sent ? SEARCH_TRIES_NEW : SEARCH_TRIES;
  double best = 0;
  for (unsigned i = 0; i < tries; i++) {
    if (search->limit > 0 && cost->seconds + wanted->seconds + search->overhead > search->limit)
      return end(cost, SEARCH_TIME_UP, 0);
    if (search->progress != NULL)
      search->progress(search->arg, progress);
    *result = (struct trial_result){0};
    int status = search->trial(search->arg, wanted, result);
    if (status != 0)
      return end(cost, status == -EINTR ? SEARCH_INTERRUPTED : SEARCH_FAILED, status);
    cost->seconds += result->took > 0 ? result->took : wanted->seconds;
    // No packet sent says nothing about loss, and lost ones that were not sent say that it is
    // wrong.
    if (result->valid && result->sent > 0 && result->lost <= result->sent) {
      cost->trials++;
      cost->sent = fmax(cost->sent, wanted->load);
      return RUN_VALID;
    }
    cost->voids++;
    best = fmax(best, result->offered);
  }
  cost->reach = best > 0 ? fmin(best, wanted->load * nearly) : wanted->load / 2;
  return RUN_BEYOND;
}
