// SPDX-License-Identifier: BSD-3-Clause
// How all cores together spent their time, in seconds since the machine started, and what of it
// this program had.
#ifndef BENCH_MACHINE_TIME_H
#define BENCH_MACHINE_TIME_H

struct machine_time {
  double clock; // monotonic seconds
  double all, steal;
  double ran; // in programs, and in the kernel for them; interrupts are apart
  double own; // by this program and the children it has waited for
};

struct machine_time machine_time_read(const char *root);

#endif
