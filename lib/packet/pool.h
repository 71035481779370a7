// SPDX-License-Identifier: BSD-3-Clause
// What a pool of mbufs takes of memory, to be asked for before there is any.
#ifndef PACKET_POOL_H
#define PACKET_POOL_H

#include <rte_mbuf.h>

// Bytes of one mbuf with `room` for data: itself, its object's header, padding.
static inline size_t pool_object(size_t room)
{
  return sizeof(struct rte_mbuf) + 2 * RTE_CACHE_LINE_SIZE + room;
}

// Bytes of a pool of `n` such mbufs in pages of this size, its ring included. No object crosses the
// end of a page where the kernel may put pages anywhere (rte_mempool_op_calc_mem_size_helper): a
// frame takes an ordinary page all for itself.
static inline size_t pool_bytes(size_t n, size_t room, size_t page)
{
  size_t object = pool_object(room), ring = 2 * rte_align64pow2(n) * sizeof(void *);
  if (object > page)
    return n * RTE_ALIGN_CEIL(object, page) + ring;
  size_t objects = page / object;
  return (n + objects - 1) / objects * page + ring;
}

#endif
