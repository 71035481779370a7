// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/short.h"

#include <stdbool.h>

#include <rte_cycles.h>
#include <rte_mbuf.h>

#include "packet/copy.h"

enum {
  BURST = 64,
  PACKETS = 64 * BURST, // in a round
  FRAME_MAX = 2048,
  HEADER_LENGTH = 14, // an Ethernet header, which is what most rewrites touch
  HEADERS_CACHE = 256,
};

const uint16_t short_length[SHORT_LENGTHS] = {64,  96,  128,  192,  256,  320, 384,
                                              512, 768, 1024, 1280, 1514, 2048};

static struct rte_mbuf *copy_header(struct rte_mbuf *m, struct rte_mempool *headers)
{
  return packet_copy_header(m, HEADER_LENGTH, headers);
}

struct rte_mempool *short_frames(const char *name, unsigned n)
{
  // Without a cache the pool is a queue.
  return rte_pktmbuf_pool_create(name, n, 0, 0, RTE_PKTMBUF_HEADROOM + FRAME_MAX, SOCKET_ID_ANY);
}

struct rte_mempool *short_headers(void)
{
  return rte_pktmbuf_pool_create("headers", SHORT_HEADERS, HEADERS_CACHE, 0,
                                 RTE_PKTMBUF_HEADROOM + FRAME_MAX, SOCKET_ID_ANY);
}

// Cycles of one burst, or 0 where mbufs lacked. Frees all it has.
static uint64_t measure_burst(enum short_way way, struct rte_mbuf **frame,
                              struct rte_mempool *headers)
{
  struct rte_mbuf *(*const copy_by)(struct rte_mbuf *, struct rte_mempool *) =
      way == SHORT_WHOLE ? packet_copy_whole : copy_header;
  struct rte_mbuf *copy[BURST];
  bool lacks = false;
  uint64_t start = rte_rdtsc_precise();
  for (int i = 0; i < BURST; i++) {
    copy[i] = copy_by(frame[i], headers);
    if (copy[i] == NULL) {
      copy[i] = frame[i]; // whose reference is still ours
      lacks = true;
    }
  }
  rte_pktmbuf_free_bulk(frame, BURST);
  rte_pktmbuf_free_bulk(copy, BURST);
  return lacks ? 0 : rte_rdtsc_precise() - start;
}

double short_cycles(enum short_way way, struct rte_mempool *frames, struct rte_mempool *headers,
                    uint16_t length)
{
  uint64_t cycles = 0;
  for (int done = 0; done < PACKETS; done += BURST) {
    struct rte_mbuf *frame[BURST];
    if (rte_pktmbuf_alloc_bulk(frames, frame, BURST) != 0)
      return -1;
    for (int i = 0; i < BURST; i++) {
      rte_pktmbuf_append(frame[i], length);
      rte_pktmbuf_refcnt_update(frame[i], 1); // the other reader
    }
    uint64_t took = measure_burst(way, frame, headers);
    if (took == 0)
      return -1;
    cycles += took;
  }
  return (double)cycles / PACKETS;
}
