// SPDX-License-Identifier: BSD-3-Clause
// From the configuration to the questions that layout and memory ask: which cores, which layout,
// how much memory, before any device is there to be asked and after.
#ifndef CONTROL_PLAN_H
#define CONTROL_PLAN_H

#include "base/notes.h"
#include "config/config.h"
#include "control/forwarding.h"
#include "datapath/memory.h"
#include "layout/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

struct plan {
  bool stand_ins;         // other devices stand in for the ports': one receive queue each
  unsigned longest_frame; // bytes, of what the stand-ins bring; 0: by the ports' MTU
  unsigned looped[CONFIG_PORTS_MAX]; // frames, by port; see plan_looped
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

// Whether this process may use the i-th core; if not, `why` says so, in plan_cpus' words.
bool plan_core_usable(const struct plan *plan, unsigned i, char *why, size_t size);

// The lcore that runs the worker of this core.
unsigned plan_lcore(const struct plan *plan, unsigned core);

unsigned plan_rx_queues(const struct plan *plan, const struct config_port *port);

// The layout for these facts about the devices. Returns NULL and a sentence in `error` where there
// is none.
struct layout *plan_layout(const struct plan *plan, unsigned n_ports,
                           const struct layout_port_facts *facts, char *error, size_t size);

// References that each handoff of the layout holds: `workers.handoff`, or for auto 4,096 where
// there are at most 4 handoffs and 1,024 where there are more.
//
// In a large ring the receiving worker runs so far ahead that the lines it wrote have left its L2
// cache when the other core reads them. `pipeline` on two cores about 300 cycles apart, null
// devices, 64 bytes, reaches 0.83 to 0.87 of what one worker does with 1,024 references and 0.88 to
// 0.91 with 4,096; a second series, of ten short runs each in turn, had medians of 0.83 and 0.87.
// `tests/bench/versus-testpmd.sh pipeline pipeline-1024` compares the two. Prefetching in the
// consumer made it worse (0.74 to 0.81), pausing in idle turns changed nothing.
//
// The price is buffering where a port is slow (4,096 frames of 1,518 bytes are 5 ms at 10 Gbit/s)
// and 3,072 mbufs more for each handoff: with many handoffs, memory stays bounded instead.
unsigned plan_handoff_size(const struct config *config, const struct layout *layout,
                           const struct forwarding *forwarding);

// The layout as far as the configuration alone tells, device strings in place of devices: for
// `platter check`, and for plan_memory.
struct layout *plan_layout_guess(const struct plan *plan, const struct config *config,
                                 const struct forwarding *forwarding, char *error, size_t size);

// Reads the captures that this port plays in circles (looped_capture.h); before plan_memory.
// Returns 0, or -errno and a sentence.
int plan_looped(struct plan *plan, const struct config_port *config, unsigned port, char *error,
                size_t size);

// What memory that layout will need, devices being on the nodes that the kernel says. Returns 0, or
// -errno and a sentence.
int plan_memory(const struct plan *plan, const struct config *config,
                const struct forwarding *forwarding, struct memory_need *need, char *error,
                size_t size);

#ifdef __cplusplus
}
#endif
#endif
