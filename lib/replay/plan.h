// SPDX-License-Identifier: BSD-3-Clause
// What a replay port will need, found by reading its file through before anything starts.
#ifndef REPLAY_PLAN_H
#define REPLAY_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "config/replay.h"
#include "replay/capture_reader.h"
#include "replay/schedule.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  REPLAY_ROOMS = 9,         // sizes of mbufs: a frame lies in the smallest that holds it
  REPLAY_READY = 512,       // frames at least, so that a poll always finds a full burst
  REPLAY_WINDOW_MIN = 4096, // mbufs of a window beside those that drivers may hold
  REPLAY_GAP_DAYS = 30,     // between frames: a schedule can tell 80 ahead or behind at 5 GHz
};

struct replay_plan {
  struct config_replay options;
  struct schedule_times times;
  struct capture_left left;  // out of them, as the options allow
  uint64_t bytes;            // of all frames
  uint64_t wire_bits;        // of all frames, as REPLAY_BITS counts them
  unsigned longest;          // bytes
  unsigned in[REPLAY_ROOMS]; // frames by size of mbuf
  bool window;               // else all of it lies in memory,
  unsigned copies;           // so many times over: see replay_plan_make
  unsigned window_mbufs;
};

// The sizes, ascending.
extern const unsigned replay_rooms[REPLAY_ROOMS];

// Which of them a frame of at most CAPTURE_FRAME_MAX bytes lies in.
unsigned replay_room(unsigned length);

// What the options let be taken of the file.
struct capture_terms replay_terms(const struct config_replay *options);

// Reads the file through. `held`: packets that drivers may keep after they have sent them, until
// they are given others to send (NICs free lazily): a file with fewer frames is laid out several
// times, or the source would wait for frames that only its next ones set free. Returns 0, or -errno
// and a sentence in `error` about the file, or about `memory`.
int replay_plan_make(struct replay_plan *plan, const struct config_replay *options, unsigned held,
                     char *error, size_t size);

// Bytes that its pools and tables will take in pages of this size.
size_t replay_plan_bytes(const struct replay_plan *plan, size_t page);

#ifdef __cplusplus
}
#endif
#endif
