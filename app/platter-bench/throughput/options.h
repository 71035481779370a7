// SPDX-License-Identifier: BSD-3-Clause
// What `platter-bench throughput` is asked to measure.
#ifndef BENCH_THROUGHPUT_OPTIONS_H
#define BENCH_THROUGHPUT_OPTIONS_H

#include <stdbool.h>

#include "cli/cli.h"
#include "report/stats.h"
#include "throughput/dut/dut.h"
#include "throughput/goals.h"
#include "throughput/instrument.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LOADS_MAX = 16 };

struct load {
  double rate;  // frames a second; or
  double share; // of what the search finds, or comes through at full speed; 0: `rate` it is
};

struct throughput_options {
  const char *tx, *rx;       // devices; both NULL: platter is tested
  const char *self;          // its configuration; NULL: a wire
  unsigned n_duts;           // that are started, one at least unless there is tx
  const char *dut[DUTS_MAX]; // their commands; "platter": that
  unsigned n_kinds;
  struct frames_wish kind[INSTRUMENT_KINDS_MAX];
  unsigned flows, networks, vlan;
  bool ipv6;
  bool curve;             // of loss
  bool search;            // else trials at the loads alone
  struct goal_list goals; // of the search
  unsigned searches;      // of each kind of frames
  double limit;           // seconds of a search; 0: none
  unsigned n_loads;
  struct load load[LOADS_MAX];
  double seconds;     // of a trial
  double wait;        // seconds without a frame after which a trial is over
  double settle;      // seconds between trials through the device
  double short_share; // see struct tester; 0: what the machine allows
  unsigned repeat;
  bool quick;
  const char *json, *html, *csv;
};

enum status_code throughput_options_parse(const struct command *command, int argc, char **argv,
                                          struct throughput_options *options);

// "64 bytes", "a mix of 361.8 bytes on average". Valid for the caller's statement.
struct kind_text {
  char text[96];
};
struct kind_text kind_show(const struct frames_wish *kind);

double kind_mean(const struct frames_wish *kind); // bytes of a frame

#ifdef __cplusplus
}
#endif
#endif
