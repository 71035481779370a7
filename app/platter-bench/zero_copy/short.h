// SPDX-License-Identifier: BSD-3-Clause
// The two ways of packet_writable to get private bytes, measured against each other on shared
// frames: a copy of the whole frame, or of its header with a reference to the rest. From which
// frame length on is the reference cheaper? PACKET_SHORT_MAX in lib/packet/copy.h is the answer
// that is compiled in; tests/bench/short_frame and `platter-bench zero-copy` both ask here.
//
// A packet's cost is what differs between the two ways: the private bytes, the release of the
// caller's reference, and then the freeing of both the copy and the other reader's reference.
#ifndef BENCH_ZERO_COPY_SHORT_H
#define BENCH_ZERO_COPY_SHORT_H

#include <stdint.h>

#include <rte_mempool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum short_way {
  SHORT_WHOLE,
  SHORT_HEADER,
  SHORT_WAYS,
};

enum {
  SHORT_LENGTHS = 13,
  SHORT_FRAME_BYTES = 2432, // that a frame's mbuf takes of memory
  SHORT_HEADERS = 1023,     // mbufs
};

extern const uint16_t short_length[SHORT_LENGTHS]; // ascending

// A pool of frames that are handed out one after the other, so that a frame comes round again after
// all others: it is in the cache that holds all of them, and in no smaller one. NULL: no memory.
struct rte_mempool *short_frames(const char *name, unsigned n);

// Mbufs for the private bytes; NULL: no memory.
struct rte_mempool *short_headers(void);

// Cycles per packet of one way over some thousand frames of one length; below 0 where mbufs lack.
// EAL has been started.
double short_cycles(enum short_way way, struct rte_mempool *frames, struct rte_mempool *headers,
                    uint16_t length);

#ifdef __cplusplus
}
#endif
#endif
