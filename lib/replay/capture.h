// SPDX-License-Identifier: BSD-3-Clause
// What a capture file holds: read through once before anything starts, so that a file that cannot
// be replayed is refused with the number of the frame at fault.
#ifndef REPLAY_CAPTURE_H
#define REPLAY_CAPTURE_H

#include "replay/capture_reader.h"
#include "replay/schedule.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CAPTURE_KINDS_MAX = 16 };

struct capture {
  uint64_t frames;
  uint64_t bytes; // captured
  struct schedule_times times;
  struct capture_left left;
  bool plain; // see capture_plain
  bool packed;
  uint64_t shortened; // frames of which the capture holds only a part (snap length)
  unsigned shortest;  // bytes
  unsigned longest;
  unsigned n_kinds; // what is in it, most frequent first; the last may be "other"
  struct capture_kind {
    char name[48]; // by headers_describe
    uint64_t frames;
  } kinds[CAPTURE_KINDS_MAX];
};

// Reads the file through, on these terms. Returns 0, or -errno and one sentence in `error` that
// names the file and, where a frame is at fault, its number counted from 1. Refused: no capture
// file, not Ethernet, empty, damaged or cut off, a frame without bytes, a frame over
// CAPTURE_FRAME_MAX.
int capture_scan(const char *path, const struct capture_terms *terms, struct capture *capture,
                 char *error, size_t size);

// Counts the frames that a file holds, and nothing else: for checking an output, which may be
// empty. Returns 0, or -errno and one sentence in `error`.
int capture_count(const char *path, uint64_t *frames, char *error, size_t size);

#ifdef __cplusplus
}
#endif
#endif
