// SPDX-License-Identifier: BSD-3-Clause
// A number by which a packet's flow can be told from others: the same for both directions of it.
#ifndef PACKET_FLOW_H
#define PACKET_FLOW_H

#include <stdint.h>

#include <rte_mbuf.h>

#ifdef __cplusplus
extern "C" {
#endif

// 64 well-mixed bits of
//   IPv4 and IPv6, up to two VLAN tags skipped: both addresses and the protocol, and for TCP, UDP
//     and SCTP both ports; of a fragment, the first one too, not the ports, so that all fragments
//     of a packet are alike
//   anything else: both MAC addresses and the EtherType, where there is one: an 802.3 frame has
//     its length there, and frames of a conversation differ in it
// Source and destination may change places. Reads the first FLOW_BYTES bytes at most.
uint64_t flow_hash(const struct rte_mbuf *m);

enum { FLOW_BYTES = 256 };

// Rendezvous hashing (Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates",
// IEEE/ACM Transactions on Networking 6(1), 1998): a flow belongs to the member for which this is
// highest. A member that goes takes only its own flows with it; `member` is a hash of its name.
static inline uint64_t flow_weight(uint64_t flow, uint64_t member)
{
  // Flow and member are mixed already: one multiplication carries every bit of both upwards, to
  // where weights differ first.
  return (flow ^ member) * UINT64_C(0xff51afd7ed558ccd);
}

#ifdef __cplusplus
}
#endif
#endif
