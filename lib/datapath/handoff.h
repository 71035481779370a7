// SPDX-License-Identifier: BSD-3-Clause
// A handoff carries references from the one worker that sends to a port to the one that owns its
// transmit queue: an rte_ring with a single producer and a single consumer. On its own it drops
// nothing: what does not fit stays with the producer, who counts it.
#ifndef DATAPATH_HANDOFF_H
#define DATAPATH_HANDOFF_H

#include <rte_ring.h>

#include "datapath/burst.h"
#include "datapath/pressure.h"
#include "packet/lines.h"

#ifdef __cplusplus
extern "C" {
#endif

struct handoff {
  struct rte_ring *ring;
  uint32_t size;                           // references that it holds
  uint8_t port;                            // where its packets leave
  uint8_t from;                            // the worker that sends
  struct pressure *pressure;               // at this port; NULL: not noted
  uint32_t high_water __rte_cache_aligned; // producer: writes, control: reads; most ever held
} __rte_cache_aligned;
LINES_OWN(struct handoff);
LINES_APART(struct handoff, high_water);

// Makes the ring, for `size` references, on a NUMA node (or SOCKET_ID_ANY) under a name unique in
// this process. `from` and `port`: see struct handoff. Returns 0 or -errno.
int handoff_init(struct handoff *handoff, const char *name, int node, uint8_t from, uint8_t port,
                 uint32_t size);

void handoff_release(struct handoff *handoff); // empty, or never initialised

// Producer. Pushes up to `n` references and returns how many it took, in order.
unsigned handoff_push(struct handoff *handoff, struct rte_mbuf *const *packets, unsigned n);

// Producer: references that would fit now.
static inline unsigned handoff_room(const struct handoff *handoff)
{
  return rte_ring_free_count(handoff->ring);
}

// Consumer. Takes up to `n` references and returns how many.
static inline unsigned handoff_take(struct handoff *handoff, struct rte_mbuf **packets, unsigned n)
{
  return rte_ring_sc_dequeue_burst(handoff->ring, (void **)packets, n, NULL);
}

#ifdef __cplusplus
}
#endif
#endif
