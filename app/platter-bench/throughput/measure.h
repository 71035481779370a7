// SPDX-License-Identifier: BSD-3-Clause
// Measures all kinds of frames: the instrument alone, the device at full speed, at each load, and
// the instrument again.
#ifndef BENCH_THROUGHPUT_MEASURE_H
#define BENCH_THROUGHPUT_MEASURE_H

#include <jansson.h>

#include "report/stats.h"
#include "throughput/options.h"

#ifdef __cplusplus
extern "C" {
#endif

// A device that carries more than this share of what the instrument can is not known for its own
// limit.
#define INSTRUMENT_SHARE 0.9

enum { VOIDS_MAX = 3 }; // a void trial is repeated so often

// Trials of one thing.
struct series {
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

struct outcome {               // of one kind of frames
  bool measured;               // at full speed, at least
  struct series before, after; // the instrument alone, at full speed
  struct series floor;         // the instrument alone, at a tenth of that
  struct series full;
  struct series load[LOADS_MAX];
};

struct measurement { // zero-initialise
  struct throughput_options options;
  struct instrument instrument;
  struct outcome outcome[INSTRUMENT_KINDS_MAX];
  bool interrupted;
};

double measure_seconds(const struct throughput_options *options); // that it takes, roughly

// Fills the outcomes, and the report's points. Returns 0, or -errno and a sentence. Interrupted, it
// returns 0 and leaves what it has.
int measure_all(struct measurement *measurement, json_t *report, char *error, size_t size);

// The lower of what the instrument alone reached before and after, in frames a second.
double outcome_limit(const struct outcome *outcome);

double series_rate(const struct series *series); // received, median

#ifdef __cplusplus
}
#endif
#endif
