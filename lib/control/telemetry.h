// SPDX-License-Identifier: BSD-3-Clause
// Telemetry: what clients of the socket ask, answered on control's thread between two of its other
// errands, so that what an answer is made of cannot change or go meanwhile. DPDK's own telemetry
// is off: its threads would look at devices that control is taking away.
#ifndef CONTROL_TELEMETRY_H
#define CONTROL_TELEMETRY_H

#include <stddef.h>

struct appliance;

// Answers from now on, whenever the appliance's loop runs, in the runtime directory. Returns 0, or
// -errno and a sentence in `error`.
int telemetry_start(struct appliance *appliance, const char *prefix, char *error, size_t size);

#endif
