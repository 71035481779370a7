// SPDX-License-Identifier: BSD-3-Clause
// Measures all kinds of frames through all devices, in turn: the instrument alone, the device at
// full speed, a search or trials at given loads, and the instrument again.
#ifndef BENCH_THROUGHPUT_MEASURE_H
#define BENCH_THROUGHPUT_MEASURE_H

#include <jansson.h>

#include "report/stats.h"
#include "throughput/options.h"
#include "throughput/search/search.h"
#include "throughput/series.h"

#ifdef __cplusplus
extern "C" {
#endif

// A device that carries more than this share of what the instrument can is not known for its own
// limit.
#define INSTRUMENT_SHARE 0.9

enum {
  VOIDS_MAX = 3, // a void trial is repeated so often
  OUTCOMES_MAX = INSTRUMENT_KINDS_MAX * DUTS_MAX,
};

// What the searches found for one goal.
struct finding {
  struct samples conditional; // frames a second, of the searches that came to an end
  struct goal_result last;
  struct search_cost cost;        // of the last search
  double least_lower, most_upper; // bounds of all searches; 0: none
  unsigned regular;               // searches that came to an end with both bounds within the width
};

struct outcome { // of one kind of frames through one device
  unsigned kind;
  unsigned device;             // of those that are started
  bool measured;               // at full speed, at least
  double short_share;          // of a trial's frames that may not have been sent in time
  struct series before, after; // the instrument alone, at full speed
  struct series floor;         // the instrument alone, at a tenth of that
  struct series full;
  unsigned searches; // that were begun
  struct finding finding[GOALS_MAX];
  struct curve_result curve;
  unsigned n_loads;
  struct series load[LOADS_MAX];
};

struct measurement { // zero-initialise
  struct throughput_options options;
  struct instrument instrument;
  unsigned n_outcomes;
  struct outcome outcome[OUTCOMES_MAX];
  bool interrupted;
  struct dut dut[DUTS_MAX];
};

double measure_seconds(const struct throughput_options *options); // that it takes, roughly

// Fills the outcomes, and the report's points. Returns 0, or -errno and a sentence. Interrupted, it
// returns 0 and leaves what it has.
int measure_all(struct measurement *measurement, json_t *report, char *error, size_t size);

// The lower of what the instrument alone reached before and after, in frames a second.
double outcome_limit(const struct outcome *outcome);

// Which of the goals loads are shares of: the one that allows the greatest loss.
unsigned goals_base(const struct throughput_options *options);

// "64 bytes". Valid for the caller's statement.
struct kind_text outcome_show(const struct measurement *measurement, const struct outcome *outcome);

#ifdef __cplusplus
}
#endif
#endif
