// SPDX-License-Identifier: BSD-3-Clause
// Packet memory: one pool of frames and one of private headers per NUMA node that has a port.
//
// How many mbufs a pool of frames holds. Every mbuf is in one of these places, so a pool with one
// for each cannot run empty:
//
//   receive rings  of the node's ports: receive queues x descriptors, an mbuf each
//   packets        x the segments (mbufs) of the longest frame:
//     transmit rings    of all ports (a packet may leave on another node): queues x descriptors
//     transmit pending  TRANSMIT_PENDING for each transmit queue
//     handoffs          the size of each (plan_handoff_size)
//     workers           BURST_SLOTS in hand each
//   looped         frames of captures that net_pcap plays in circles (looped_capture.h)
//   caches         MEMORY_CACHE for each worker, which DPDK lets grow to 1.5 times its size, and
//                  MEMORY_CACHE for control
//
// A NIC's descriptor holds one segment, but a virtual device's may hold a whole packet
// (net_ring's, virtio's indirect ones); counted is a packet for all. The longest frame follows from
// the ports' MTU. A device that lets longer frames in (net_pcap does) can empty the pool, which
// counts as no_mbuf at that port.
//
// Where packets cross from core to core, a pool has at least MEMORY_CROSSING mbufs. Freed on one
// core and taken again on another, an mbuf is then so late that it has left the first one's cache,
// and comes from a cache that both share instead. Pipeline on two cores, null devices, 64 bytes,
// two-core virtual machine, median of twelve runs: 59 Mpps with 8,192 mbufs, 65 with 12,928, 92
// with 16,384, 93 with 32,768 (`platter run --duration 0.4
// --json`, a wire of net_null with memory.mbufs set; cores 300 cycles apart by core_distance).
//
// The header pool: two mbufs (the private header, and the indirect one behind it) for each place
// that a packet can be in, and the same caches.
#ifndef DATAPATH_MEMORY_H
#define DATAPATH_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/notes.h"

#ifdef __cplusplus
extern "C" {
#endif

struct rte_mempool;

enum {
  MEMORY_NODES_MAX = 32,   // RTE_MAX_NUMA_NODES
  MEMORY_CACHE = 512,      // RTE_MEMPOOL_CACHE_MAX_SIZE
  MEMORY_CROSSING = 16384, // mbufs
  MEMORY_FRAME_EXTRA = 22, // bytes of a frame beyond the MTU: Ethernet header and two VLAN tags
};

// What the formula counts. All over the machine, but for receive_descriptors.
struct memory_need {
  unsigned receive_descriptors[MEMORY_NODES_MAX]; // by node; 0: no pool there
  unsigned looped[MEMORY_NODES_MAX]; // mbufs that receive queues keep, by node; see above
  unsigned transmit_descriptors;
  unsigned transmit_queues;
  unsigned handoffs;
  unsigned handoff_size; // references in each
  unsigned workers;
  unsigned held;    // packets that drivers may keep when they have sent them
  unsigned segment; // bytes of a frame that one mbuf must hold, at least 2048
  unsigned frame;   // bytes of the longest frame
  unsigned mbufs;   // the user's own number per pool; 0: by the formula
};

struct memory {
  struct memory_pool {
    int node;
    struct rte_mempool *frames;
    struct rte_mempool *headers;
  } pool[MEMORY_NODES_MAX];
  unsigned n_pools;
};

unsigned memory_frames(const struct memory_need *need, unsigned node); // mbufs, by the formula
unsigned memory_headers(const struct memory_need *need);

// Bytes that pools and rings take on a node in pages of this size, rounded up: what to ask of the
// kernel. 0 where the node has no pool.
size_t memory_bytes(const struct memory_need *need, unsigned node, size_t page);

// Makes the pools. Returns 0, or -errno and a sentence in `error`, with nothing left behind.
int memory_start(struct memory *memory, const struct memory_need *need, char *error, size_t size);

// The pool of a node, or the first where that node has none.
struct memory_pool *memory_pool(struct memory *memory, int node);

void memory_stop(struct memory *memory);

// Zeroed, for rte_free. On a worker's node, or, where that has no memory to give (no port is there,
// so that none was asked of the kernel), on another.
void *memory_zalloc(size_t count, size_t size, int node);

#ifdef __cplusplus
}
#endif
#endif
