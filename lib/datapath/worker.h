// SPDX-License-Identifier: BSD-3-Clause
// A worker: one thread on one core that polls its receive queues, runs the ports' stages,
// dispatches, takes references off its handoffs and offers them to its transmit queues. No locks,
// no system calls, no allocation, no logging.
#ifndef DATAPATH_WORKER_H
#define DATAPATH_WORKER_H

#include "datapath/dispatch.h"
#include "datapath/receive.h"

#ifdef __cplusplus
extern "C" {
#endif

enum worker_mode {
  WORKER_RUN,   // receive and transmit
  WORKER_DRAIN, // transmit what is under way, receive nothing
  WORKER_STOP,  // leave the loop
};

// The far end of a handoff: references for a transmit queue that this worker owns.
struct incoming {
  struct handoff *handoff;
  struct transmit *transmit;
};

// control: fills it before the thread starts. From then on, worker: everything, but where it says
// otherwise. Arrays belong to whoever made the worker.
struct worker {
  // control: writes, worker: reads once a turn
  const struct generation *generation;
  enum worker_mode mode;
  portset up; // ports that have a link
  uint32_t snapshot_wanted;

  int thread; // its kernel id, once it runs. worker: writes, control: reads
  unsigned number;
  struct rte_rcu_qsbr *quiet; // every turn tells it that this worker holds on to nothing; or NULL
  unsigned n_receive;
  struct receive *receive;
  struct repeats *repeats; // of each receive queue
  unsigned n_transmit;
  struct transmit *transmit;
  unsigned n_incoming;
  struct incoming *incoming;
  struct egress egress[PORTS_MAX];

  // Whose turn it is to be served first, and when to read the clock.
  unsigned turns __rte_cache_aligned;
  bool full_burst;       // this turn moved a full burst
  unsigned until_sample; // bursts, see repeats.h
  struct burst burst __rte_cache_aligned;
  struct copier copier;
  struct counters counters;

  // worker: writes, control: reads when snapshot_given is what it wanted
  uint32_t snapshot_given __rte_cache_aligned;
  struct counters snapshot;
} __rte_cache_aligned;
LINES_OWN(struct worker);
LINES_APART(struct worker, turns);
LINES_APART(struct worker, snapshot_given);

// Sets the ways out of egress from transmit queues and the burst's copier, and is otherwise zero:
// call once after filling in the arrays. Handoffs out of this worker are entered into `egress` by
// the caller.
void worker_init(struct worker *worker, unsigned number);

// One turn: offer pending references, serve the handoffs, poll each receive queue once. Returns the
// number of packets moved.
unsigned worker_turn(struct worker *worker);

// The loop, until mode is WORKER_STOP. `arg`: the struct worker. Returns 0. What it counted since
// its last snapshot is in the one that worker_abandon makes.
int worker_main(void *arg);

// control: asks for a copy of the counters; worker_snapshot_ready says when it is there, which is
// one turn later.
void worker_snapshot_ask(struct worker *worker);
bool worker_snapshot_ready(const struct worker *worker);

// Makes the copy: by the worker between two turns, or by control where no thread runs.
void worker_snapshot_make(struct worker *worker);

// control, when no thread runs: drops every reference that is still pending or in an incoming
// handoff, with reason shutdown, and makes a snapshot.
void worker_abandon(struct worker *worker);

#ifdef __cplusplus
}
#endif
#endif
