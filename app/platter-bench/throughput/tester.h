// SPDX-License-Identifier: BSD-3-Clause
// One trial: so many frames a second for so long through whatever stands between two ports, and
// what became of them. A sender and a receiver, on a core each or taking turns on one; counters are
// read when the sender has stopped and what is under way has come.
#ifndef BENCH_THROUGHPUT_TESTER_H
#define BENCH_THROUGHPUT_TESTER_H

#include <stdbool.h>
#include <stdint.h>

#include "throughput/receiver.h"
#include "throughput/sender.h"

#ifdef __cplusplus
extern "C" {
#endif

enum trial_void {
  TRIAL_VALID,
  TRIAL_SHORT,       // the sender fell behind: fewer frames than asked
  TRIAL_OWN_LOSS,    // the instrument's own port lost frames before they could be received
  TRIAL_INTERRUPTED, // a signal asked to stop
};

struct times { // seconds
  double least, p50, p90, p99, p999, p9999, most, mean;
};

struct trial {
  double asked;   // frames a second; 0: as fast as it goes
  double seconds; // of sending
  enum trial_void void_reason;
  double offered;    // frames a second, sent and refused
  uint64_t sent;     // that the device took
  uint64_t refused;  // that it did not take, where it could have: they count as lost
  uint64_t received; // whole, each once
  uint64_t lost;     // offered and never seen: neither received nor corrupted
  uint64_t corrupted, duplicates, reordered, earlier, foreign, beyond, backwards;
  uint64_t extent; // of reordering
  bool extent_more;
  uint64_t own_loss; // by the receiving port
  uint64_t short_of; // frames for which the sender had no mbuf
  uint64_t stalls;   // times that the sender was late
  double latest;     // seconds: how late at worst
  double away;       // seconds: how long the receiver did not look, at worst
  struct times delay, jitter;
  struct times gaps; // between frames sent
};

struct tester {
  // control: writes before trials
  struct sender sender;
  struct receiver receiver;
  bool together;        // sender and receiver take turns on one core
  bool refusal_is_loss; // what the device does not take it has lost: not so where a wire sets the
                        // pace
  unsigned lcore[2];    // of the sender and the receiver; together: the first
  double quiet;         // seconds without a frame after which nothing more is expected
  double short_share;   // of the frames asked that may not have been sent, or the trial is void
  double patience;      // seconds at most to wait for that
  uint32_t run;         // of the last trial
  uint64_t lost_before; // by the receiving port

  bool sending; // sender: writes, control: reads
  bool stop;    // control: writes
};

// Prepares for trials, once sender and receiver are set up. `seed`: of the numbers of runs.
void tester_begin(struct tester *tester, uint32_t seed);

// `rate`: frames a second; 0: as fast as the device takes them. Returns 0, or -errno where no
// thread can be had.
int tester_run(struct tester *tester, double rate, double seconds, struct trial *trial);

// Frames that were offered and did not come back whole.
static inline uint64_t trial_missing(const struct trial *trial)
{
  return trial->lost + trial->corrupted;
}

static inline double trial_loss_ratio(const struct trial *trial)
{
  uint64_t offered = trial->sent + trial->refused;
  return offered > 0 ? (double)trial_missing(trial) / offered : 0;
}

// Why it is void, as a sentence's end: "the sender fell behind".
const char *trial_void_text(enum trial_void reason);

#ifdef __cplusplus
}
#endif
#endif
