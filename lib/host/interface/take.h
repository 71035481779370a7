// SPDX-License-Identifier: BSD-3-Clause
// One platter has an interface of the kernel's at a time: two would both receive every packet of
// it, and forward it twice.
#ifndef HOST_INTERFACE_TAKE_H
#define HOST_INTERFACE_TAKE_H

#include <stddef.h>

// Whether this process can use the interface: it is there, and packet sockets are allowed. Returns
// 0, or -errno and a clause in `why` that says what to do.
int interface_check(const char *name, char *why, size_t size);

// Whether it is there: 0, or -ENODEV and a clause.
int interface_exists(const char *name, char *why, size_t size);

// Whether interface_take would find it taken by another process: 0, or -EADDRINUSE and a clause.
int interface_free(const char *name, char *why, size_t size);

// Takes the interface of this name, in this process's network namespace, until the process ends;
// again where it has it already. Returns 0, or -EADDRINUSE and a clause in `why`.
int interface_take(const char *name, char *why, size_t size);

#endif
