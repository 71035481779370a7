// SPDX-License-Identifier: BSD-3-Clause
// What all searches share: running trials, repeating void ones, keeping to the limit.
#ifndef BENCH_THROUGHPUT_SEARCH_RUN_H
#define BENCH_THROUGHPUT_SEARCH_RUN_H

#include "throughput/search/search.h"

enum run_outcome {
  RUN_VALID,
  RUN_BEYOND, // void as often as is tried: the load is beyond the generator; cost->reach is not
  RUN_OVER,   // the search ends: cost->end says why
};

// Counts in *cost. `reach` is what the generator did at best of those void trials.
enum run_outcome search_run(const struct search *search, const struct search_progress *progress,
                            struct search_cost *cost, struct trial_result *result);

// Whether loads, limit and overhead make sense. Returns 0, or -EINVAL and a sentence.
int search_check(const struct search *search, char *error, size_t size);

int search_refuse(char *error, size_t size, const char *why); // returns -EINVAL

#endif
