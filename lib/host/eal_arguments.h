// SPDX-License-Identifier: BSD-3-Clause
// The user's own arguments for DPDK's EAL, looked at before EAL gets them.
#ifndef HOST_EAL_ARGUMENTS_H
#define HOST_EAL_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Refuses those that take from platter what it sets itself, and those that make EAL end the
// process. Returns 0, or -EINVAL and in `error` a sentence that names the argument and what to use
// in its place.
int eal_arguments_check(int n, char *const *arguments, char *error, size_t size);

// Whether they set what DPDK logs.
bool eal_arguments_set_log_level(int n, char *const *arguments);

#ifdef __cplusplus
}
#endif
#endif
