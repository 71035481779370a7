// SPDX-License-Identifier: BSD-3-Clause
// The frames of a measurement: for each flow and frame size a template of all headers, and one
// payload for all. A frame's number in its trial says which flow it belongs to and how long it is,
// so that who receives it knows every byte that it must have.
//
// Sizes are those of RFC 2544, with the frame check sequence (4 bytes), which the NIC adds: a frame
// of 64 bytes is 60 in memory. Flows take turns. Addresses and ports of a flow are drawn
// independently of each other, each from its whole range: no hash of them sees a pattern.
// Addresses are of the benchmarking networks: 198.18.0.0/15 (RFC 2544, C.2.2), 2001:2::/48 (RFC
// 5180).
#ifndef BENCH_THROUGHPUT_FRAMES_H
#define BENCH_THROUGHPUT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "throughput/stamp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  FRAMES_FLOWS_MAX = 65536,
  FRAMES_LENGTHS_MAX = 12, // different ones in one mix
  FRAMES_MIX_MAX = 64,     // frames of a mix
  FRAMES_PATTERN = 4096,   // frames after which lengths repeat, at least
  FRAMES_HEADERS = 96,     // bytes of a template: headers and stamp, and room
  FRAMES_CRC = 4,
  FRAMES_SIZE_MAX = 9216,
  FRAMES_PORT_LEAST = 1024, // UDP ports are drawn from here on
};

// What is sent.
struct frames_wish {
  unsigned n_mix; // frames of a mix: 1 where all have one size
  unsigned mix[FRAMES_MIX_MAX];
  unsigned flows;
  bool ipv6;
  unsigned vlan;     // of all frames; 0: no tag
  unsigned networks; // destinations lie in so many /24 (IPv6: /64); 0: in one
};

struct frames_length {
  unsigned memory;  // bytes of the frame in memory
  unsigned payload; // of these, behind the stamp
};

struct frames {
  struct frames_wish wish;
  unsigned link;    // bytes in front of the IP header
  unsigned headers; // bytes in front of the stamp
  unsigned n_lengths;
  struct frames_length length[FRAMES_LENGTHS_MAX];
  unsigned n_pattern;
  uint8_t pattern[FRAMES_PATTERN + FRAMES_MIX_MAX]; // index into length, by sequence
  unsigned longest;                                 // bytes in memory
  double mean;                                      // bytes with the frame check sequence
  uint8_t (*headers_of)[FRAMES_HEADERS];            // by flow and length
  uint8_t payload[FRAMES_SIZE_MAX];
};

// The smallest frame that has room for headers and stamp, with the frame check sequence.
unsigned frames_least(const struct frames_wish *wish);

// Returns 0, or -ENOMEM, or -EINVAL where a size is too small or too large.
int frames_make(struct frames *frames, const struct frames_wish *wish);
void frames_free(struct frames *frames);

static inline const uint8_t *frames_template(const struct frames *f, unsigned flow, unsigned length)
{
  return f->headers_of[(size_t)flow * f->n_lengths + length];
}

// Reads a mix: "imix" (7 frames of 64 bytes, 4 of 594 and 1 of 1518), or "imix:" and a genome of
// RFC 6985, section 4 ("aaafg": a 64, b 128, c 256, d 512, e 1024, f 1280, g 1518, h 2112, i 9000).
// False where it is none.
bool frames_mix(const char *text, size_t length, struct frames_wish *wish);

#ifdef __cplusplus
}
#endif
#endif
