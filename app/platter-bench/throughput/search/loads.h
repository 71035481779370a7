// SPDX-License-Identifier: BSD-3-Clause
// What trials have shown of each load, and what that makes of the load for a goal: the Load
// Classification and the Conditional Throughput of RFC 9971.
#ifndef BENCH_THROUGHPUT_SEARCH_LOADS_H
#define BENCH_THROUGHPUT_SEARCH_LOADS_H

#include "throughput/search/search.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LOADS_TRIALS_MAX = 8192 };

struct loads_trial {
  double load, seconds, loss, offered; // as in search.h
};

struct loads { // sorted by load, then by loss; zero-initialise
  unsigned count;
  struct loads_trial trial[LOADS_TRIALS_MAX];
};

enum load_class { LOAD_UNDECIDED, LOAD_LOWER, LOAD_UPPER };

bool loads_add(struct loads *loads, const struct loads_trial *trial); // false: it is full
enum load_class loads_classify(const struct loads *loads, const struct goal *goal, double load);

// Loads; 0: there is none.
struct loads_bounds {
  double lower, upper;
  double between; // the least undecided load that was tried between the two
};

// Relevant bounds: the least upper bound, and the greatest lower bound below it.
struct loads_bounds loads_find(const struct loads *loads, const struct goal *goal);
double loads_loss(const struct loads *loads, const struct goal *goal, double load); // the quantile
struct goal_bound loads_bound(const struct loads *loads, const struct goal *goal, double load);

#ifdef __cplusplus
}
#endif
#endif
