// SPDX-License-Identifier: BSD-3-Clause
// What replay.c (life cycle), resident.c and window.c (the two ways to hold frames) share. Nobody
// else includes this.
#ifndef REPLAY_INTERNAL_H
#define REPLAY_INTERNAL_H

#include <pthread.h>

#include "replay/capture_reader.h"
#include "replay/replay.h"
#include "replay/source.h"

struct rte_eth_rxtx_callback;

struct replay {
  struct replay_plan plan;
  struct source *source; // in memory of the node
  unsigned number;
  int node;
  double hz;                              // of the TSC
  struct rte_mempool *pool[REPLAY_ROOMS]; // a window: the first alone
  size_t mbufs;                           // of all pools
  uint16_t device;
  uint64_t ended; // TSC of the last frame when the source was taken away; 0: it was not
  const struct rte_eth_rxtx_callback *callback; // NULL: not attached

  // window: the thread that reads ahead; it writes, but for `stop`
  pthread_t thread;
  bool threaded;
  bool stop; // control: writes
  bool failed;
  bool finished; // reading
  char error[256];
  struct capture_reader *reader;
  struct schedule schedule;
  uint64_t laps;
};

// A pool of `n` mbufs with `room` bytes, of which each core that frees any may keep `cache`, and
// half as many again, for itself. Returns 0 or -errno.
int replay_pool(struct replay *replay, unsigned index, unsigned n, unsigned room, unsigned cache);

// Opens the file, as capture_open.
int replay_reader(struct replay *replay, char *error, size_t size);

// Puts a frame into a fresh mbuf.
void replay_fill(struct rte_mbuf *m, const struct capture_frame *frame);

int resident_open(struct replay *replay, char *error, size_t size);
void resident_release(struct replay *replay);

int window_open(struct replay *replay, char *error, size_t size);
void window_release(struct replay *replay);

#endif
