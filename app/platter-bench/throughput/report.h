// SPDX-License-Identifier: BSD-3-Clause
// What was measured, as tables, charts and words.
#ifndef BENCH_THROUGHPUT_REPORT_H
#define BENCH_THROUGHPUT_REPORT_H

#include <jansson.h>

#include "throughput/measure.h"

#ifdef __cplusplus
extern "C" {
#endif

void throughput_about(json_t *report, const struct measurement *measurement);
void throughput_report(json_t *report, const struct measurement *measurement);
void throughput_conclude(json_t *report, const struct measurement *measurement);

#ifdef __cplusplus
}
#endif
#endif
