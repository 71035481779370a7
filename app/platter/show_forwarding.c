// SPDX-License-Identifier: BSD-3-Clause
#include "show_forwarding.h"

#include <string.h>

static void show_entry(const struct config *config, const struct config_forward *entry, FILE *out)
{
  const char *between = strcmp(entry->kind->name, "wire") == 0 ? " <-> " : ", ";
  fprintf(out, "  %s", entry->kind->name);
  if (entry->bridge != NULL)
    fprintf(out, " %s", entry->bridge->name);
  for (unsigned i = 0; i < entry->n_ports; i++)
    fprintf(out, "%s%s", i > 0 ? between : ": ", config->ports[entry->ports[i]].name);
  fputc('\n', out);
}

// ", WORD a, b", or nothing where no port is in the set.
static void show_set(const struct config *config, const char *word, uint32_t set, FILE *out)
{
  const char *before = word;
  for (unsigned i = 0; i < config->n_ports; i++)
    if (set >> i & 1) {
      fprintf(out, "%s%s", before, config->ports[i].name);
      before = ", ";
    }
}

static void show_vlan(const struct config_rule *rule, FILE *out)
{
  static const char *const words[] = {[CONFIG_VLAN_PUSH] = "push VLAN",
                                      [CONFIG_VLAN_POP] = "pop VLAN",
                                      [CONFIG_VLAN_SET] = "set VLAN"};
  if (rule->vlan == CONFIG_VLAN_NONE)
    return;
  fprintf(out, "; %s", words[rule->vlan]);
  if (rule->vlan != CONFIG_VLAN_POP)
    fprintf(out, " %u", rule->vlan_id);
}

static void show_rule(const struct config *config, const struct config_rule *rule, FILE *out)
{
  fprintf(out, "  %s: ", rule->name);
  show_set(config, rule->egress ? "leaving by " : "received by ", rule->ports, out);
  if (rule->match != NULL && *rule->match != '\0')
    fprintf(out, ", '%s'", rule->match);
  if (rule->sample > 0)
    fprintf(out, ", one in %u", rule->sample);
  if (rule->police.rate > 0)
    fprintf(out, "; police %g bit/s", rule->police.rate);
  if (rule->drop)
    fprintf(out, "; drop");
  show_set(config, "; mirror to ", rule->mirror, out);
  show_set(config, "; balance over ", rule->balance, out);
  show_vlan(rule, out);
  show_set(config, "; redirect to ", rule->redirect, out);
  if (rule->count)
    fprintf(out, "; count");
  fputc('\n', out);
}

void show_forwarding(const struct config *config, FILE *out)
{
  fputs("forwarding:\n", out);
  for (unsigned i = 0; i < config->n_forward; i++)
    show_entry(config, &config->forward[i], out);
  if (config->n_rules > 0)
    fputs("rules:\n", out);
  for (unsigned i = 0; i < config->n_rules; i++)
    show_rule(config, &config->rules[i], out);
  fputc('\n', out);
}
