// SPDX-License-Identifier: BSD-3-Clause
// What the processor says of itself, where it is an x86; others say nothing here.
#ifndef BENCH_MACHINE_CPU_H
#define BENCH_MACHINE_CPU_H

#include <stdbool.h>
#include <stddef.h>

// Whether a hypervisor announces itself, and its name.
bool machine_hypervisor(char *name, size_t size);

double machine_tsc_hz(void);      // measured over 20 ms; 0: there is no such counter
bool machine_tsc_invariant(void); // it counts at one rate whatever the clock of the core

#endif
