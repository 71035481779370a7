// SPDX-License-Identifier: BSD-3-Clause
// The table of work: who polls which receive queue, who owns which transmit queue, which handoffs
// exist. Pure: facts in, a table or a refusal out. No DPDK, no devices, no I/O but printing, so it
// is tested as arithmetic and `platter check` prints what `platter run` will do.
//
//  pipeline           each port has one transmit queue, owned by its home worker; receive queues
//                     are spread over the workers; packets for another worker's port cross by a
//                     handoff.
//  run-to-completion  every worker owns a transmit queue on every port that its receive queues can
//                     reach; nothing crosses. A port with fewer transmit queues than that falls
//                     back to one queue with an owner, for this port, and a note says so.
//  explicit           the configuration says who polls and who owns; handoffs follow from it.
#ifndef LAYOUT_LAYOUT_H
#define LAYOUT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  LAYOUT_PORTS_MAX = 32,
  LAYOUT_WORKERS_MAX = 127, // DPDK has 128 lcores (RTE_MAX_LCORE), and one of them is control
  LAYOUT_NODE_ANY = -1,
  LAYOUT_QUEUES_UNKNOWN = 0,
};

struct layout_port_facts {
  const char *name;       // borrowed for the call and for the table's life
  unsigned rx_queues;     // at least 1
  unsigned max_tx_queues; // LAYOUT_QUEUES_UNKNOWN where no device was asked: taken as enough
  int node;               // NUMA node, or LAYOUT_NODE_ANY
  uint32_t reach;         // bit p: packets received here may leave by port p
};

struct layout_core {
  unsigned cpu;
  int node; // or LAYOUT_NODE_ANY
};

struct layout_queue {
  unsigned port;
  unsigned queue;
};

// One worker of an explicit assignment.
struct layout_assign {
  struct layout_core core;
  unsigned n_rx;
  const struct layout_queue *rx;
  unsigned n_tx;
  const unsigned *tx; // ports
};

enum layout_kind { LAYOUT_PIPELINE, LAYOUT_RUN_TO_COMPLETION, LAYOUT_EXPLICIT };

struct layout_facts {
  enum layout_kind kind;
  unsigned n_ports;
  const struct layout_port_facts *ports;
  unsigned n_cores; // pipeline and run-to-completion: at least 1, no core twice
  const struct layout_core *cores;
  unsigned n_assign; // explicit
  const struct layout_assign *assign;
};

struct layout_worker {
  unsigned cpu;
  int node;
  unsigned n_rx;
  struct layout_queue *rx; // polled by this worker and no other
  unsigned n_tx;
  struct layout_queue *tx; // owned by this worker and no other
};

// Packets for `port` cross from worker `from` to worker `to`, which owns a transmit queue there.
struct layout_handoff {
  unsigned from;
  unsigned to;
  unsigned port;
};

struct layout_port {
  const char *name;
  unsigned rx_queues;
  unsigned tx_queues; // 0 where no packet can leave by this port
  int node;
  uint32_t reach;
};

struct layout {
  enum layout_kind kind;
  unsigned n_ports;
  struct layout_port *ports;
  unsigned n_workers; // a worker with nothing to do is left out, and a note says so
  struct layout_worker *workers;
  unsigned n_handoffs;
  struct layout_handoff *handoffs;
  unsigned n_notes; // what differs from what was asked, or costs speed; one sentence each
  char **notes;
};

// Makes the table. Returns NULL and fills `error` (one sentence that names port, worker or core
// and what to do) where the facts allow none: an explicit assignment that leaves a receive queue
// unpolled, polls one twice, names a queue that the port lacks, uses a core twice, gives a port
// that packets can leave by no owner, wants more transmit queues than the device has, or would
// give a handoff a second producer or consumer. layout_free releases it.
struct layout *layout_make(const struct layout_facts *facts, char *error, size_t error_size);

void layout_free(struct layout *layout); // NULL is allowed

// The check that every table passes before it is used, however it was made: each receive queue is
// polled once, each transmit queue owned once, each worker that can receive a packet for a port
// either owns a transmit queue there or has exactly one handoff to a worker that does, no handoff
// stands twice. Returns true, or false and one sentence in `error`.
bool layout_check(const struct layout *layout, char *error, size_t error_size);

// Where worker `worker` sends a packet for `port`: returns the index of the handoff, or -1 where
// the worker owns a transmit queue there (its number in *tx_queue), or -2 where it cannot send
// there.
int layout_route(const struct layout *layout, unsigned worker, unsigned port, unsigned *tx_queue);

const char *layout_kind_name(enum layout_kind kind); // as the configuration writes it; "explicit"

// A table that fits 80 columns for up to 31-byte names: workers with their receive queues, transmit
// queues and handoffs. The notes are for the caller. False: there
// is no memory for it, and the table is missing.
bool layout_print(const struct layout *layout, FILE *out);

// The same as a cluster of a Graphviz digraph: ports' receive queues, workers, handoffs, transmit
// queues.
void layout_dot(const struct layout *layout, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
