// SPDX-License-Identifier: BSD-3-Clause
// The commands of platter-bench.
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "cli/cli.h"

extern const struct command command_zero_copy, command_kernel, command_throughput, command_compare;

#endif
