// SPDX-License-Identifier: BSD-3-Clause
#ifndef PLATTER_DOT_H
#define PLATTER_DOT_H

#include <stdbool.h>
#include <stdio.h>

#include "config/config.h"
#include "layout/layout.h"

// Writes a Graphviz digraph of what is forwarded where and of who does the work. False: memory is
// out, and labels are missing.
bool dot_print(const struct config *config, const struct layout *layout, FILE *out);

#endif
