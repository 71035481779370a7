// SPDX-License-Identifier: BSD-3-Clause
// reflect: back out of the same port, with the MAC addresses swapped. For measuring and loopback
// tests.
#include "datapath/stage.h"

#include <rte_ether.h>

#include "packet/packet.h"

DROP_REASON(runt, "runt", "too short for an Ethernet header");
DROP_REASON(no_header_mbuf, "no_header_mbuf", "no mbuf left for a private header");

static portset reflect_reach(const unsigned *ports, unsigned n, unsigned i)
{
  return (portset)1 << ports[i];
}

static void reflect_run(const struct stage *stage, struct burst *b)
{
  burst_send_all(b, stage->reach);
  for (unsigned i = 0; i < b->count; i++) {
    if (rte_pktmbuf_pkt_len(b->packet[i]) < RTE_ETHER_HDR_LEN) {
      burst_drop(b, i, &runt);
      continue;
    }
    struct rte_mbuf *m = packet_writable(b->packet[i], RTE_ETHER_HDR_LEN, b->copier);
    if (m == NULL) {
      burst_drop(b, i, &no_header_mbuf);
      continue;
    }
    b->packet[i] = m;
    struct rte_ether_hdr *ether = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
    struct rte_ether_addr back = ether->src_addr;
    ether->src_addr = ether->dst_addr;
    ether->dst_addr = back;
  }
}

static const struct stage_type reflect = {
    .name = "reflect",
    .help = "back out of the same port, MAC addresses swapped",
    .min_ports = 1,
    .max_ports = PORTS_MAX,
    .waits = true,
    .reach = reflect_reach,
    .run = reflect_run,
};
STAGE_TYPE(reflect);
