// SPDX-License-Identifier: BSD-3-Clause
// How far a measurement is: one line on standard error, rewritten in place on a terminal, a line
// every ten seconds elsewhere.
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#ifdef __cplusplus
extern "C" {
#endif

struct progress {
  unsigned total, begun; // steps
  double started, shown; // monotonic seconds
};

void progress_start(struct progress *progress, unsigned total);

// A step begins: those before it are done. `what`: its name. Shows the share done and, from the
// second step on, the time left, as though all steps took the same time.
void progress_step(struct progress *progress, const char *what);

// The same for who knows how many seconds are left, roughly, and counts no steps.
void progress_at(struct progress *progress, const char *what, double left);

void progress_end(const struct progress *progress); // takes the line back

#ifdef __cplusplus
}
#endif

#endif
