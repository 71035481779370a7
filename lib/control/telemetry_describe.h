// SPDX-License-Identifier: BSD-3-Clause
// All about one thing, as entries of a telemetry dictionary.
#ifndef CONTROL_TELEMETRY_DESCRIBE_H
#define CONTROL_TELEMETRY_DESCRIBE_H

#include <rte_telemetry.h>

#include "control/status.h"

void describe_port(const struct status_port *port, struct rte_tel_data *data);
void describe_replay(const struct replay_status *replay, struct rte_tel_data *data);
void describe_worker(const struct status_worker *worker, struct rte_tel_data *data);

#endif
