// SPDX-License-Identifier: BSD-3-Clause
// Trials of one thing: what each of them measured, and their sums.
#ifndef BENCH_THROUGHPUT_SERIES_H
#define BENCH_THROUGHPUT_SERIES_H

#include <jansson.h>

#include "report/stats.h"
#include "throughput/tester.h"

#ifdef __cplusplus
extern "C" {
#endif

struct series {                                                 // zero-initialise
  double asked;                                                 // frames a second; 0: full speed
  struct samples offered, received;                             // frames a second
  struct samples loss;                                          // ratio
  struct samples p50, p90, p99, p999, p9999, most, pdv, jitter; // seconds
  struct samples away;                                          // seconds
  struct samples latest;                                        // seconds
  unsigned valid, voids;
  enum trial_void why; // of the last void one
  uint64_t sent, refused, missing, corrupted, duplicates, reordered, extent, foreign, earlier;
  struct trial last;
};

void series_add(struct series *series, const struct trial *trial);

double series_rate(const struct series *series); // received, median

// A trial as a report's point (report.h), of frames of so many bytes on average.
json_t *trial_point(const struct trial *trial, const char *what, double mean_bytes);

#ifdef __cplusplus
}
#endif
#endif
