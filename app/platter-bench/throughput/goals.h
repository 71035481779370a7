// SPDX-License-Identifier: BSD-3-Clause
// The goals of a search as a command line and a report have them.
#ifndef BENCH_THROUGHPUT_GOALS_H
#define BENCH_THROUGHPUT_GOALS_H

#include <stdbool.h>
#include <stddef.h>

#include "throughput/search/search.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { GOAL_NAME_MAX = 32 };

struct goal_list { // zero-initialise
  unsigned count;
  struct goal goal[GOALS_MAX];
  char name[GOALS_MAX][GOAL_NAME_MAX]; // of those that have none of their own
};

// Adds one: "ndr", "pdr", "rfc2544", "tst009", or "NAME:KEY=VALUE:…" with loss, exceed and width in
// percent and trial and sum in seconds; what is not said is as the NDR has it. Returns 0, or
// -EINVAL and a sentence.
int goals_add(struct goal_list *list, const char *text, char *error, size_t size);

// NDR and PDR as CSIT has them; `quick`: with a tenth of their time and four times their width.
void goals_usual(struct goal_list *list, bool quick);

// What a result for the goal is, and what it is not: "no frame lost in half of 21 s …".
struct goal_text {
  char text[320];
};
struct goal_text goal_show(const struct goal *goal);

// By what name its result goes, if trials wait so long for the rest and before the next one.
const char *goal_title(const struct goal *goal, double wait, double settle, double short_share);

#ifdef __cplusplus
}
#endif
#endif
