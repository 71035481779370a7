// SPDX-License-Identifier: BSD-3-Clause
// How much of hugepages the control groups of this process let it have: a container's limit, which
// the machine's free pages say nothing about.
#ifndef HOST_HUGEPAGES_CGROUP_H
#define HOST_HUGEPAGES_CGROUP_H

#include <stddef.h>

// Bytes of pages of `kb` kilobytes that are left to this process by its control group and those
// above it; SIZE_MAX: nothing limits them. `root` stands in front of /proc and /sys: "" for the
// machine itself. `file` gets the name of the limit that binds, or "".
size_t hugepages_cgroup_left(const char *root, unsigned long kb, char *file, size_t size);

#endif
