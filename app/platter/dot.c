// SPDX-License-Identifier: BSD-3-Clause
// platter check --dot. A port is a box with its device, an entry of `forward` an ellipse between
// its ports, a rule a note between the ports that it is about and those that it sends to.
#include "dot.h"

#include <stdlib.h>

#include "control/forwarding.h"
#include "layout/dot.h"
#include "show_forwarding.h"

static void print_ports(const struct config *config, FILE *out)
{
  for (unsigned i = 0; i < config->n_ports; i++) {
    fprintf(out, "    port_%u [shape=box, style=bold, label=\"%s\\n", i, config->ports[i].name);
    dot_escape(config->ports[i].device, out);
    fputs("\"];\n", out);
  }
}

// An arrow back to each port that packets may leave by.
static void print_entry(const struct config *config, const struct forwarding *forwarding,
                        unsigned number, FILE *out)
{
  const struct config_forward *entry = &config->forward[number];
  portset out_by = 0;
  fprintf(out, "    forward_%u [shape=ellipse, label=\"%s", number, entry->kind->name);
  if (entry->bridge != NULL)
    fprintf(out, " %s", entry->bridge->name);
  fputs("\"];\n", out);
  for (unsigned i = 0; i < entry->n_ports; i++)
    out_by |= forwarding->own[entry->ports[i]];
  for (unsigned i = 0; i < entry->n_ports; i++)
    fprintf(out, "    port_%u -> forward_%u%s;\n", entry->ports[i], number,
            out_by >> entry->ports[i] & 1 ? " [dir=both]" : "");
}

static void print_arrows(unsigned rule, const char *action, uint32_t ports, FILE *out)
{
  for (unsigned i = 0; i < CONFIG_PORTS_MAX; i++)
    if (ports >> i & 1)
      fprintf(out, "    rule_%u -> port_%u [style=dashed, label=\"%s\"];\n", rule, i, action);
}

// Name, match and what the rule does besides sending: one line each.
static void write_label(const struct config *config, unsigned number, FILE *out)
{
  fprintf(out, "%s\n", config->rules[number].name);
  show_match(&config->rules[number], out);
  show_other_actions(&config->rules[number], "\n", out);
}

static bool print_rule_node(const struct config *config, unsigned number, FILE *out)
{
  char *label = show_written(write_label, config, number);
  if (label == NULL)
    return false;
  fprintf(out, "    rule_%u [shape=note, label=\"", number);
  dot_escape(label, out);
  fputs("\"];\n", out);
  free(label);
  return true;
}

static bool print_rule(const struct config *config, unsigned number, FILE *out)
{
  const struct config_rule *rule = &config->rules[number];
  const char *way = rule->egress ? "leaving" : "received";
  bool every = show_is_every_port(config, rule->ports);
  if (every)
    fprintf(out,
            "    every_port [shape=box, style=dashed, label=\"every port\"];\n"
            "    every_port -> rule_%u [style=dashed, label=\"%s\"];\n",
            number, way);
  for (unsigned i = 0; i < config->n_ports; i++)
    if (!every && rule->ports >> i & 1)
      fprintf(out, "    port_%u -> rule_%u [style=dashed, label=\"%s\"];\n", i, number, way);
  print_arrows(number, "mirror", rule->mirror, out);
  print_arrows(number, "balance", rule->balance, out);
  print_arrows(number, "redirect", rule->redirect, out);
  if (rule->drop)
    fprintf(out,
            "    drop [shape=octagon];\n"
            "    rule_%u -> drop [style=dashed];\n",
            number);
  return print_rule_node(config, number, out);
}

bool dot_print(const struct config *config, const struct layout *layout, FILE *out)
{
  static struct forwarding forwarding;
  bool whole = true;
  forwarding_make(&forwarding, config, false);
  fputs("digraph platter {\n"
        "  rankdir=LR;\n"
        "  fontname=\"sans-serif\";\n"
        "  node [fontname=\"sans-serif\", fontsize=11];\n"
        "  edge [fontname=\"sans-serif\", fontsize=9];\n"
        "  subgraph cluster_forwarding {\n"
        "    label=\"forwarding\";\n",
        out);
  print_ports(config, out);
  for (unsigned i = 0; i < config->n_forward; i++)
    print_entry(config, &forwarding, i, out);
  for (unsigned i = 0; i < config->n_rules; i++)
    whole &= print_rule(config, i, out);
  fputs("  }\n", out);
  layout_dot(layout, out);
  fputs("}\n", out);
  return whole;
}
