// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/goals.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/notes.h"
#include "base/text.h"

// RFC 2544, section 23: how long to wait for the rest of a trial, and then for the device.
static const double RFC2544_WAIT = 2, RFC2544_SETTLE = 5, RFC2544_SHORT = 0.005;
static const double QUICK = 0.1, QUICK_WIDER = 4; // of the usual time, of the usual width
static const double PERCENT = 100;

static const struct {
  const char *word;
  const struct goal *goal;
} known[] = {
    {"ndr", &goal_ndr}, {"pdr", &goal_pdr}, {"rfc2544", &goal_rfc2544}, {"tst009", &goal_tst009}};

static bool take_value(struct goal *g, const char *key, size_t length, double value)
{
  if (text_is(key, length, "loss"))
    g->loss = value / PERCENT;
  else if (text_is(key, length, "exceed"))
    g->exceed = value / PERCENT;
  else if (text_is(key, length, "width"))
    g->width = value / PERCENT;
  else if (text_is(key, length, "trial"))
    g->final_seconds = value;
  else if (text_is(key, length, "sum"))
    g->sum_seconds = value;
  else
    return false;
  return true;
}

// "KEY=VALUE:KEY=VALUE".
static bool take_values(struct goal *g, const char *text)
{
  while (*text != '\0') {
    size_t length = strcspn(text, "=");
    char *end;
    if (text[length] != '=')
      return false;
    double value = strtod(text + length + 1, &end);
    if (end == text + length + 1 || (*end != ':' && *end != '\0') || !isfinite(value) ||
        !take_value(g, text, length, value))
      return false;
    text = *end == ':' ? end + 1 : end;
  }
  return true;
}

static int check(const struct goal *g, const char *text, char *error, size_t size)
{
  struct text_shown shown = text_show(text, strlen(text));
  if (!(g->final_seconds >= 0.01 && g->final_seconds <= g->sum_seconds && g->sum_seconds <= 3600))
    return fail(error, size, -EINVAL,
                "'%s': a trial takes 0.01 s to the sum of all, and that up to 3600", shown.text);
  if (!(g->loss >= 0 && g->loss < 0.5 && g->exceed >= 0 && g->exceed < 1))
    return fail(error, size, -EINVAL,
                "'%s': loss must be below 50 percent, exceed below 100, and not below 0",
                shown.text);
  if (!(g->width >= g->loss && g->width > 0 && g->width < 0.5))
    return fail(error, size, -EINVAL,
                "'%s': the width must be at least the loss, more than 0 and below 50 percent",
                shown.text);
  return 0;
}

int goals_add(struct goal_list *list, const char *text, char *error, size_t size)
{
  size_t length = strcspn(text, ":");
  unsigned at = list->count;
  if (at == GOALS_MAX)
    return fail(error, size, -EINVAL, "there are at most %d goals", GOALS_MAX);
  struct goal *g = &list->goal[at];
  *g = goal_ndr;
  bool found = false;
  for (unsigned i = 0; i < sizeof(known) / sizeof(*known); i++)
    if (strcmp(text, known[i].word) == 0) {
      *g = *known[i].goal;
      found = true;
    }
  if (!found && (length == 0 || length >= GOAL_NAME_MAX || text[length] != ':' ||
                 !text_is_name(text, length, "- .%") || !take_values(g, text + length + 1)))
    return fail(error, size, -EINVAL,
                "expected ndr, pdr, rfc2544, tst009 or NAME:loss=%%:exceed=%%:width=%%:trial=S:"
                "sum=S, found '%s'",
                text_show(text, strlen(text)).text);
  g->initial_seconds = fmin(g->initial_seconds, g->final_seconds);
  if (!found) {
    memcpy(list->name[at], text, length);
    g->name = list->name[at];
  }
  int status = check(g, text, error, size);
  list->count += status == 0;
  return status;
}

void goals_usual(struct goal_list *list, bool quick)
{
  *list = (struct goal_list){.count = 2, .goal = {goal_ndr, goal_pdr}};
  for (unsigned i = 0; i < list->count && quick; i++) {
    struct goal *g = &list->goal[i];
    snprintf(list->name[i], GOAL_NAME_MAX, "quick %s", g->name);
    g->name = list->name[i];
    g->initial_seconds *= QUICK;
    g->final_seconds *= QUICK;
    g->sum_seconds *= QUICK;
    g->width *= QUICK_WIDER;
  }
}

struct goal_text goal_show(const struct goal *g)
{
  struct goal_text t;
  char lost[32] = "no frame", exceed[64] = "every trial";
  if (g->loss > 0)
    snprintf(lost, sizeof(lost), "at most %g%% of frames", g->loss * PERCENT);
  if (g->exceed > 0)
    snprintf(exceed, sizeof(exceed), "trials for at least %g%% of the time",
             (1 - g->exceed) * PERCENT);
  snprintf(t.text, sizeof(t.text), "%s lost in %s, of %g s in all, a trial being %g s; to %g%%",
           lost, exceed, g->sum_seconds, g->final_seconds, g->width * PERCENT);
  return t;
}

const char *goal_title(const struct goal *g, double wait, double settle, double short_share)
{
  bool is = goal_is_rfc2544(g);
  if (is && wait >= RFC2544_WAIT && settle >= RFC2544_SETTLE && short_share <= RFC2544_SHORT)
    return goal_rfc2544.name;
  return g->name == goal_rfc2544.name ? "60 s without loss" : g->name;
}
