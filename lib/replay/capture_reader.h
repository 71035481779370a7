// SPDX-License-Identifier: BSD-3-Clause
// Reading a capture file frame by frame: pcap and pcapng alike, packed by gzip, zstd, xz or lz4 or
// not. All bytes of a frame that are in the file are read, whatever its headers allow.
#ifndef REPLAY_CAPTURE_READER_H
#define REPLAY_CAPTURE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CAPTURE_FRAME_MAX = 9216, // bytes: the largest frame that platter forwards
  CAPTURE_HOW = 320,        // bytes of a sentence
};

struct capture_reader;

struct capture_frame {
  const uint8_t *bytes; // until the next frame is read
  uint32_t length;      // captured
  uint32_t whole;       // on the wire
  uint64_t stamp;       // nanoseconds since 1970; of pcapng's simple packets, which have none, 0
};

// What is taken of a file. Nothing said: only what platter can forward, all of it, is; what is not
// Ethernet, a frame without bytes or of more than CAPTURE_FRAME_MAX, and a file that ends in the
// middle of a frame are refused.
struct capture_terms {
  bool any;        // whatever the frames are: for counting
  bool sound_part; // of a file that ends in the middle of a frame, what is before
  bool skip_long;  // frames of more than CAPTURE_FRAME_MAX are left out
  bool typed;      // the last two are options of the command line: what a refusal calls them
};

// What was left out, by the terms.
struct capture_left {
  uint64_t long_frames;  // of more than CAPTURE_FRAME_MAX
  uint32_t longest;      // of them
  bool cut;              // the file's end,
  char how[CAPTURE_HOW]; // as a sentence says it
};

// Opens a file. All errors go to `error`, which must last as long as the reader, and name the file
// and, where a frame is at fault, its number counted from 1. Returns 0 or -errno. `path` must last,
// too.
int capture_open(struct capture_reader **reader, const char *path,
                 const struct capture_terms *terms, char *error, size_t size);

// Returns 1, 0 at the end of the file, or -errno.
int capture_next(struct capture_reader *reader, struct capture_frame *frame);

// Frames read so far, without those that were left out.
uint64_t capture_frames(const struct capture_reader *reader);

const struct capture_left *capture_left(const struct capture_reader *reader);

// What was left out in words, or false where nothing was.
bool capture_left_describe(const struct capture_left *left, char *text, size_t size);

// Whether libpcap by itself reads the same frames as far as they were read: the file is pcap, not
// packed, nothing was left out and no frame is longer than its header allows.
bool capture_plain(const struct capture_reader *reader);

bool capture_packed(const struct capture_reader *reader);

void capture_close(struct capture_reader *reader); // NULL is allowed

#ifdef __cplusplus
}
#endif
#endif
