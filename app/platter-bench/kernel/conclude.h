// SPDX-License-Identifier: BSD-3-Clause
// What the measured points say, in words. Two figures differ where the quartiles of their samples
// do not overlap; where they do, or where a spread is too wide, it cannot be told.
#ifndef BENCH_KERNEL_CONCLUDE_H
#define BENCH_KERNEL_CONCLUDE_H

#include "kernel/points.h"
#include "report/report.h"

#ifdef __cplusplus
extern "C" {
#endif

enum order { ORDER_UNKNOWN, ORDER_LESS, ORDER_MORE };
enum order spread_order(const struct spread *a, const struct spread *b);

const char *route_title(enum route route); // "File to file"

// "all", "none", "37%" of what was asked, "not told", or "" where the way does not ask.
struct told_text {
  char text[32];
};
struct told_text told_show(const struct way *way, const struct told *told);

// Adds the conclusions to the report.
void kernel_conclude(json_t *report, const struct points *points);

#ifdef __cplusplus
}
#endif
#endif
