// SPDX-License-Identifier: BSD-3-Clause
// When each frame of a replay is due. Pure arithmetic; time is in 1/256 cycles of the TSC since the
// start, modulo 2^64 (160 days ahead or behind at 2.6 GHz can be told apart). Rounding does not add
// up: what is cut from one frame's time is given to the next.
#ifndef REPLAY_SCHEDULE_H
#define REPLAY_SCHEDULE_H

#include <stdint.h>

#include "config/replay.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SCHEDULE_SHIFT = 8 }; // a cycle is 1 << SCHEDULE_SHIFT units

// What a pass over the file found.
struct schedule_times {
  uint64_t frames;
  uint64_t first, last; // time stamps in nanoseconds: the first frame's, and the latest
};

struct schedule {
  enum replay_rate rate;
  double step; // units for a bit, a frame or a nanosecond
  uint64_t first, last;
  uint64_t lap;      // original: units that a lap takes
  uint64_t position; // when the next frame is due; original: when this lap began
  uint64_t latest;   // original: the last frame's time
  double rest;       // below a unit, carried over
};

// `hz`: cycles of the TSC in a second. With original timing the time from the last frame of a lap
// to the first of the next is the capture's mean gap.
void schedule_start(struct schedule *schedule, const struct config_replay *replay, double hz,
                    const struct schedule_times *times);

// When the next frame, of `length` bytes and with time stamp `stamp` (nanoseconds), is due. A time
// stamp before an earlier one's counts as equal to it: frames keep their order. One after `last`,
// which only a file has that has changed since, counts as `last`.
uint64_t schedule_frame(struct schedule *schedule, unsigned length, uint64_t stamp);

// The file begins anew. Returns when.
uint64_t schedule_lap(struct schedule *schedule);

#ifdef __cplusplus
}
#endif
#endif
