// SPDX-License-Identifier: BSD-3-Clause
// One VLAN tag (IEEE 802.1Q clause 9.6) put on, taken off or changed, in a packet whose first bytes
// are private: ask burst_writable for the length that stands at the function. In a shared packet
// that copies the header only, and the payload stays shared behind it.
//
// In the private header the addresses move by the length of a tag. That is writing to it, as
// reflect does, and not a copy out of another buffer: the copy, where there was one, is counted.
//
// Whoever gets such a packet finds its Ethernet header in one piece: the length asked for takes in
// the EtherType, which is not moved.
#ifndef PACKET_VLAN_H
#define PACKET_VLAN_H

#include <stdbool.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_mbuf.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  VLAN_TPID = 0x8100,         // customer tag
  VLAN_TPID_SERVICE = 0x88a8, // service tag
  VLAN_ID_MASK = 0x0fff,      // of a TCI; the rest is priority and drop eligibility
  VLAN_TAG_SIZE = 4,
  VLAN_ADDRESSES = 2 * RTE_ETHER_ADDR_LEN, // what a tag stands behind

  // Lengths to ask of burst_writable. A shorter packet cannot be rewritten so.
  VLAN_PUSH_LENGTH = RTE_ETHER_HDR_LEN,
  VLAN_POP_LENGTH = RTE_ETHER_HDR_LEN + VLAN_TAG_SIZE,
  VLAN_SET_LENGTH = RTE_ETHER_HDR_LEN + VLAN_TAG_SIZE,
};

// Whether the NIC took the outermost customer tag off when it received the packet; its TCI is in
// m->vlan_tci then.
static inline bool packet_vlan_stripped(const struct rte_mbuf *m)
{
  return m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED;
}

// Has the NIC put a customer tag on when it sends the packet: no byte is written. The wish is the
// mbuf's, so it is for every port that this mbuf goes to, and all of them must be of NICs that do
// it. The mbuf has no other reader yet.
static inline void packet_vlan_insert(struct rte_mbuf *m, uint16_t tci)
{
  m->vlan_tci = tci;
  m->ol_flags |= RTE_MBUF_F_TX_VLAN;
}

// Whether an EtherType (host order) says that a tag follows.
static inline bool vlan_is_tag(uint16_t ether_type)
{
  return ether_type == VLAN_TPID || ether_type == VLAN_TPID_SERVICE;
}

// The 16 bits at `offset` of the packet's first bytes, in host order: the TPID (or EtherType) at
// VLAN_ADDRESSES, the TCI two bytes behind it. The caller knows that they are in the first segment.
static inline uint16_t vlan_read(const struct rte_mbuf *m, unsigned offset)
{
  uint16_t bits;
  memcpy(&bits, rte_pktmbuf_mtod_offset(m, const uint8_t *, offset), sizeof(bits));
  return rte_be_to_cpu_16(bits);
}

// Writes the outermost tag's TPID and TCI (host order). VLAN_SET_LENGTH bytes are private, and
// there is a tag.
static inline void packet_vlan_set(struct rte_mbuf *m, uint16_t tpid, uint16_t tci)
{
  uint16_t tag[2] = {rte_cpu_to_be_16(tpid), rte_cpu_to_be_16(tci)};
  memcpy(rte_pktmbuf_mtod_offset(m, uint8_t *, VLAN_ADDRESSES), tag, sizeof(tag));
}

// Puts a tag in front of what follows the addresses. VLAN_PUSH_LENGTH bytes are private: ask
// burst_extensible for them, with room for a tag. False, and nothing has changed, without headroom.
static inline bool packet_vlan_push(struct rte_mbuf *m, uint16_t tpid, uint16_t tci)
{
  char *frame = rte_pktmbuf_prepend(m, VLAN_TAG_SIZE);
  if (frame == NULL)
    return false;
  memmove(frame, frame + VLAN_TAG_SIZE, VLAN_ADDRESSES);
  packet_vlan_set(m, tpid, tci);
  return true;
}

// Takes the outermost tag off. VLAN_POP_LENGTH bytes are private, and there is a tag.
static inline void packet_vlan_pop(struct rte_mbuf *m)
{
  char *frame = rte_pktmbuf_mtod(m, char *);
  memmove(frame + VLAN_TAG_SIZE, frame, VLAN_ADDRESSES);
  rte_pktmbuf_adj(m, VLAN_TAG_SIZE);
}

#ifdef __cplusplus
}
#endif
#endif
