// SPDX-License-Identifier: BSD-3-Clause
// How far a measurement is: one line on standard error, rewritten in place on a terminal, a line
// every ten seconds elsewhere.
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#ifdef __cplusplus
extern "C" {
#endif

struct progress {
  unsigned total, done;
  double started, shown; // monotonic seconds
};

void progress_start(struct progress *progress, unsigned total);
// One step more is done; `what` comes next. Shows the share done and the time left.
void progress_step(struct progress *progress, const char *what);
void progress_end(struct progress *progress);

#ifdef __cplusplus
}
#endif

#endif
