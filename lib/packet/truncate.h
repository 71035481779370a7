// SPDX-License-Identifier: BSD-3-Clause
#ifndef PACKET_TRUNCATE_H
#define PACKET_TRUNCATE_H

#include <rte_mbuf.h>

#ifdef __cplusplus
extern "C" {
#endif

// A packet that is the first `length` bytes of `m` (at least 1, less than it has): indirect mbufs
// of `headers`, one for each segment that these bytes are in, over the same buffers. Nothing is
// copied, and `m` stays the caller's as it is; its bytes count as shared from now on. Flags, VLAN
// fields, port, hash and dynamic fields come along. NULL where the pool has too few mbufs.
struct rte_mbuf *packet_truncated(struct rte_mbuf *m, uint32_t length, struct rte_mempool *headers);

#ifdef __cplusplus
}
#endif
#endif
