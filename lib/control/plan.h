// SPDX-License-Identifier: BSD-3-Clause
// From the configuration to the questions that layout and memory ask: which cores, which layout,
// how much memory, before any device is there to be asked and after.
#ifndef CONTROL_PLAN_H
#define CONTROL_PLAN_H

#include "config/config.h"
#include "control/assemble.h"
#include "control/memory.h"
#include "control/notes.h"
#include "layout/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

struct plan {
  bool stand_ins;         // other devices stand in for the ports': one receive queue each
  unsigned longest_frame; // bytes, of what the stand-ins bring; 0: by the ports' MTU
  enum layout_kind kind;
  unsigned n_cores; // workers at most; the i-th is lcore i
  struct layout_core cores[LAYOUT_WORKERS_MAX];
  unsigned n_assign;
  struct layout_assign assign[LAYOUT_WORKERS_MAX];
  struct layout_queue rx[CONFIG_PORTS_MAX * CONFIG_RX_QUEUES_MAX]; // of all assignments
};

// Reads cores and assignment out of the configuration.
void plan_make(struct plan *plan, const struct config *config, bool stand_ins);

// The CPU that each worker runs on, in `cpus` (LAYOUT_WORKERS_MAX). A core that this process cannot
// use is an error; with stand-ins another one takes its place, and a note says so.
int plan_cpus(const struct plan *plan, unsigned *cpus, struct notes *warnings, char *error,
              size_t size);

// The lcore that runs the worker of this core.
unsigned plan_lcore(const struct plan *plan, unsigned core);

unsigned plan_rx_queues(const struct plan *plan, const struct config_port *port);

// The layout for these facts about the devices. Returns NULL and a sentence in `error` where there
// is none.
struct layout *plan_layout(const struct plan *plan, unsigned n_ports,
                           const struct layout_port_facts *facts, char *error, size_t size);

// The layout as far as the configuration alone tells, device strings in place of devices: for
// `platter check`, and for plan_memory.
struct layout *plan_layout_guess(const struct plan *plan, const struct config *config,
                                 const struct forwarding *forwarding, char *error, size_t size);

// What memory that layout will need, devices being on the nodes that the kernel says. Returns 0, or
// -errno and a sentence.
int plan_memory(const struct plan *plan, const struct config *config,
                const struct forwarding *forwarding, struct memory_need *need, char *error,
                size_t size);

#ifdef __cplusplus
}
#endif
#endif
