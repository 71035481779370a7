// SPDX-License-Identifier: BSD-3-Clause
// Which rules are about a port's packets, and how far these make them come.
#include "features/rules/control_internal.h"

static portset targets(const struct config_rule *rule)
{
  return rule->mirror | rule->balance | rule->redirect;
}

static bool is_received(const struct config_rule *rule, unsigned port)
{
  return !rule->egress && (rule->ports >> port & 1) != 0;
}

// The ports by which packets received at one may leave when they come to the rules about leaving:
// all rules about receiving have run then, wherever they stand in the list. Not forwarding->sends,
// which in the end has the redirects of rules about leaving, too.
portset rules_leave(const struct config *config, const struct forwarding *forwarding, unsigned port)
{
  const struct port_program *stages = &forwarding->program.port[port];
  portset leaves = 0;
  for (unsigned i = 0; i < stages->count; i++)
    if (stages->stage[i].type != &rules_in_stage && stages->stage[i].type != &rules_out_stage)
      leaves |= stages->stage[i].reach;
  for (unsigned r = 0; r < config->n_rules; r++)
    if (is_received(&config->rules[r], port))
      leaves |= config->rules[r].redirect;
  return leaves;
}

bool rules_select(const struct config *config, const struct forwarding *forwarding, unsigned port,
                  bool egress, bool *used, portset *reach)
{
  portset leaves = rules_leave(config, forwarding, port);
  bool any = false;
  *reach = 0;
  for (unsigned r = 0; r < config->n_rules; r++) {
    const struct config_rule *rule = &config->rules[r];
    used[r] = egress ? rule->egress && (rule->ports & leaves) != 0 : is_received(rule, port);
    if (!used[r])
      continue;
    any = true;
    *reach |= targets(rule);
    leaves |= rule->redirect;
  }
  return any;
}

static void add_stages(struct forwarding *forwarding, const struct config *config, bool egress)
{
  bool used[CONFIG_RULES_MAX];
  for (unsigned port = 0; port < config->n_ports; port++) {
    struct port_program *stages = &forwarding->program.port[port];
    portset reach;
    if (!rules_select(config, forwarding, port, egress, used, &reach))
      continue;
    forwarding->reach[port] |= reach;
    for (unsigned r = 0; r < config->n_rules; r++)
      if (used[r]) {
        forwarding->sends[port] |= config->rules[r].redirect;
        forwarding->reads[port] |= config->rules[r].mirror | config->rules[r].balance;
      }
    stages->stage[stages->count++] =
        (struct stage){.type = egress ? &rules_out_stage : &rules_in_stage, .reach = reach};
  }
}

void rules_before(struct forwarding *forwarding, const struct config *config)
{
  add_stages(forwarding, config, false);
}

void rules_behind(struct forwarding *forwarding, const struct config *config)
{
  add_stages(forwarding, config, true);
}
