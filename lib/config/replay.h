// SPDX-License-Identifier: BSD-3-Clause
// The device string of a replay port: "replay,file=FILE,…", a port whose received packets are the
// frames of a capture.
//
//   file=FILE       pcap or pcapng, also packed by gzip, zstd, xz or lz4; must be given. A name
//                   ends at a comma
//   loop=N          send the whole file N times; 0: for ever. Default 1
//   rate=line       as fast as it is polled (default)
//   rate=10Gbit     bits a second on the wire: every frame counts 24 bytes more than it has, for
//                   check sum, preamble and gap (IEEE 802.3 clauses 3.1.1 and 4.4.2). bit, kbit,
//                   Mbit, Gbit
//   rate=2Mpps      frames a second. pps, kpps, Mpps
//   rate=original   when the capture's time stamps say
//   speed=2.0       with rate=original: so many times as fast
//   start=wait      all replay ports that wait start together, once every worker runs
//   memory=256MB    for the frames; a file that needs more streams through a window of that size.
//                   kB, MB, GB (1024, 1024^2, 1024^3). Default 256MB
//   sound-part=yes  of a file that ends in the middle of a frame, or whose packed bytes end too
//                   early, send what is before. Default: such a file is refused
//   skip-long=yes   leave frames over 9216 bytes out. Default: a file with one is refused
//   out=FILE        what leaves by the port is written there (pcap), once the start has
//                   succeeded: until then an earlier file stays. Default: it is counted and freed
#ifndef CONFIG_REPLAY_H
#define CONFIG_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  REPLAY_PATH_MAX = 1024,            // bytes of a file's name, with the NUL
  REPLAY_MEMORY = 256 * 1024 * 1024, // bytes, where `memory` does not say
  REPLAY_MEMORY_MIN = 1024 * 1024,
  REPLAY_WIRE_EXTRA = 24, // bytes that a frame takes on the wire beside its own
};

enum replay_rate { REPLAY_LINE, REPLAY_BITS, REPLAY_FRAMES, REPLAY_ORIGINAL };

struct config_replay {
  char file[REPLAY_PATH_MAX];
  char out[REPLAY_PATH_MAX]; // empty: none
  uint64_t loop;             // 0: for ever
  enum replay_rate rate;
  double per_second; // bits or frames
  double speed;
  bool wait;
  bool sound_part;
  bool skip_long;
  uint64_t memory; // bytes
};

// Whether a device string is one of a replay port, right or wrong.
bool replay_is(const char *device);

// Reads it. Returns false with a sentence in `error` that says what was expected and found.
bool config_replay_read(const char *device, struct config_replay *replay, char *error, size_t size);

// The rate as a person writes it: "10 Gbit/s", "original timing, 2 times as fast".
void config_replay_describe(const struct config_replay *replay, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
