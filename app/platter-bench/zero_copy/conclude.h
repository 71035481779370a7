// SPDX-License-Identifier: BSD-3-Clause
// What the points say, in words. Copies and references were measured in turns, and are compared
// turn by turn (ratio_paired): so some things are certain though the points themselves spread wide.
// What is not, cannot be told, and is said so.
#ifndef BENCH_ZERO_COPY_CONCLUDE_H
#define BENCH_ZERO_COPY_CONCLUDE_H

#include <jansson.h>

#include "zero_copy/grid.h"

#ifdef __cplusplus
extern "C" {
#endif

// Adds to the report's conclusions, for each way to forward and working set that was measured:
//   - the frame size from which no copy is faster than one
//   - what copies cost at 1518 bytes and at IMIX, in rate and in cycles
//   - how many reference passes four copies of 1518 bytes cost
//   - whether the rate without copies depends on the frame size
// Points that were not measured are passed over.
void zero_copy_conclude(json_t *report, const struct grid *grid,
                        const struct zero_copy_options *options);

#ifdef __cplusplus
}
#endif
#endif
