// SPDX-License-Identifier: BSD-3-Clause
#include "show_forwarding.h"

#include <stdlib.h>
#include <string.h>

#include "cli/wrap.h"
#include "show.h"

enum { COLUMNS = 80 };

static void show_entry(const struct config *config, unsigned number, FILE *out)
{
  const struct config_forward *entry = &config->forward[number];
  const struct config_settings *settings = entry->kind->settings;
  const char *between = settings != NULL && settings->between != NULL ? settings->between : ", ";
  fputs(entry->kind->name, out);
  if (entry->bridge != NULL)
    fprintf(out, " %s", entry->bridge->name);
  for (unsigned i = 0; i < entry->n_ports; i++)
    fprintf(out, "%s%s", i > 0 ? between : ": ", config->ports[entry->ports[i]].name);
}

bool show_is_every_port(const struct config *config, uint32_t set)
{
  return config->n_ports > 1 && set == UINT32_MAX >> (CONFIG_PORTS_MAX - config->n_ports);
}

// ", WORD a, b", or nothing where no port is in the set.
static void show_set(const struct config *config, const char *word, uint32_t set, FILE *out)
{
  const char *before = word;
  if (show_is_every_port(config, set)) {
    fprintf(out, "%severy port", word);
    return;
  }
  for (unsigned i = 0; i < config->n_ports; i++)
    if (set >> i & 1) {
      fprintf(out, "%s%s", before, config->ports[i].name);
      before = ", ";
    }
}

void show_match(const struct config_rule *rule, FILE *out)
{
  static const char *const fields[] = {[CONFIG_FIELD_SRC] = "source",
                                       [CONFIG_FIELD_DST] = "destination",
                                       [CONFIG_FIELD_EITHER] = "source or destination"};
  const char *between = "";
  if (*rule->match != '\0') {
    fprintf(out, "'%s'%s", rule->match, rule->any_vlan ? " with or without VLAN tags" : "");
    between = ", ";
  }
  if (rule->any.count > 0) {
    fprintf(out, "%s%s in %zu network%s", between, fields[rule->any.field], rule->any.count,
            rule->any.count == 1 ? "" : "s");
    between = ", ";
  }
  if (rule->sample > 0)
    fprintf(out, "%sone in %u", between, rule->sample);
  else if (*between == '\0')
    fputs("every packet", out);
}

static void show_vlan(const struct config_rule *rule, const char *before, FILE *out)
{
  static const char *const words[] = {[CONFIG_VLAN_PUSH] = "push VLAN",
                                      [CONFIG_VLAN_POP] = "pop VLAN",
                                      [CONFIG_VLAN_SET] = "set VLAN"};
  if (rule->vlan == CONFIG_VLAN_NONE)
    return;
  fprintf(out, "%s%s", before, words[rule->vlan]);
  if (rule->vlan != CONFIG_VLAN_POP)
    fprintf(out, " %u", rule->vlan_id);
}

void show_other_actions(const struct config_rule *rule, const char *before, FILE *out)
{
  char rate[SHOW_SIZE];
  if (rule->police.rate > 0)
    fprintf(out, "%spolice to %sbit/s", before, show_number(rule->police.rate, rate));
  show_vlan(rule, before, out);
  if (rule->truncate > 0)
    fprintf(out, "%sreaders get %u bytes", before, rule->truncate);
  if (rule->count)
    fprintf(out, "%scount", before);
  if (rule->stop)
    fprintf(out, "%sstop", before);
}

static void show_rule(const struct config *config, unsigned number, FILE *out)
{
  const struct config_rule *rule = &config->rules[number];
  fprintf(out, "%s: ", rule->name);
  show_set(config, rule->egress ? "leaving by " : "received by ", rule->ports, out);
  fputs(", ", out);
  show_match(rule, out);
  if (rule->drop)
    fprintf(out, "; drop");
  show_set(config, "; mirror to ", rule->mirror, out);
  show_set(config, "; balance over ", rule->balance, out);
  show_set(config, "; redirect to ", rule->redirect, out);
  show_other_actions(rule, "; ", out);
}

char *show_written(void (*write)(const struct config *config, unsigned number, FILE *out),
                   const struct config *config, unsigned number)
{
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL)
    return NULL;
  write(config, number, out);
  bool whole = !ferror(out);
  if (fclose(out) == 0 && whole)
    return text;
  free(text);
  return NULL;
}

// Each in lines of up to 80 columns, behind its name. False: memory is out.
static bool show_each(const struct config *config, unsigned n,
                      void (*one)(const struct config *config, unsigned number, FILE *out),
                      FILE *out)
{
  for (unsigned i = 0; i < n; i++) {
    char name[80], *text = show_written(one, config, i);
    if (text == NULL)
      return false;
    size_t length = strcspn(text, ":") + 2;
    snprintf(name, sizeof(name), "  %.*s", (int)length, text);
    wrap_paragraph(name, text + length, COLUMNS, out);
    free(text);
  }
  return true;
}

bool show_forwarding(const struct config *config, FILE *out)
{
  fputs("forwarding:\n", out);
  bool shown = show_each(config, config->n_forward, show_entry, out);
  if (config->n_rules > 0)
    fputs("rules:\n", out);
  shown = show_each(config, config->n_rules, show_rule, out) && shown;
  fputc('\n', out);
  return shown;
}
