// SPDX-License-Identifier: BSD-3-Clause
// What the kernel has of hugepages and of other memory, and the command that would give more.
#ifndef HOST_HUGEPAGES_H
#define HOST_HUGEPAGES_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Whether the free hugepages, of all sizes, of each NUMA node hold its `bytes`, and the control
// groups of this process let it have them. Where not, `why` says what is there, what is needed and
// what fixes it. `root` stands in front of /proc and /sys: "" for the machine itself.
bool hugepages_suffice(const char *root, const size_t *bytes, unsigned n_nodes, char *why,
                       size_t size);

// The same for memory in ordinary pages. The kernel would grant more than there is, and end some
// process when it is used.
bool ordinary_pages_suffice(size_t bytes, char *why, size_t size);

#ifdef __cplusplus
}
#endif
#endif
