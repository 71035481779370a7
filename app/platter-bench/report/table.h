// SPDX-License-Identifier: BSD-3-Clause
// A report's table on a terminal.
#ifndef BENCH_REPORT_TABLE_H
#define BENCH_REPORT_TABLE_H

#include <stdio.h>

#include <jansson.h>

// Prints it within `width` columns (at least 100): cells are wrapped, and columns that find no room
// follow in a table of their own behind the first ones again.
void table_print(const json_t *table, unsigned width, FILE *out);

#endif
