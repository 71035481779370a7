// SPDX-License-Identifier: BSD-3-Clause
// Two reports of one command side by side: which of their figures differ by more than the
// repetitions of each do among themselves.
#ifndef BENCH_COMPARE_H
#define BENCH_COMPARE_H

#include <stddef.h>

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

enum verdict {
  VERDICT_APART,      // the spreads do not overlap
  VERDICT_WITHIN,     // they do
  VERDICT_NOT_SPREAD, // they do not, but one of them is of too few repetitions to say anything
  VERDICT_LIMIT,      // one is a lower limit that the other does not rule out
};

enum verdict compare_figures(const json_t *a, const json_t *b);

// Fills `report` (report.h) with what the reports `a` and `b` say of the same things. Returns 0, or
// -EINVAL and a sentence where they have nothing to compare.
int compare_reports(json_t *report, const json_t *a, const json_t *b, char *error, size_t size);

#ifdef __cplusplus
}
#endif
#endif
