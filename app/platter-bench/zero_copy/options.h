// SPDX-License-Identifier: BSD-3-Clause
// What `platter-bench zero-copy` is asked to measure.
#ifndef BENCH_ZERO_COPY_OPTIONS_H
#define BENCH_ZERO_COPY_OPTIONS_H

#include <stdbool.h>

#include "cli/cli.h"
#include "report/stats.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  TRAFFIC_IMIX = 0, // in place of a frame size: see traffic.h
  TRAFFIC_SIZE_MIN = 60,
  TRAFFIC_SIZE_MAX = 9216,
  TRAFFIC_SIZES_MAX = 24,
  COPIES_MOST = 16, // of a packet
  COPIES_MAX = 8,   // different numbers
};

enum path { // platter's layouts, in the order in which they are shown
  PATH_RUN_TO_COMPLETION,
  PATH_PIPELINE,
  PATHS,
};

enum working_set {
  SET_IN_CACHE,
  SET_OUT_OF_CACHE,
  SETS,
};

extern const char *const path_names[PATHS]; // as the option and the configuration name them
extern const char *const set_names[SETS];
extern const char *const set_titles[SETS]; // for a person

struct zero_copy_options {
  bool quick;
  unsigned n_sizes;
  unsigned size[TRAFFIC_SIZES_MAX]; // ascending, TRAFFIC_IMIX last
  unsigned n_copies;
  unsigned copies[COPIES_MAX]; // ascending
  bool path[PATHS];
  bool set[SETS];
  unsigned repeat; // samples of each point
  unsigned rounds; // processes over which these are spread
  double seconds;  // of a sample
  const char *json, *html;
};

enum status_code zero_copy_options_parse(const struct command *command, int argc, char **argv,
                                         struct zero_copy_options *options);

// "64 bytes", "IMIX". Valid for the caller's statement.
struct traffic_text {
  char text[24];
};
struct traffic_text traffic_show(unsigned size);

#ifdef __cplusplus
}
#endif
#endif
