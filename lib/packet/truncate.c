// SPDX-License-Identifier: BSD-3-Clause
#include "packet/truncate.h"

#include "packet/reference.h"

struct rte_mbuf *packet_truncated(struct rte_mbuf *m, uint32_t length, struct rte_mempool *headers)
{
  struct rte_mbuf *first = NULL, *last = NULL;
  uint32_t left = length;

  for (struct rte_mbuf *segment = m; left > 0; segment = segment->next) {
    uint16_t n = RTE_MIN(left, (uint32_t)segment->data_len);
    if (n == 0)
      continue;
    struct rte_mbuf *part = segment_reference(segment, 0, n, headers);
    if (part == NULL) {
      rte_pktmbuf_free(first);
      return NULL;
    }
    if (first == NULL)
      first = part;
    else
      last->next = part;
    first->nb_segs += part != first;
    last = part;
    left -= n;
  }
  first->pkt_len = length;
  return first;
}
