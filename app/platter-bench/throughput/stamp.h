// SPDX-License-Identifier: BSD-3-Clause
// What every measured frame carries, as the first bytes of its UDP payload: which trial it belongs
// to, its number in it, and when it was sent.
//
// Its last two bytes make the Internet checksum (RFC 1071) of the whole stamp 0. So damage is seen,
// and the UDP checksum of a frame is the same whatever its stamp says: it is in the template.
#ifndef BENCH_THROUGHPUT_STAMP_H
#define BENCH_THROUGHPUT_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { STAMP_SIZE = 18 }; // bytes: what an IPv4 frame of 64 bytes has room for

#define STAMP_TIME_MASK     ((UINT64_C(1) << 48) - 1)
#define STAMP_SEQUENCE_MASK ((UINT64_C(1) << 48) - 1)

struct stamp {
  uint32_t run;      // of the trial
  uint64_t sequence; // 48 bits
  uint64_t time;     // cycles, the lower 48 bits
};

static inline uint16_t stamp_sum(uint64_t a, uint64_t b)
{
  unsigned __int128 wide = (unsigned __int128)a + b;
  uint64_t sum = (uint64_t)wide + (uint64_t)(wide >> 64);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

// In this machine's byte order: who sends also receives.
static inline void stamp_write(uint8_t *at, uint32_t run, uint64_t sequence, uint64_t time)
{
  uint64_t words[2] = {run | sequence << 32, ((sequence >> 32) & 0xffff) | (time & STAMP_TIME_MASK)
                                                                               << 16};
  uint16_t check = ~stamp_sum(words[0], words[1]);
  memcpy(at, words, sizeof(words));
  memcpy(at + sizeof(words), &check, sizeof(check));
}

// Returns whether its checksum is right.
static inline bool stamp_read(const uint8_t *at, struct stamp *stamp)
{
  uint64_t words[2];
  uint16_t check;
  memcpy(words, at, sizeof(words));
  memcpy(&check, at + sizeof(words), sizeof(check));
  stamp->run = (uint32_t)words[0];
  stamp->sequence = words[0] >> 32 | (words[1] & 0xffff) << 32;
  stamp->time = words[1] >> 16;
  return stamp_sum(words[0], words[1]) + check == UINT16_MAX;
}

#endif
