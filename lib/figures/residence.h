// SPDX-License-Identifier: BSD-3-Clause
// How long packets stay inside: from the driver's receive to the moment they are first offered to
// the driver that sends them, by the TSC. Sampled, by callbacks on the ports' queues, so that a run
// without it pays nothing, and one with it about one percent:
//
//   receive   every so many bursts, about every 10 us, as many packets as a burst has at most are
//             marked with the time
//   transmit  one packet of each burst is looked at; where it is marked, the time goes into the
//             queue's histogram
//
// The mark is a dynamic flag and field of the mbuf, which copies of a packet inherit. It is written
// when nobody else can see the packet yet; at the other end it is taken off where nobody else holds
// it. A packet that a full device refused and that others hold counts once more when it is offered
// again.
#ifndef FIGURES_RESIDENCE_H
#define FIGURES_RESIDENCE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct residence;

struct residence_times {
  uint64_t packets;            // looked at
  double p50, p99, p999, most; // nanoseconds; but for the last, up to 1/16 too high
};

// Watches all queues of these DPDK ports, which have been started; no worker runs yet. Returns 0 or
// -errno, with nothing left behind.
int residence_start(struct residence **residence, const uint16_t *devices, unsigned n);

// Forgets what was measured and what is under way: only packets received from now on count.
void residence_reset(struct residence *residence); // NULL is allowed, as below

struct residence_times residence_read(const struct residence *residence);

// Watches no more: when no worker runs, before the ports are closed. What was measured stays.
void residence_detach(struct residence *residence);

void residence_free(struct residence *residence); // detached

#ifdef __cplusplus
}
#endif
#endif
