// SPDX-License-Identifier: BSD-3-Clause
// What can be asked: one row a command. All run on the control thread, on an appliance that
// answers. Each returns a new value, or an object with `error` in it; NULL where there is no
// memory.
#ifndef CONTROL_TELEMETRY_COMMANDS_H
#define CONTROL_TELEMETRY_COMMANDS_H

#include <jansson.h>

#include "control/appliance_internal.h"

enum telemetry_parameter { TELEMETRY_NONE, TELEMETRY_OPTIONAL, TELEMETRY_NEEDED };

struct telemetry_command {
  const char *name;
  const char *help;
  enum telemetry_parameter parameter;
  json_t *(*answer)(const struct appliance *appliance, const char *parameter);
};

struct telemetry_commands {
  const struct telemetry_command *command;
  unsigned count;
};

extern const struct telemetry_commands telemetry_platter; // /platter/…
extern const struct telemetry_commands telemetry_dpdk;    // DPDK's own, as far as it is safe

// Of /platter/…, in a file of its own.
json_t *telemetry_fdb(const struct appliance *appliance, const char *parameter);

#endif
