// SPDX-License-Identifier: BSD-3-Clause
// The runtime directory of a prefix, where DPDK puts its sockets: one platter has it at a time.
#ifndef HOST_RUNTIME_DIRECTORY_H
#define HOST_RUNTIME_DIRECTORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Makes and locks the directory. Refused: one that others could write to. Returns 0, or -errno and
// one sentence in `error`.
int runtime_directory_take(const char *prefix, char *error, size_t size);

// Whether runtime_directory_take would: nothing is made, and the lock is let go at once.
int runtime_directory_check(const char *prefix, char *error, size_t size);

// The directory that has those of all prefixes, for who looks through it. It need not be there.
void runtime_directory_parent(char *path, size_t size);

// Its path, once it was taken.
const char *runtime_directory(void);

// Removes it, if nothing is in it. Nothing where it was not taken.
void runtime_directory_leave(void);

// The directory, open; -1: none is taken.
int runtime_directory_fd(void);

#ifdef __cplusplus
}
#endif
#endif
