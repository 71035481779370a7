// SPDX-License-Identifier: BSD-3-Clause
// All points that are measured, each with its samples: a way to forward, a working set, a frame
// size and a number of copies.
#ifndef BENCH_ZERO_COPY_GRID_H
#define BENCH_ZERO_COPY_GRID_H

#include <stddef.h>

#include <jansson.h>

#include "report/stats.h"
#include "zero_copy/options.h"

#ifdef __cplusplus
extern "C" {
#endif

struct spot {
  enum path path;
  enum working_set set;
  unsigned size;
  unsigned copies;
  struct samples mpps;   // packets transmitted
  struct samples gbits;  // bits of frames, without check sum, preamble and gap
  struct samples cycles; // of turns that moved packets, of all workers, per packet transmitted
  struct samples copied; // bytes per packet
  struct samples busy;   // percent of the workers' time
  struct samples p50, p99, p999; // microseconds from receive to transmit
  json_t *raw;                   // the samples as they came
};

struct grid { // zero-initialise
  unsigned n;
  struct spot *spot;
};

// A spot for each combination of the options. Returns 0 or -ENOMEM.
int grid_new(struct grid *grid, const struct zero_copy_options *options);
void grid_free(struct grid *grid);

// NULL where it is not measured.
struct spot *grid_find(const struct grid *grid, enum path path, enum working_set set, unsigned size,
                       unsigned copies);

// Adds one sample as a session says it (session.h), after checking that its figures agree: nothing
// dropped, and as many bytes copied as copies of such frames have. Returns 0, or CHILD_ACCOUNTING
// or -EPROTO with a sentence in `error`.
int grid_add(struct grid *grid, enum path path, enum working_set set, unsigned size,
             const json_t *sample, char *error, size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
