// SPDX-License-Identifier: BSD-3-Clause
#include "config/rules_lint.h"

#include <string.h>

#include "config/errors.h"
#include "config/filter.h"
#include "config/rules_lint_vlan.h"

// Whether no packet that `rule` matches gets past `earlier`. A rule between them that rewrites may
// make one match that did not, and one about leaving may bring packets to a port of `rule`.
static bool takes_all(const struct config_rule *earlier, const struct config_rule *rule)
{
  if (!(earlier->stop || earlier->drop) || earlier->sample > 1 || earlier->egress != rule->egress ||
      (rule->ports & ~earlier->ports) != 0)
    return false;
  for (const struct config_rule *between = earlier + 1; between < rule; between++)
    if ((between->vlan != CONFIG_VLAN_NONE && earlier->filter != NULL) ||
        (between->egress && rule->egress && (between->redirect & rule->ports) != 0))
      return false;
  if (earlier->any.count > 0)
    return false;
  if (earlier->filter == NULL)
    return true;
  return rule->filter != NULL && filter_same(earlier->filter, rule->filter);
}

static void lint_never(const struct config *config, unsigned number, struct config_errors *findings)
{
  const struct config_rule *rule = &config->rules[number];
  if (rule->ports == 0) {
    config_error_add(findings, rule->place,
                     "rules[%u]: it can never match: it sends to every port, and is about the "
                     "others; say which in 'from'",
                     number);
    return;
  }
  for (unsigned i = 0; i < number; i++) {
    const struct config_rule *earlier = &config->rules[i];
    if (!takes_all(earlier, rule))
      continue;
    config_error_add(findings, rule->place,
                     "rules[%u]: it can never match: rule '%s' on line %d %s all that it would",
                     number, earlier->name, earlier->place.line, earlier->drop ? "drops" : "stops");
    return;
  }
}

static bool one_bit(uint32_t set)
{
  return set != 0 && (set & (set - 1)) == 0;
}

static void lint_balance(const struct config *config, unsigned number,
                         struct config_errors *findings)
{
  const struct config_rule *rule = &config->rules[number];
  if (one_bit(rule->balance))
    config_error_add(findings, rule->place,
                     "rules[%u].balance: one port gets everything; 'mirror' says the same", number);
}

static uint32_t targets(const struct config_rule *rule)
{
  return rule->mirror | rule->balance | rule->redirect;
}

// Ports to which packets of `from` can come by rules that name their ports, in one step or several.
// Rules about all ports do not count: a port for monitoring would always be in a circle with them.
static uint32_t reachable(const struct config *config, uint32_t from)
{
  uint32_t found = 0, before;
  do {
    before = found;
    for (unsigned i = 0; i < config->n_rules; i++)
      if (config->rules[i].ports_named && (config->rules[i].ports & (from | found)) != 0)
        found |= targets(&config->rules[i]);
  } while (found != before);
  return found;
}

// Said once for each circle: at the first rule that is part of it.
static void lint_loops(const struct config *config, struct config_errors *findings)
{
  uint32_t said = 0;
  for (unsigned i = 0; i < config->n_rules; i++) {
    const struct config_rule *rule = &config->rules[i];
    if (!rule->ports_named)
      continue;
    for (unsigned port = 0; port < config->n_ports; port++) {
      uint32_t bit = UINT32_C(1) << port;
      if ((targets(rule) & bit) == 0 || (said & bit) != 0)
        continue;
      uint32_t back = (reachable(config, bit) | bit) & rule->ports;
      if (back == 0)
        continue;
      config_error_add(findings, rule->place,
                       "rules[%u]: a loop: what it sends to '%s' comes back to '%s' by rules", i,
                       config->ports[port].name, config->ports[__builtin_ctz(back)].name);
      said |= bit | reachable(config, bit);
      break;
    }
  }
}

void config_rules_lint(const struct config *config, struct config_errors *findings)
{
  size_t before = findings->count;
  for (unsigned i = 0; i < config->n_rules; i++) {
    lint_never(config, i, findings);
    lint_balance(config, i, findings);
    rules_lint_vlan(config, i, findings);
  }
  lint_loops(config, findings);
  config_errors_sort(findings, before);
}
