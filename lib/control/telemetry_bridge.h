// SPDX-License-Identifier: BSD-3-Clause
// /platter/bridge and /platter/fdb: see telemetry.h for the threads.
#ifndef CONTROL_TELEMETRY_BRIDGE_H
#define CONTROL_TELEMETRY_BRIDGE_H

#include <rte_telemetry.h>

#include "control/bridge.h"

// The bridges whose tables are shown from now on; NULL: none.
void telemetry_bridges(struct bridges *bridges);

void telemetry_bridge(const struct status *status, const char *parameters,
                      struct rte_tel_data *data);
void telemetry_fdb(const struct status *status, const char *parameters, struct rte_tel_data *data);

#endif
