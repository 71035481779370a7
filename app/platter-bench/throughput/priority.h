// SPDX-License-Identifier: BSD-3-Clause
// What other programs of the machine do is not to be measured. Who may do so runs before them.
#ifndef BENCH_THROUGHPUT_PRIORITY_H
#define BENCH_THROUGHPUT_PRIORITY_H

#ifdef __cplusplus
extern "C" {
#endif

// Linux shares time by session first (sched(7), "The autogroup feature"), and a thread's niceness
// counts inside its own only. So measuring takes a process in a session of its own: this returns -1
// there, and with the highest priority that the kernel allows. In the calling process it waits for
// that one, passes on signals that ask to stop (wait_init was called before), and returns its exit
// status.
int priority_fork(void);

#ifdef __cplusplus
}
#endif
#endif
