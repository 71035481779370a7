// SPDX-License-Identifier: BSD-3-Clause
// The command line of `platter-bench kernel`.
#ifndef BENCH_KERNEL_OPTIONS_H
#define BENCH_KERNEL_OPTIONS_H

#include "cli/cli.h"
#include "kernel/points.h"

#ifdef __cplusplus
extern "C" {
#endif

// STATUS_OK, or STATUS_USAGE and has said why.
enum status_code kernel_options_parse(const struct command *command, int argc, char **argv,
                                      struct kernel_options *options);

// "4K", "4KiB", "1M", "1G", "1000": bytes, from 1 to 16 GiB. 0: it is none of them.
uint64_t size_parse(const char *text, size_t length);

#ifdef __cplusplus
}
#endif
#endif
