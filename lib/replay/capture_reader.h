// SPDX-License-Identifier: BSD-3-Clause
// Reading a capture file frame by frame, pcap and pcapng alike, through libpcap.
#ifndef REPLAY_CAPTURE_READER_H
#define REPLAY_CAPTURE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CAPTURE_FRAME_MAX = 9216 }; // bytes: the largest frame that platter forwards

struct capture_reader;

struct capture_frame {
  const uint8_t *bytes; // until the next frame is read
  uint32_t length;      // captured
  uint32_t whole;       // on the wire
  uint64_t stamp;       // nanoseconds since 1970
};

// Opens a file. `strict`: what platter cannot forward is refused: a link type other than Ethernet,
// and, by capture_next, a frame without bytes or of more than CAPTURE_FRAME_MAX. All errors go to
// `error`, which must last as long as the reader, and name the file and, where a frame is at fault,
// its number counted from 1. Returns 0 or -errno. `path` must last, too.
int capture_open(struct capture_reader **reader, const char *path, bool strict, char *error,
                 size_t size);

// Returns 1, 0 at the end of the file, or -errno.
int capture_next(struct capture_reader *reader, struct capture_frame *frame);

// Frames read so far.
uint64_t capture_frames(const struct capture_reader *reader);

void capture_close(struct capture_reader *reader); // NULL is allowed

#ifdef __cplusplus
}
#endif
#endif
