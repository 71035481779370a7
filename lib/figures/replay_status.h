// SPDX-License-Identifier: BSD-3-Clause
// What is told of a replay port, beside what is told of every port. Large, for it has names of
// files in it, and few ports have one.
#ifndef FIGURES_REPLAY_STATUS_H
#define FIGURES_REPLAY_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/replay.h"

#ifdef __cplusplus
extern "C" {
#endif

enum replay_state {
  REPLAY_WAITING, // for the others, or for the first poll
  REPLAY_RUNNING,
  REPLAY_FINISHED,
  REPLAY_FAILED, // the file could not be read on
};

// "waiting", "running", …
const char *replay_state_name(enum replay_state state);

struct schedule_times; // replay/schedule.h

struct replay_status {
  enum replay_state state;
  char error[256]; // where it failed
  struct config_replay asked;
  bool window;
  unsigned copies;
  uint64_t frames;                    // of the file
  const struct schedule_times *times; // the replay's own
  uint64_t wire_bits;                 // of a lap
  uint64_t sent;                      // of all laps
  uint64_t sent_bytes;
  uint64_t laps;                                   // done, whole ones
  uint64_t stalls;                                 // see struct source
  double seconds;                                  // since it began, until it ended
  double achieved_pps;                             // over that time
  double achieved_bits;                            // the same, a second, on the wire
  double late_p50, late_p99, late_p999, late_most; // seconds behind its time; 0 without timing
  size_t mbufs, mbufs_back; // of its pools; after replay_release the two must be equal
};

#ifdef __cplusplus
}
#endif
#endif
