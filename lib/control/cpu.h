// SPDX-License-Identifier: BSD-3-Clause
// The machine's processors, as far as this process may use them.
#ifndef CONTROL_CPU_H
#define CONTROL_CPU_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CPU_SET_MAX = 1024 }; // CPU_SETSIZE: DPDK knows no more

// CPUs that this thread may run on, ascending. Returns how many (at most `max`), at least 1.
unsigned cpu_usable(unsigned *cpus, unsigned max);

// The default for workers.cores: every usable one but the first, which is left to control, as far
// as `max` goes; where there are two or fewer, all of them (control sleeps).
unsigned cpu_workers(unsigned *cpus, unsigned max);

// NUMA node of a CPU, or -1 where the kernel does not say.
int cpu_node(unsigned cpu);

// "0-3,8": for messages. `text` gets at most `size` bytes with the NUL.
void cpu_list(const unsigned *cpus, unsigned n, char *text, unsigned size);

#ifdef __cplusplus
}
#endif
#endif
