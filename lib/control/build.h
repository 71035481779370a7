// SPDX-License-Identifier: BSD-3-Clause
// What this program was built from and for, for --version.
#ifndef CONTROL_BUILD_H
#define CONTROL_BUILD_H

#include <stdio.h>

// "0.1.0, commit 5e47c0012a4f, DPDK 22.11.10 (built against 22.11.10), for x86-64-v2" and the end
// of the line. The commit only if it was built from a clone.
void build_show(FILE *out);

#endif
