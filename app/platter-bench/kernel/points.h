// SPDX-License-Identifier: BSD-3-Clause
// The grid of `platter-bench kernel`: each size by each route by each way, and its samples.
#ifndef BENCH_KERNEL_POINTS_H
#define BENCH_KERNEL_POINTS_H

#include "kernel/sample.h"
#include "kernel/ways.h"
#include "report/stats.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SIZES_MAX = 32 };

struct kernel_options {
  const char *directory; // NULL: files_directory
  const char *json, *html;
  uint64_t size[SIZES_MAX]; // rising
  unsigned n_sizes, repeat;
  size_t buffer;
  bool way[WAYS], route[ROUTES];
  bool quick;
};

struct point {
  struct job job;
  unsigned size; // its index among the sizes
  unsigned way;
  unsigned count;
  struct sample sample[SAMPLES_MAX];
};

struct points {
  struct kernel_options options;
  char why[WAYS][160]; // this kernel lacks the way: why; else empty
  struct point *point; // n of them: by size, then by route, then by way
  unsigned n;
};

// Return 0, or less than 0 (points_measure: as sample_take) and a sentence.
int points_new(struct points *points, const struct kernel_options *options, char *error,
               size_t size);
void points_free(struct points *points);

// One round to warm up and to see how long things take, then the rounds of samples.
int points_measure(struct points *points, struct stand *stand, char *error, size_t size);

// Bytes of the longest sample.
uint64_t points_longest(const struct kernel_options *options);

// The point, or NULL where it is not measured.
const struct point *points_find(const struct points *points, unsigned size, enum route route,
                                const struct way *way);

// What a point is judged by, one number for each sample.
struct spread point_throughput(const struct point *point); // gigabytes per second
struct spread point_cpu(const struct point *point);        // sender's CPU seconds per gigabyte

// A count (or seconds) of all samples together, per gigabyte.
double point_per_gigabyte(const struct point *point, double (*of)(const struct sample *sample));

// Sums over the samples of a point.
struct told {
  uint64_t asked, copied, untold;
};
struct told point_told(const struct point *point);

// "4 KiB", "1000": in the largest unit that needs no fraction.
struct size_text {
  char text[32];
};
struct size_text size_show(uint64_t size);

#ifdef __cplusplus
}
#endif
#endif
