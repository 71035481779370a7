// SPDX-License-Identifier: BSD-3-Clause
// The workers with their queues and handoffs, as the layout has them, and what control tells all of
// them while they run. What is here is called by control, between turns of the workers' or beside
// them: it may allocate and wait.
#ifndef DATAPATH_DATAPATH_H
#define DATAPATH_DATAPATH_H

#include "datapath/memory.h"
#include "datapath/worker.h"

#ifdef __cplusplus
extern "C" {
#endif

struct layout;

struct datapath {
  unsigned n_workers;
  struct worker **worker; // each in memory of its node
  unsigned n_handoffs;
  unsigned handoff_size;     // references in each
  struct handoff *handoff;   // in the order of the layout's
  struct pressure *pressure; // by port; NULL: readers are waited for
  // Says when every worker has finished a turn since; thread ids are the workers' numbers.
  struct rte_rcu_qsbr *quiet;
};

// What workers must know of a port's device: see struct transmit and struct receive.
struct datapath_device {
  uint16_t id; // DPDK's
  bool one_segment;
  uint16_t longest, longest_tagged;
  uint16_t cuts;
  bool made_up; // its frames are no other station's
};

// Makes workers, and handoffs of a size (plan_handoff_size). `devices`: by port. `exact`: readers
// are waited for, so that nobody has to know how short of room forwarding is. All ports count as up
// until datapath_links. Before a worker runs it needs a generation (datapath_go_by). Returns 0, or
// -errno and a sentence in `error`, with nothing left behind.
int datapath_make(struct datapath *datapath, const struct layout *layout, unsigned handoff_size,
                  const struct datapath_device *devices, bool exact, struct memory *memory,
                  char *error, size_t size);

// Has all workers go by a generation from their next turn on. The one before may be freed when they
// have passed the mark that this returns (datapath_passed): until then one may be reading it.
uint64_t datapath_go_by(struct datapath *datapath, const struct generation *generation);

// Tells the workers which ports have a link.
void datapath_links(struct datapath *datapath, portset up);

// A mark of now, and whether every worker has finished since the turn that it was in then: what a
// worker read or called in that turn it has let go of. Any thread, several at once.
uint64_t datapath_mark(const struct datapath *datapath);
bool datapath_passed(const struct datapath *datapath, uint64_t mark);

// Takes a port's device from the workers: they poll it no more, and drop what is to leave by it.
// The device must stay until the workers have passed the mark that this returns: until then one may
// be inside the driver.
uint64_t datapath_detach(struct datapath *datapath, unsigned port);

// Waits for them, but not longer than a turn should take: one may be inside a driver that waits for
// the kernel. Ask again, then, or give the device back (datapath_attach).
bool datapath_detached(const struct datapath *datapath, uint64_t mark);

// Gives a port its device: the former, or another that has taken its place.
void datapath_attach(struct datapath *datapath, unsigned port,
                     const struct datapath_device *device);

// The device's limits for transmitting have become others.
void datapath_limit(struct datapath *datapath, unsigned port, const struct datapath_device *device);

// Frames that a port has dropped because its driver may have cut them. Control reads it while
// workers count.
uint64_t datapath_cut(const struct datapath *datapath, unsigned port);

// No thread may run the workers any more, and nothing may be under way.
void datapath_free(struct datapath *datapath);

#ifdef __cplusplus
}
#endif
#endif
