// SPDX-License-Identifier: BSD-3-Clause
// A reference to a part of a segment. For lib/packet only.
#ifndef PACKET_REFERENCE_H
#define PACKET_REFERENCE_H

#include <rte_mbuf.h>

// An indirect mbuf of `headers` over `length` bytes of one segment from `offset` on, as a packet of
// one segment. NULL where the pool is empty. The segment stays the caller's.
static inline struct rte_mbuf *segment_reference(struct rte_mbuf *segment, uint16_t offset,
                                                 uint16_t length, struct rte_mempool *headers)
{
  struct rte_mbuf *m = rte_pktmbuf_alloc(headers);
  if (m == NULL)
    return NULL;
  rte_pktmbuf_attach(m, segment);
  m->data_off += offset;
  m->data_len = length;
  m->pkt_len = length;
  return m;
}

#endif
