// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/burst.h"

#include "packet/packet.h"

struct rte_mbuf *burst_writable_copy(struct burst *b, unsigned i, uint16_t length, uint16_t room)
{
  int slot = -1;
  portset readers = b->composed ? b->readers[i] : 0;
  if (readers != 0) {
    slot = burst_attach(b, i, b->packet[i], readers);
    if (slot >= 0)
      rte_pktmbuf_refcnt_update(b->packet[i], 1);
  }
  struct rte_mbuf *m = packet_extensible(b->packet[i], length, room, b->copier);
  if (m != NULL) {
    b->packet[i] = m;
    if (readers != 0)
      b->readers[i] = 0;
    if (readers != 0 && slot < 0)
      burst_lose(b, readers, &reason_mirror_full);
  } else if (slot >= 0) {
    rte_pktmbuf_refcnt_update(b->packet[i], -1);
    b->count--;
    b->cloned--;
  }
  return m;
}
