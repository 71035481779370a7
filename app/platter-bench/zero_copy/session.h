// SPDX-License-Identifier: BSD-3-Clause
// One running platter that forwards a capture from a replay port to a null device, and is switched
// between numbers of copies while it runs: samples of all of them are taken in turn, some tenths of
// a second apart, which makes them comparable on a machine that is never quiet.
//
// Runs in a child (child.h) and says, a line each:
//
//   { "note": "a warning of the start" }
//   { "copies": 1, "repetition": 0, "tsc_hz": n, "seconds": s, "received": n, "transmitted": n,
//     "dropped": n, "busy_cycles": n, "idle_cycles": n, "copied_packets": n, "copied_bytes": n,
//     "residence": { "packets": n, "p50": ns, "p99": ns, "p999": ns, "most": ns } }
#ifndef BENCH_ZERO_COPY_SESSION_H
#define BENCH_ZERO_COPY_SESSION_H

#include <stdint.h>
#include <stdio.h>

#include "zero_copy/options.h"

struct session {
  const struct zero_copy_options *options;
  enum path path;
  unsigned longest;     // bytes of a frame
  const char *capture;  // file
  uint64_t memory;      // bytes that its frames take
  unsigned first;       // repetition, counted over all sessions: their order depends on it
  unsigned repetitions; // samples of each number of copies
  double warm;          // seconds before the first sample
  unsigned n_cpus;
  const unsigned *cpus; // the workers'
};

// What the session runs, as a configuration. `prefix`: of its runtime directory.
void session_yaml(const struct session *session, const char *prefix, char *text, size_t size);

int session_run(const void *session, FILE *out); // a child_body

#endif
