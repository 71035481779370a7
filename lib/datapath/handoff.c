// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/handoff.h"

#include "datapath/failure.h"

int handoff_init(struct handoff *handoff, const char *name, int node, uint8_t from, uint8_t port,
                 uint32_t size)
{
  handoff->size = size;
  handoff->from = from;
  handoff->port = port;
  handoff->high_water = 0;
  handoff->ring =
      rte_ring_create(name, size, node, RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
  return handoff->ring != NULL ? 0 : failure_code();
}

void handoff_release(struct handoff *handoff)
{
  rte_ring_free(handoff->ring);
  handoff->ring = NULL;
}

unsigned handoff_push(struct handoff *handoff, struct rte_mbuf *const *packets, unsigned n)
{
  unsigned room;
  unsigned pushed = rte_ring_sp_enqueue_burst(handoff->ring, (void *const *)packets, n, &room);
  uint32_t held = handoff->size - room;
  if (held > handoff->high_water)
    __atomic_store_n(&handoff->high_water, held, __ATOMIC_RELAXED);
  return pushed;
}
