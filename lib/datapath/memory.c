// SPDX-License-Identifier: BSD-3-Clause
// Control makes the pools before workers start and frees them after they have ended; workers and
// drivers only take mbufs and give them back. The formula is arithmetic and needs no EAL.
#include "datapath/memory.h"

#include <errno.h>
#include <stdio.h>

#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "datapath/burst.h"
#include "datapath/failure.h"
#include "datapath/transmit.h"
#include "packet/copier.h"
#include "packet/pool.h"

enum { SLACK = 24 * 1024 * 1024 }; // of a node: rings, the drivers' queues, EAL's own

// Places that a packet can be in, from the worker that received it to the wire.
static unsigned packets(const struct memory_need *need)
{
  return need->transmit_descriptors + need->transmit_queues * TRANSMIT_PENDING +
         need->handoffs * need->handoff_size + need->workers * BURST_SLOTS;
}

static unsigned caches(const struct memory_need *need)
{
  return need->workers * MEMORY_CACHE * 3 / 2 + MEMORY_CACHE;
}

unsigned memory_frames(const struct memory_need *need, unsigned node)
{
  if (need->mbufs != 0)
    return need->mbufs;
  unsigned segments = RTE_MAX((need->frame + need->segment - 1) / need->segment, 1u);
  unsigned mbufs = need->receive_descriptors[node] + need->looped[node] + packets(need) * segments +
                   caches(need);
  return need->handoffs > 0 ? RTE_MAX(mbufs, (unsigned)MEMORY_CROSSING) : mbufs;
}

unsigned memory_headers(const struct memory_need *need)
{
  return 2 * packets(need) + caches(need);
}

// A ring of an exact size has the slots of the next power of two, and one of them stays empty.
static size_t handoff_bytes(const struct memory_need *need)
{
  return need->handoffs * (size_t)rte_align32pow2(need->handoff_size + 1) * sizeof(void *);
}

size_t memory_bytes(const struct memory_need *need, unsigned node, size_t page)
{
  size_t frame = need->segment + RTE_PKTMBUF_HEADROOM;
  size_t header = PACKET_HEADER_MAX + RTE_PKTMBUF_HEADROOM;
  if (need->receive_descriptors[node] == 0)
    return 0;
  size_t looped = (size_t)rte_align32pow2(need->looped[node] + 1) * sizeof(void *); // in rings
  size_t bytes = SLACK + looped + handoff_bytes(need) +
                 pool_bytes(memory_frames(need, node), frame, page) +
                 pool_bytes(memory_headers(need), header, page);
  return bytes + bytes / 16; // what lies between the pieces
}

// DPDK refuses a cache of more than two thirds of the pool (rte_mempool.c, CALC_CACHE_FLUSHTHRESH).
static unsigned cache_size(unsigned mbufs)
{
  unsigned most = mbufs * 2 / 3;
  return most < MEMORY_CACHE ? most : MEMORY_CACHE;
}

int memory_start(struct memory *memory, const struct memory_need *need, char *error, size_t size)
{
  unsigned room = RTE_ALIGN_CEIL(need->segment, RTE_CACHE_LINE_SIZE) + RTE_PKTMBUF_HEADROOM;
  unsigned n_headers = memory_headers(need);

  *memory = (struct memory){0};
  for (unsigned node = 0; node < MEMORY_NODES_MAX; node++) {
    char name[RTE_MEMPOOL_NAMESIZE];
    if (need->receive_descriptors[node] == 0)
      continue;
    struct memory_pool *pool = &memory->pool[memory->n_pools++];
    unsigned n_frames = memory_frames(need, node);
    pool->node = node;
    snprintf(name, sizeof(name), "frames_%u", node);
    pool->frames = rte_pktmbuf_pool_create(name, n_frames, cache_size(n_frames), 0, room, node);
    snprintf(name, sizeof(name), "headers_%u", node);
    if (pool->frames != NULL)
      pool->headers = rte_pktmbuf_pool_create(name, n_headers, cache_size(n_headers), 0,
                                              PACKET_HEADER_MAX + RTE_PKTMBUF_HEADROOM, node);
    if (pool->headers == NULL) {
      int code = failure_code();
      memory_stop(memory);
      return fail(error, size, code,
                  "no memory for a pool of %u mbufs on node %u (%s); reserve more hugepages, or "
                  "set memory.mbufs or workers.handoff to less",
                  n_frames, node, rte_strerror(-code));
    }
  }
  return 0;
}

struct memory_pool *memory_pool(struct memory *memory, int node)
{
  for (unsigned i = 0; i < memory->n_pools; i++)
    if (memory->pool[i].node == node)
      return &memory->pool[i];
  return &memory->pool[0];
}

void memory_stop(struct memory *memory)
{
  for (unsigned i = 0; i < memory->n_pools; i++) {
    rte_mempool_free(memory->pool[i].headers);
    rte_mempool_free(memory->pool[i].frames);
  }
  memory->n_pools = 0;
}

void *memory_zalloc(size_t count, size_t size, int node)
{
  size_t bytes = count > 0 ? count * size : 1;
  void *memory = rte_zmalloc_socket(NULL, bytes, RTE_CACHE_LINE_SIZE, node);
  if (memory == NULL && node != SOCKET_ID_ANY)
    memory = rte_zmalloc_socket(NULL, bytes, RTE_CACHE_LINE_SIZE, SOCKET_ID_ANY);
  return memory;
}
