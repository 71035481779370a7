// SPDX-License-Identifier: BSD-3-Clause
// What is needed to write to a packet that others may be reading: where private mbufs come from,
// and what was copied. The writing itself is packet.h's, which stages do not see: they write by way
// of the burst, which knows who reads a packet.
#ifndef PACKET_COPIER_H
#define PACKET_COPIER_H

#include <stdbool.h>

#include <rte_mbuf.h>

#include "packet/label.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  // The longest header that can be asked for.
  PACKET_HEADER_MAX = 256,
  // The data room of the header pool's mbufs: a header, and before it room to push a tag.
  PACKET_HEADER_ROOM = RTE_PKTMBUF_HEADROOM + PACKET_HEADER_MAX,
};

extern struct label_set copy_sites;

struct copy_count {
  uint64_t packets;
  uint64_t bytes;
};

// One per worker. worker: writes, control: reads a snapshot.
struct copier {
  // Mbufs with PACKET_HEADER_ROOM: private headers, and indirect segments. At most two for a packet
  // that is rewritten, and one for each segment of a truncated reference.
  struct rte_mempool *headers;
  struct rte_mempool *frames;           // mbufs for whole frames: packet_copied
  struct copy_count copied[LABELS_MAX]; // by copy site
};

// Whether the first `length` bytes of `m` may be written as they are: they are in the first
// segment, and it has no other reader. Only the first segment matters: bytes behind it are not what
// is written. A few instructions, for most packets pass.
static inline bool packet_is_writable(struct rte_mbuf *m, uint16_t length)
{
  return rte_mbuf_refcnt_read(m) == 1 && RTE_MBUF_DIRECT(m) && length <= rte_pktmbuf_data_len(m);
}

// Whether `room` bytes can be put in front of `m`.
static inline bool packet_has_room(const struct rte_mbuf *m, uint16_t room)
{
  return room <= rte_pktmbuf_headroom(m);
}

#ifdef __cplusplus
}
#endif
#endif
