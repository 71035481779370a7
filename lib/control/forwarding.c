// SPDX-License-Identifier: BSD-3-Clause
#include "control/forwarding.h"

#include <errno.h>

#include "control/slots.h"
#include "features/feature.h"
#include "features/rules/control.h"

const struct config_kind *forward_kinds(size_t *n)
{
  static struct config_kind kinds[STAGE_TYPES_MAX];
  const struct stage_type *const *types;
  *n = stage_types(&types);
  for (size_t i = 0; i < *n; i++)
    kinds[i] = (struct config_kind){
        .name = types[i]->name,
        .min_ports = types[i]->min_ports,
        .max_ports = types[i]->max_ports,
        .settings = feature_settings(types[i]->name),
    };
  return kinds;
}

void forwarding_make(struct forwarding *forwarding, const struct config *config, bool exact)
{
  *forwarding = (struct forwarding){.exact = exact};
  rules_before(forwarding, config);
  for (unsigned f = 0; f < config->n_forward; f++) {
    const struct config_forward *entry = &config->forward[f];
    const struct stage_type *type = stage_type_find(entry->kind->name);
    for (unsigned i = 0; i < entry->n_ports; i++) {
      unsigned port = entry->ports[i];
      struct port_program *stages = &forwarding->program.port[port];
      portset reach = type->reach(entry->ports, entry->n_ports, i);
      stages->stage[stages->count++] = (struct stage){.type = type, .reach = reach};
      forwarding->reach[port] |= reach;
      forwarding->sends[port] |= reach;
      forwarding->own[port] = reach;
      forwarding->wait[port] = config->overload == CONFIG_OVERLOAD_AUTO
                                   ? type->waits
                                   : config->overload == CONFIG_OVERLOAD_WAIT;
    }
  }
  rules_behind(forwarding, config);
  for (unsigned port = 0; port < config->n_ports; port++)
    forwarding->slots[port] = slots_needed(config, forwarding, port);
}

int forwarding_append(struct forwarding *forwarding, const struct trailing_stage *trailing,
                      unsigned n)
{
  for (unsigned port = 0; port < PORTS_MAX; port++)
    if (forwarding->program.port[port].count + n > STAGES_MAX)
      return -E2BIG;
  for (unsigned port = 0; port < PORTS_MAX; port++) {
    struct port_program *stages = &forwarding->program.port[port];
    for (unsigned i = 0; i < n; i++)
      stages->stage[stages->count++] =
          (struct stage){.type = trailing[i].type, .data = trailing[i].data};
  }
  return 0;
}
