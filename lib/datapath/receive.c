// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/receive.h"

#include "datapath/drop.h"
#include "packet/count.h"
#include "packet/vlan.h"

// Bytes of the frame as the driver found it: a tag that the kernel had taken off it has put in
// again (rte_vlan_insert), which leaves this mark alone.
static unsigned found(const struct rte_mbuf *packet)
{
  return packet->pkt_len - (packet->ol_flags & RTE_MBUF_F_RX_VLAN ? VLAN_TAG_SIZE : 0);
}

static unsigned drop_cut(struct receive *rx, struct rte_mbuf **packets, unsigned n,
                         struct counters *counters)
{
  unsigned whole = 0;
  for (unsigned i = 0; i < n; i++) {
    if (found(packets[i]) < rx->cuts)
      packets[whole++] = packets[i];
    else
      drop(&packets[i], 1, rx->port, reason_too_long.id, counters);
  }
  count_add(&rx->n_cut, n - whole);
  return whole;
}

unsigned receive_check(struct receive *rx, struct rte_mbuf **packets, unsigned n,
                       struct counters *counters)
{
  return rx->cuts > 0 ? drop_cut(rx, packets, n, counters) : n;
}
