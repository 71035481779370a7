// SPDX-License-Identifier: BSD-3-Clause
// Goes through all points: for each round, working set, frame size and way to forward a session in
// a child, in another order each round. What a machine does for some seconds to one round it does
// to all points of it.
#ifndef BENCH_ZERO_COPY_MEASURE_H
#define BENCH_ZERO_COPY_MEASURE_H

#include "zero_copy/grid.h"
#include "zero_copy/threshold.h"
#include "zero_copy/traffic.h"

#ifdef __cplusplus
extern "C" {
#endif

struct bench {
  struct zero_copy_options options;
  struct caches caches;
  uint64_t memory; // bytes that frames may take
  unsigned n_cpus; // usable: two at most are used
  unsigned cpus[2];
  struct grid grid;
  struct threshold threshold;
};

// Reads caches and memory from what the report knows of the machine, and leaves out what it cannot
// do, with a warning in the report. Returns 0, or -errno and a sentence.
int bench_prepare(struct bench *bench, json_t *report, char *error, size_t size);

double bench_seconds(const struct bench *bench); // that bench_measure will take, roughly

// Fills grid and threshold, and the report's settings, captures and configuration. Returns 0, or as
// child_run does.
int bench_measure(struct bench *bench, json_t *report, char *error, size_t size);

#ifdef __cplusplus
}
#endif
#endif
