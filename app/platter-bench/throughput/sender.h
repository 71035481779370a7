// SPDX-License-Identifier: BSD-3-Clause
// Sends the frames of a trial at an even pace.
//
// Each frame has a moment when it is due, and the moments stand apart by exactly what the rate
// says, however long the trial. What is due goes out in the next turn. A sender that is late by
// more than SENDER_LATE catches up on nothing: the moments of all frames to come move back, and the
// trial ends short of frames. So no burst ever leaves that nobody asked for, and who reads the
// result sees that fewer frames were sent.
//
// Nothing of a payload is copied: it lies ready in every mbuf of the pool, as far as that has room,
// and else in a segment of its own, to which all frames refer.
#ifndef BENCH_THROUGHPUT_SENDER_H
#define BENCH_THROUGHPUT_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "throughput/distribution.h"
#include "throughput/frames.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  SENDER_BURST = 32,
  SENDER_PAYLOADS = 32, // segments of each length
  SENDER_ROOM = 256,    // bytes of an mbuf where what is longer is sent in two segments
};

#define SENDER_LATE 10e-6 // seconds, or the time between two frames if that is longer

// The payload in segments of its own, for frames that are longer than `room`. Counting references
// to one alone would be slow.
struct payloads {
  struct rte_mbuf *segment[FRAMES_LENGTHS_MAX][SENDER_PAYLOADS];
};

struct sender {
  // control: writes before a trial
  uint16_t port;
  const struct frames *frames;
  struct rte_mempool *pool; // see sender_pool
  unsigned room;            // bytes of a frame in an mbuf of it
  const struct payloads *payloads;

  // of the trial; the thread that sends: writes, control: reads when it has ended
  uint32_t run;
  bool paced;            // else as fast as the device takes them
  uint64_t begin, end;   // cycles
  uint64_t period, part; // of a frame, in cycles and in cycles / `whole`
  uint64_t whole;
  uint64_t due, due_part; // of the next frame
  uint64_t tolerance;     // SENDER_LATE
  uint64_t sequence;      // of the next frame
  unsigned turn;          // which of the payload's segments
  uint64_t sent;          // that the device has taken
  uint64_t refused;       // that it has not: they are freed
  uint64_t short_of;      // frames for which there was no mbuf
  uint64_t stalls;        // times that it was late
  uint64_t latest;        // cycles: how late at worst
  uint64_t last;          // when the last frame was sent
  struct distribution gaps;
};

// A pool for frames of which `room` bytes are in the first mbuf, with the payload in place. NULL:
// no memory.
struct rte_mempool *sender_pool(const char *name, const struct frames *frames, unsigned n,
                                unsigned room, int node);

// A pool for the payload's segments of `n` kinds of frames, the longest with so many bytes. NULL:
// no memory.
struct rte_mempool *payloads_pool(const char *name, unsigned n, unsigned longest, int node);

// Returns 0 or -ENOMEM.
int payloads_make(struct payloads *payloads, struct rte_mempool *pool, const struct frames *frames,
                  unsigned room);
void payloads_free(struct payloads *payloads); // frees no more than these references

// Prepares a trial: `rate` in frames a second, 0: unpaced.
void sender_begin(struct sender *sender, uint32_t run, double rate);

// From now on it is due.
void sender_start(struct sender *sender, uint64_t now, double seconds);

// Sends what is due. False: the trial's time is over.
bool sender_turn(struct sender *sender);

#ifdef __cplusplus
}
#endif
#endif
