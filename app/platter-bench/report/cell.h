// SPDX-License-Identifier: BSD-3-Clause
// A report's cells as people read them: three significant digits of what was measured, all digits
// of what was counted. Inside a figure, spaces are no-break spaces (U+00A0).
#ifndef BENCH_REPORT_CELL_H
#define BENCH_REPORT_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

// A unit such as "s" or "bit/s" takes the prefix that suits the number, and so stands in the cell;
// others stand in the column's heading.
bool cell_unit_inside(const char *unit);

// A text, a number, what report_spread gives, or null. Cut to `size`.
void cell_text(const json_t *cell, const char *unit, char *text, size_t size);

// "12.3 (11.9 to 12.6)", or "12.3" where both ends round to the same; `low` and `high` may be NULL
// or null; no `median`: a dash.
void cell_range(const json_t *median, const json_t *low, const json_t *high, const char *unit,
                char *text, size_t size);

// "32 KiB", "15.6 GiB".
void cell_bytes(double bytes, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
