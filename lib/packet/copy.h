// SPDX-License-Identifier: BSD-3-Clause
// The two ways of packet_writable to get private bytes, apart, so that they can be measured against
// each other. For packet.c, its tests and its benchmark only.
#ifndef PACKET_COPY_H
#define PACKET_COPY_H

#include <assert.h>

#include <rte_mbuf.h>

#include "packet/packet.h"

#ifdef __cplusplus
extern "C" {
#endif

// Frames up to this length are copied whole: the longest measured length at which the copy costs
// less wherever the frame's bytes come from. Cycles per packet, with the freeing of everything,
// medians of 31, two-core VM, TSC 2.6 GHz, 2 MB pages:
//
//             whole copy, frames in            header and reference,
//   length    L2 cache   L3 cache   memory     the same at any length
//       64          65         66       69     132 to 142
//       96          71         73       75
//      128          71         73       76
//      192          77         82      214
//      256          81         90      323
//      512          95        110      487
//     1024         114        151      570
//     1514         141        174      629
//
// A frame that is still in a cache would be cheaper to copy up to about 900 bytes, but a lost bet
// on that costs more than a won one gains. Measured by
//   tests/bench/short_frame --in-memory --no-pci -l 1
// Repetitions stay within a few cycles of their median, those from memory within a tenth; between
// runs the lengths from 192 on vary most where they come from memory (93 to 215 cycles at 192).
enum { PACKET_SHORT_MAX = 128 };
static_assert((int)PACKET_SHORT_MAX <= (int)PACKET_HEADER_MAX,
              "a short frame fits a header's mbuf");

// Both take the caller's reference to `m` and return a packet whose first bytes are private; or
// NULL where the pool has too few mbufs, and then `m` is as it was.

// A private copy of all of it; in one segment where its length fits an mbuf of `pool`, behind the
// headroom.
struct rte_mbuf *packet_copy_whole(struct rte_mbuf *m, struct rte_mempool *pool);

// A private copy of the first `length` bytes in one segment, 1 <= length <= packet length, and
// behind it the rest of the same buffers.
struct rte_mbuf *packet_copy_header(struct rte_mbuf *m, uint16_t length,
                                    struct rte_mempool *headers);

#ifdef __cplusplus
}
#endif
#endif
