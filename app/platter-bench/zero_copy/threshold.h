// SPDX-License-Identifier: BSD-3-Clause
// Whether the short-frame rule that is compiled into platter is right on this machine: the ways of
// short.h, for frames that come from each level of the memory.
#ifndef BENCH_ZERO_COPY_THRESHOLD_H
#define BENCH_ZERO_COPY_THRESHOLD_H

#include <jansson.h>

#include "report/stats.h"
#include "zero_copy/short.h"
#include "zero_copy/traffic.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { THRESHOLD_SETS = 3 };
extern const char *const threshold_sets[THRESHOLD_SETS]; // where the frames' bytes come from

struct threshold { // zero-initialise
  struct samples cycles[THRESHOLD_SETS][SHORT_LENGTHS][SHORT_WAYS];
};

struct threshold_run {
  unsigned cpu;
  unsigned repetitions; // at most SAMPLES_MAX
  struct caches caches;
  uint64_t memory; // bytes that may be used
};

// Measures in a child. Returns as child_run does.
int threshold_measure(const struct threshold_run *run, struct threshold *threshold, char *error,
                      size_t size);

// The table and the conclusions.
void threshold_report(json_t *report, const struct threshold *threshold);

// Two or three sentences on what came out, given PACKET_SHORT_MAX or another `rule` in bytes.
void threshold_conclude(json_t *report, const struct threshold *threshold, unsigned rule);

#ifdef __cplusplus
}
#endif
#endif
