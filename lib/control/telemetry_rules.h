// SPDX-License-Identifier: BSD-3-Clause
#ifndef CONTROL_TELEMETRY_RULES_H
#define CONTROL_TELEMETRY_RULES_H

#include <rte_telemetry.h>

#include "control/status.h"

// Answers /platter/rules. `parameter`: number of the first rule to show, or "".
void telemetry_rules(const struct status *status, const char *parameter, struct rte_tel_data *data);

#endif
