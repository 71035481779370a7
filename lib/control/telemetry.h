// SPDX-License-Identifier: BSD-3-Clause
// /platter/… on DPDK's telemetry socket. Control publishes whole statuses; the callbacks run on
// DPDK's own threads, several at once and beyond the end of EAL, and read the last one published.
#ifndef CONTROL_TELEMETRY_H
#define CONTROL_TELEMETRY_H

#include "control/status.h"

// Registers the commands. `prefix`: of the runtime directory, for /platter/info.
void telemetry_start(const char *prefix);

void telemetry_publish(const struct status *status); // copies it

void telemetry_stop(void); // from now on every request is answered with "stopped"

#endif
