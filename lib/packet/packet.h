// SPDX-License-Identifier: BSD-3-Clause
// Writing to a packet that others may be reading: copy on write, of headers only.
//
// A buffer with other readers is never written. packet_writable gives the caller a packet whose
// first bytes are private, contiguous and may be written; what lies behind them stays shared.
// Every byte copied is counted by site.
//
// Not for stages: that a mirror has noted a packet is known to its burst alone (burst_writable).
#ifndef PACKET_PACKET_H
#define PACKET_PACKET_H

#include "packet/copier.h"

#ifdef __cplusplus
extern "C" {
#endif

// packet_extensible where `m` is shared, its first segment is too short or lacks headroom.
struct rte_mbuf *packet_writable_copy(struct rte_mbuf *m, uint16_t length, struct copier *copier);

// Makes the first `length` bytes of `m` writable. 1 <= length <= PACKET_HEADER_MAX and
// length <= rte_pktmbuf_pkt_len(m), else NULL. Takes the caller's reference to `m` and returns a
// packet of which the caller is the only owner as far as those bytes go:
//   sole owner, bytes in the first segment:  `m` itself; nothing is copied
//   a short frame (see copy.h for the measured length):  a private copy of all of it, counted as
//                                            short_frame
//   else:  a private mbuf with a copy of the first `length` bytes, and behind it the same buffers
//          as before; counted as header_rewrite
// An indirect mbuf counts as shared, for its bytes are in another's buffer. So does every external
// buffer: it may lie over read-only memory.
// Offload flags, VLAN fields, port and hash come along. Returns NULL where the header pool is
// empty; then `m` is still the caller's, untouched, and nothing was counted.
static inline struct rte_mbuf *packet_writable(struct rte_mbuf *m, uint16_t length,
                                               struct copier *copier)
{
  if (packet_is_writable(m, length) && length >= 1 && length <= PACKET_HEADER_MAX)
    return m;
  return packet_writable_copy(m, length, copier);
}

// packet_writable that gives `room` bytes of headroom besides, at most RTE_PKTMBUF_HEADROOM: a sole
// owner's packet that lacks them gets a private header like one that is shared. Every private
// header and every short frame copied has that much.
static inline struct rte_mbuf *packet_extensible(struct rte_mbuf *m, uint16_t length, uint16_t room,
                                                 struct copier *copier)
{
  if (packet_has_room(m, room))
    return packet_writable(m, length, copier);
  return packet_writable_copy(m, length, copier);
}

// A private copy of all of `m`, in mbufs of the copier's frames, several where one is too small;
// counted at `site`, which the caller has registered. Takes the caller's reference to `m`. Flags,
// VLAN fields, port, hash and dynamic fields come along. Returns NULL where the pool is empty (or
// `m` has no bytes); then `m` is still the caller's, untouched, and nothing was counted. platter
// itself never copies a payload: this is there to measure what it would cost.
struct rte_mbuf *packet_copied(struct rte_mbuf *m, struct copier *copier, const struct label *site);

#ifdef __cplusplus
}
#endif
#endif
