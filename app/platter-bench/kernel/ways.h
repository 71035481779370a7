// SPDX-License-Identifier: BSD-3-Clause
// The ways, one file each.
#ifndef BENCH_KERNEL_WAYS_H
#define BENCH_KERNEL_WAYS_H

#include "kernel/transfer.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct way way_read_write, way_sendfile, way_splice, way_mmap_write, way_copy_range,
    way_zerocopy, way_mmap_zerocopy, way_uring, way_uring_zerocopy;

enum { WAYS = 9 };
extern const struct way *const ways[WAYS]; // read/write first

extern const char *const route_names[ROUTES];

// The index of a way by its name (capitals do not matter), or -1.
int way_find(const char *name, size_t length);

// Whether this kernel has the way. Where it has not, returns less than 0 and writes why to `why`.
int way_missing(const struct way *way, char *why, size_t size);

// For ways: that from a call with descriptors which do not exist, only to see if it is there.
int way_call_missing(const char *call, ssize_t result, char *why, size_t size);

// For ways that read the input by its mapping. The caller unmaps it.
int map_input(struct transfer *t, char **bytes);

#ifdef __cplusplus
}
#endif
#endif
