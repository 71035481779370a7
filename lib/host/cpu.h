// SPDX-License-Identifier: BSD-3-Clause
// The machine's processors, as far as this process may use them.
#ifndef HOST_CPU_H
#define HOST_CPU_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CPU_SET_MAX = 1024 }; // CPU_SETSIZE: DPDK knows no more

// What the kernel says about CPUs; one flag for each.
struct cpu_view {
  bool online[CPU_SET_MAX];
  bool isolated[CPU_SET_MAX]; // by isolcpus: the scheduler puts nothing there by itself
  bool allowed[CPU_SET_MAX];  // this thread's affinity
  bool possible[CPU_SET_MAX]; // what its affinity could be: its cpuset
};

// This machine's, for the calling thread.
void cpu_look(struct cpu_view *view);

// CPUs that workers may be given, ascending: the thread's affinity, and the isolated ones. Those
// are in nobody's affinity to begin with, and meant for threads like workers; but where somebody
// has narrowed the affinity (taskset), it stands as it is. Returns how many (at most `max`), at
// least 1.
unsigned cpu_usable_of(const struct cpu_view *view, unsigned *cpus, unsigned max);
unsigned cpu_usable(unsigned *cpus, unsigned max);

// The default for workers.cores, as far as `max` goes: the isolated ones; without such every usable
// one but the first, which is left to control; where there are two or fewer, all of them (control
// sleeps).
unsigned cpu_workers_of(const struct cpu_view *view, unsigned *cpus, unsigned max);
unsigned cpu_workers(unsigned *cpus, unsigned max);

// CPUs that the scheduler gives to this thread by itself: where control runs.
unsigned cpu_shared(unsigned *cpus, unsigned max);

// NUMA node of a CPU, or -1 where the kernel does not say.
int cpu_node(unsigned cpu);

// "0-3,8": for messages. `text` gets at most `size` bytes with the NUL.
void cpu_list(const unsigned *cpus, unsigned n, char *text, unsigned size);

#ifdef __cplusplus
}
#endif
#endif
