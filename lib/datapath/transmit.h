// SPDX-License-Identifier: BSD-3-Clause
// The transmit side of one queue, which exactly one worker owns. It never spins: what the driver
// does not take stays pending, in order, and is offered again on the worker's next turn.
#ifndef DATAPATH_TRANSMIT_H
#define DATAPATH_TRANSMIT_H

#include "datapath/counters.h"
#include "datapath/pressure.h"

#ifdef __cplusplus
extern "C" {
#endif

// All that a burst can give to one port, and what readers leave free: so an idle queue takes all of
// it, whatever its driver takes.
enum { TRANSMIT_PENDING = BURST_SLOTS + READERS_LEAVE };

// worker: everything, but where it says otherwise
struct transmit {
  uint16_t device; // DPDK's port id
  uint16_t queue;
  uint8_t port;     // platter's number
  bool one_segment; // the driver sends only a packet's first segment: others are dropped
  bool absent;      // the device is gone: not to be touched. control: writes, worker: reads
  bool inside;      // the driver was called and has not come back. worker: writes, control: reads
  // Bytes of a packet that the driver sends without harm, without and with a customer tag; 0: any.
  // control: writes, worker: reads
  uint16_t longest, longest_tagged;
  uint16_t head;             // pending[head] is the next to go
  uint16_t count;            // how many are pending
  struct pressure *pressure; // at this port; NULL: not noted
  struct rte_mbuf *pending[TRANSMIT_PENDING];
} __rte_cache_aligned;
LINES_OWN(struct transmit);

static inline unsigned transmit_room(const struct transmit *t)
{
  return TRANSMIT_PENDING - t->count;
}

// Takes `n` references. Offers them to the driver, behind those pending; keeps what it does not
// take; drops what there is no room for (transmit_full), what the driver cannot send
// (segmented, too_long), and all where there is no device (absent). Uses the array as it likes.
void transmit_push(struct transmit *t, struct rte_mbuf **packets, unsigned n,
                   struct counters *counters);

// Offers the pending references again, or drops them where there is no device any more. Returns how
// many are gone.
unsigned transmit_flush(struct transmit *t, struct counters *counters);

#ifdef __cplusplus
}
#endif
#endif
