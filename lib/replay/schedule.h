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

// What a pass over the file found: time stamps in nanoseconds.
struct schedule_times {
  uint64_t frames;
  uint64_t first, last; // the first frame's, and the latest
  uint64_t gap;         // the longest from one frame to the next, as schedule_frame counts
  uint64_t gap_after;   // the number of the frame before it, from 1
};

// Adds the next frame's.
void schedule_note(struct schedule_times *times, uint64_t stamp);

// Seconds from the first frame to the last of all laps, which have `wire_bits` each; infinite for
// laps without an end, and without a rate 0.
double schedule_seconds(const struct config_replay *replay, const struct schedule_times *times,
                        uint64_t wire_bits);

struct schedule {
  enum replay_rate rate;
  double step;       // units for a bit, a frame or a nanosecond
  uint64_t position; // when the next frame is due; original: when the last one was
  double rest;       // below a unit, carried over

  // original timing
  uint64_t first, last;
  uint64_t seen;  // the latest time stamp of this lap
  uint64_t lap;   // units that a lap takes
  uint64_t began; // when this lap did
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
