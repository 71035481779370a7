// SPDX-License-Identifier: BSD-3-Clause
// The report of `platter-bench kernel`: tables, charts and the raw figures of the measured points.
#ifndef BENCH_KERNEL_REPORT_H
#define BENCH_KERNEL_REPORT_H

#include "kernel/points.h"
#include "report/report.h"

#ifdef __cplusplus
extern "C" {
#endif

// Adds everything but what main knows better (the machine). `system`: where the files were.
void kernel_report(json_t *report, const struct points *points, const struct file_system *system);

// In charts.c.
void kernel_charts(json_t *report, const struct points *points, enum route route);

// Per gigabyte, over all samples: point_per_gigabyte's functions.
double sample_user(const struct sample *s);
double sample_system(const struct sample *s);
double sample_receiver(const struct sample *s);

#ifdef __cplusplus
}
#endif
#endif
