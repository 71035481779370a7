// SPDX-License-Identifier: BSD-3-Clause
// The points as tables and charts.
#ifndef BENCH_ZERO_COPY_REPORT_H
#define BENCH_ZERO_COPY_REPORT_H

#include "zero_copy/grid.h"

#ifdef __cplusplus
extern "C" {
#endif

// One table and two charts for each way to forward and working set, and all samples.
void zero_copy_report(json_t *report, const struct grid *grid,
                      const struct zero_copy_options *options);

#ifdef __cplusplus
}
#endif
#endif
