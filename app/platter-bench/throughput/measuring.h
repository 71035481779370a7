// SPDX-License-Identifier: BSD-3-Clause
// What the parts of a measurement share while it runs: trials that go into the report, and how far
// it is.
#ifndef BENCH_THROUGHPUT_MEASURING_H
#define BENCH_THROUGHPUT_MEASURING_H

#include <jansson.h>

#include "report/progress.h"
#include "throughput/measure.h"

struct measuring {
  struct measurement *measurement;
  json_t *report;
  struct progress progress;
  struct outcome *outcome; // that is being measured
  double planned;          // seconds from here to the end of the part at hand
  double part_began;       // as wait_now
  double later;            // seconds that all parts after it take, roughly
  char *error;
  size_t size;
};

// A part begins, of so many seconds, roughly.
void measuring_part(struct measuring *measuring, double seconds);

// Shows what is being done.
void measuring_show(struct measuring *measuring, const char *what);

// One trial; interrupted, it sets measurement->interrupted. Returns 0, or -errno and a sentence.
int measuring_trial(struct measuring *measuring, const char *what, bool bridged, double rate,
                    double seconds, struct trial *trial);

// Trials until so many were valid, or too many were not. Returns as above.
int measuring_series(struct measuring *measuring, struct series *series, const char *what,
                     bool bridged, double rate, double seconds, unsigned repeat);

// Seconds that a trial takes beside its sending.
double measuring_overhead(const struct throughput_options *options);

#endif
