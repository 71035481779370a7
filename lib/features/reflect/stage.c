// SPDX-License-Identifier: BSD-3-Clause
// reflect: back out of the same port, with the MAC addresses swapped. For measuring and loopback
// tests.
#include "datapath/stage.h"

#include <rte_ether.h>

DROP_REASON(runt, "runt", "too short for an Ethernet header");
LOSS_REASON(no_header_mbuf, "no_header_mbuf", "no mbuf left for a private header");

static portset reflect_reach(const unsigned *ports, unsigned n, unsigned i)
{
  return (portset)1 << ports[i];
}

typedef uint8_t sixteen_bytes __attribute__((vector_size(16)));

// Both addresses, and what follows them, in one load, one shuffle and one store. As three
// assignments of struct rte_ether_addr, reflect forwarded 10% fewer packets a second
// (tests/bench/versus-testpmd.sh reflect).
static inline void swap_addresses(uint8_t *frame)
{
  sixteen_bytes in;
  __builtin_memcpy(&in, frame, sizeof(in));
  in = __builtin_shufflevector(in, in, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 12, 13, 14, 15);
  __builtin_memcpy(frame, &in, sizeof(in));
}

// A packet that somebody else reads too, or is in pieces or too short for sixteen bytes at a time.
// Not inlined: with it in the loop reflect forwarded 3% fewer packets a second.
static __attribute__((noinline)) void reflect_one(struct burst *b, unsigned i)
{
  if (burst_settled(b, i))
    return;
  if (rte_pktmbuf_pkt_len(b->packet[i]) < RTE_ETHER_HDR_LEN) {
    burst_drop(b, i, &runt);
    return;
  }
  struct rte_mbuf *m = burst_writable(b, i, RTE_ETHER_HDR_LEN);
  if (m == NULL) {
    burst_drop(b, i, &no_header_mbuf);
    return;
  }
  struct rte_ether_hdr *ether = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
  struct rte_ether_addr back = ether->src_addr;
  ether->src_addr = ether->dst_addr;
  ether->dst_addr = back;
}

static void reflect_run(const struct stage *stage, struct burst *b)
{
  unsigned count = b->count;
  bool plain = !b->composed; // nobody reads or has settled any: reflect_one does not change that
  burst_send_all(b, stage->reach);
  for (unsigned i = 0; i < count; i++) {
    struct rte_mbuf *m = b->packet[i];
    if (plain && burst_is_writable_plain(b, i, sizeof(sixteen_bytes)))
      swap_addresses(rte_pktmbuf_mtod(m, uint8_t *));
    else
      reflect_one(b, i);
  }
}

static const struct stage_type reflect = {
    .name = "reflect",
    .help = "back out of the same port, MAC addresses swapped",
    .min_ports = 1,
    .max_ports = PORTS_MAX,
    .waits = true,
    .writes = true,
    .reach = reflect_reach,
    .run = reflect_run,
};
STAGE_TYPE(reflect);
