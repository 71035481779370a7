// SPDX-License-Identifier: BSD-3-Clause
// Ports that replay a capture (config/replay.h): a device of DPDK that receives nothing, with a
// source of frames behind its receive queue. Every function does nothing for other ports.
#ifndef PORTS_REPLAY_H
#define PORTS_REPLAY_H

#include "base/notes.h"
#include "host/eal.h"
#include "ports/port.h"

// Before EAL: reads the capture through and computes what it needs. `held`: see replay_plan_make.
// Returns 0, or -errno and a sentence in `error`, as port_replay_open. Adds to `warnings` what its
// options leave out of the file, but not where another device than the configuration's stands in,
// for then whoever put it there has read the file already.
int port_replay_plan(struct port *port, unsigned held, struct notes *warnings, char *error,
                     size_t size);

// Adds the memory that it takes, beside what the ports' pools do, to the request.
void port_replay_ask(const struct port *port, struct eal_request *request);

// The string that DPDK gets for the device: the port's own, but for a replay port.
const char *port_replay_device(const struct port *port, char *text, size_t size);

// When the receive queue is set up: reads the frames in and puts the source behind the queue.
int port_replay_open(struct port *port, char *error, size_t size);

// Has the source begin at this TSC, where it waits for others.
void port_replay_begin(struct port *port, uint64_t tsc);

// No worker polls any more. Detach: the device is still there. Release: all devices are closed.
void port_replay_detach(struct port *port);
void port_replay_release(struct port *port);

void port_replay_free(struct port *port);

#endif
