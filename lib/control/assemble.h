// SPDX-License-Identifier: BSD-3-Clause
// From the tables to the moving parts: the program of stages from the configuration's `forward`,
// and workers with their queues and handoffs from the layout.
#ifndef CONTROL_ASSEMBLE_H
#define CONTROL_ASSEMBLE_H

#include "config/config.h"
#include "control/memory.h"
#include "datapath/worker.h"
#include "layout/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

// The kinds that the stages of this build give to `forward`, for config_load. Never freed.
const struct config_kind *forward_kinds(size_t *n);

// What the configuration says about each port once the stages have been asked.
struct forwarding {
  struct program program;
  portset reach[PORTS_MAX]; // packets received on the port may leave by
  portset sends[PORTS_MAX]; // the part of it that is forwarding: without mirrors and balances
  portset own[PORTS_MAX]; // the part of that where the port's entry of `forward` sends to, without
                          // what rules redirect
  portset reads[PORTS_MAX]; // ports that mirrors and balances give it to
  bool wait[PORTS_MAX];     // overload: wait
  bool exact;               // whoever waits does so for readers and redirects, too: nothing is lost
  unsigned slots[PORTS_MAX]; // of a burst, that a packet received on the port can need (slots.h)
  portset inserts;           // their NICs put VLAN tags on: known when they are configured
  // Broadcasts a second that a port of a bridge floods where nothing is said; 0: any.
  unsigned storm;
};

void forwarding_make(struct forwarding *forwarding, const struct config *config, bool exact);

// A stage that no configuration names.
struct trailing_stage {
  const struct stage_type *type;
  const void *data; // for struct stage; must outlive the forwarding
};

// Has the stages run on every port behind those of `forward`, in this order: so a verdict of theirs
// is the last word. They send nowhere by themselves: their reach is empty. Returns 0, or -E2BIG
// where a port would have more than STAGES_MAX, and then nothing has changed.
int forwarding_append(struct forwarding *forwarding, const struct trailing_stage *trailing,
                      unsigned n);

struct datapath {
  unsigned n_workers;
  struct worker **worker; // each in memory of its node
  unsigned n_handoffs;
  unsigned handoff_size;     // references in each
  struct handoff *handoff;   // in the order of the layout's
  struct pressure *pressure; // by port
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

// Makes workers, and handoffs of a size (plan_handoff_size). `devices`: by port.
// `forwarding` must outlive the datapath. All ports count as up until datapath_links. Returns 0, or
// -errno and a sentence in `error`, with nothing left behind.
int datapath_make(struct datapath *datapath, const struct layout *layout, unsigned handoff_size,
                  const struct datapath_device *devices, const struct forwarding *forwarding,
                  struct memory *memory, char *error, size_t size);

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
