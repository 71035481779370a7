// SPDX-License-Identifier: BSD-3-Clause
// What the bridge reads of a frame. Nobody but bridge.c includes this.
#ifndef FEATURES_BRIDGE_FRAME_H
#define FEATURES_BRIDGE_FRAME_H

#include <stdbool.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_mbuf.h>

#include "packet/vlan.h"

enum { FIRST_BYTES = RTE_ETHER_HDR_LEN + VLAN_TAG_SIZE };

// The first bytes of a frame: addresses, EtherType and, of a tagged one, the tag's TCI.
struct first_bytes {
  uint64_t destination, source; // first byte lowest, as in a bridge_key; and two bytes more
  uint16_t type, tci;           // host order
};

// Three unaligned loads into registers.
static inline void first_bytes_load(struct first_bytes *out, const uint8_t *frame)
{
  memcpy(&out->destination, frame, sizeof(out->destination));
  memcpy(&out->source, frame + RTE_ETHER_ADDR_LEN, sizeof(out->source));
  out->destination = rte_le_to_cpu_64(out->destination);
  out->source = rte_le_to_cpu_64(out->source);
  out->type = rte_bswap16(out->source >> 48);
  memcpy(&out->tci, frame + RTE_ETHER_HDR_LEN, sizeof(out->tci));
  out->tci = rte_be_to_cpu_16(out->tci);
}

// Of a frame that is short or in pieces, by way of the stack: to be read, no packet is made of it.
// False: too short, for its header or, where it is to be looked at, its tag.
static inline bool first_bytes_gather(struct first_bytes *out, const struct rte_mbuf *m, bool tags)
{
  uint8_t copy[FIRST_BYTES] = {0};
  uint32_t length = RTE_MIN(rte_pktmbuf_pkt_len(m), (uint32_t)FIRST_BYTES);
  const void *bytes = rte_pktmbuf_read(m, 0, length, copy);
  if (length < RTE_ETHER_HDR_LEN)
    return false;
  if (bytes != copy)
    memcpy(copy, bytes, length);
  first_bytes_load(out, copy);
  return length == FIRST_BYTES || out->type != VLAN_TPID || !tags;
}

// 01:80:c2:00:00:00 to 0f (IEEE 802.1Q table 8-1).
static inline bool is_link_local(uint64_t destination)
{
  return (destination & UINT64_C(0xf0ffffffffff)) == UINT64_C(0x000000c28001);
}

#endif
