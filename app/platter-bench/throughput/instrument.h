// SPDX-License-Identifier: BSD-3-Clause
// The instrument: DPDK, the ports that are measured between, one that is connected to itself, and
// the frames of all sizes; and its trials.
#ifndef BENCH_THROUGHPUT_INSTRUMENT_H
#define BENCH_THROUGHPUT_INSTRUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/notes.h"
#include "config/config.h"
#include "datapath/memory.h"
#include "ports/port.h"
#include "throughput/frames.h"
#include "throughput/tester.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  INSTRUMENT_KINDS_MAX = 16, // of frames
  INSTRUMENT_CPUS_MAX = 2,
  INSTRUMENT_PAIRS_MAX = 4, // of ports
};

struct instrument_wish {
  unsigned n_pairs; // of devices that are measured between
  struct device_pair {
    const char *tx, *rx; // as in a configuration; the same twice: one port for both ways
  } pair[INSTRUMENT_PAIRS_MAX];
  unsigned n_kinds;
  const struct frames_wish *kind;
  unsigned n_cpus; // one: sender and receiver take turns
  unsigned cpus[INSTRUMENT_CPUS_MAX];
  double quiet, short_share; // see struct tester
};

struct instrument { // zero-initialise
  struct config *config;
  unsigned n_ports;
  struct port port[2 * INSTRUMENT_PAIRS_MAX]; // of a pair: that sends, that receives
  unsigned pair;                              // that trials use
  bool eal;
  struct memory memory; // of receive queues
  struct rte_mempool *pool, *payload_pool;
  unsigned room;
  bool one_segment; // the device sends no frames of two segments: their payload lies in each mbuf
  struct rte_ring *ring;
  int loop; // DPDK's port that is connected to itself; -1: none
  unsigned n_kinds;
  struct frames frames[INSTRUMENT_KINDS_MAX];
  struct payloads payloads[INSTRUMENT_KINDS_MAX];
  struct tester tester;
};

// Starts all of it and waits until the ports have a link. Returns 0, or -errno and a sentence in
// `error`; instrument_stop in both cases. One in a process's life.
int instrument_start(struct instrument *instrument, const struct instrument_wish *wish,
                     struct notes *warnings, char *error, size_t size);

// One trial with one kind of frames: through the device, or `bridged`, by the port that is
// connected to itself: then the instrument alone is measured. Returns as tester_run.
int instrument_run(struct instrument *instrument, unsigned kind, bool bridged, double rate,
                   double seconds, struct trial *trial);

void instrument_stop(struct instrument *instrument);

#ifdef __cplusplus
}
#endif
#endif
