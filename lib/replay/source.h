// SPDX-License-Identifier: BSD-3-Clause
// The fast path of a replay port: a poll hands out references to frames that lie ready in memory.
// It runs on the worker that polls the port, as a receive callback behind a driver that receives
// nothing (rte_eth_add_rx_callback), so that to everything above the port is like any other.
//
// A file that fits into memory is laid out once, an mbuf for each frame. The source keeps a
// reference to every one: it hands a frame out by raising the count from 1 to 2, and again only
// when the count is back at 1, which is when the last reader has let go. Until then it waits, and
// counts that as a stall. Because the count is 2 while a frame is out, packet_writable gives a
// stage that rewrites it a private header, by the ordinary rule: the frame in memory never changes.
//
// Why this way: of five, it is the fastest at every frame size and number of frames
// (tests/bench/replay_ways; Zen 4, net_null, one core, median of seven rounds, Mpps):
//
//   frames x bytes                     512 x 64   4096 x 512   65536 x 1518
//   preloaded mbufs, refcount               226          211            147
//   preloaded mbufs, bytes outside          216          208            168
//   a pool that is the trace                128          125             99
//   external buffer for each packet          74           76             69
//   copy for each packet                    101           48             10
//
// With bytes outside the mbufs are closer together, which the processor's prefetcher likes in long
// traces. The source knows what comes next and prefetches by itself instead (source.c).
//
// A file that does not fit streams through a window: a thread reads ahead and fills mbufs, the
// source gives each away for good, and its last reader's free brings it back to the window's pool.
#ifndef REPLAY_SOURCE_H
#define REPLAY_SOURCE_H

#include <stdbool.h>

#include <rte_mbuf.h>

#include "datapath/histogram.h"
#include "packet/lines.h"

#ifdef __cplusplus
extern "C" {
#endif

// A frame that lies ready.
struct slot {
  struct rte_mbuf *packet;
  uint64_t due; // see schedule.h; from the start of the lap, in a window from the start of all
};

// control: fills it in before the worker polls. From then on, who writes is said at the field.
struct source {
  struct slot *slot;
  uint32_t n_slots; // a window's: a power of two
  bool window;
  bool timed;      // frames have a time; else they leave as fast as they are polled
  bool waits;      // for `begin`; else the first poll begins
  uint64_t lap;    // units that one pass over all slots takes; a window's: 0
  uint64_t begin;  // TSC at which a source that waits begins; 0: unknown. control: writes once
  uint32_t filled; // window: slots ever filled, modulo 2^32. The reading thread: writes

  // worker: everything
  uint64_t left __rte_cache_aligned; // frames still to be sent; UINT64_MAX: for ever
  uint64_t origin;                   // when this lap began, in units
  uint32_t next;                     // the slot that is next

  // worker: writes, control: reads
  uint32_t consumed; // window: slots ever emptied. The reading thread reads it
  uint64_t zero;     // TSC when it began; 0: not yet
  uint64_t end;      // TSC when the last frame was handed out; 0: not yet
  uint64_t last;     // TSC when a frame was handed out last, where frames have times
  uint64_t sent;
  uint64_t bytes;
  uint64_t stalls;       // polls in which the next frame was due and still with a reader, or not
                         // yet read from the file
  struct histogram late; // cycles after its time that a frame was handed out, where it has one
} __rte_cache_aligned;
LINES_OWN(struct source);
LINES_APART(struct source, left);

// Hands out up to `most` frames. Returns how many.
uint16_t source_take(struct source *source, struct rte_mbuf **out, uint16_t most);

#ifdef __cplusplus
}
#endif
#endif
