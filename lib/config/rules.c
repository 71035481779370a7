// SPDX-License-Identifier: BSD-3-Clause
// `rules`: an ordered list of what is to be done with packets that match a filter.
#include "config/sections.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "config/filter.h"
#include "config/rules_lint_vlan.h"

enum { ERROR_SIZE = 512 };

static bool match_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field)
{
  static const char what[] = "a filter in the language of libpcap (\"\": every packet)";
  struct config_rule *rule = field;
  char error[ERROR_SIZE];
  if (!option_is_scalar(reader, node, what))
    return false;
  bool forgotten = node->length == 0 && node->plain;     // too much would be dropped or mirrored
  if (forgotten || strlen(node->text) != node->length) { // libpcap would read up to the NUL
    option_refuse(reader, node, what, NULL);
    return false;
  }
  rule->match_place = node->place;
  rule->match = strdup(node->text);
  if (rule->match == NULL) {
    document_error(reader->errors, node, "out of memory");
    return false;
  }
  if (rule->any_vlan && filter_has_vlan(rule->match)) {
    document_error(reader->errors, node, "expected no 'vlan' in it beside 'any_vlan', found %s",
                   document_found(node).text);
    return false;
  }
  if (node->length == 0)
    return true;
  rule->filter = rule->any_vlan ? filter_compile_any_vlan(rule->match, error, sizeof(error))
                                : filter_compile(rule->match, error, sizeof(error));
  if (rule->filter == NULL)
    document_error(reader->errors, node, "%s; found %s", error, document_found(node).text);
  return rule->filter != NULL;
}

// The field: uint32_t, one bit per port.
static bool port_set_read(struct reader *reader, const struct option *option,
                          const struct document_node *node, void *field)
{
  uint32_t *set = field;
  struct option_elements list;
  if (!option_elements(reader, node, "ports", &list))
    return false;
  option_count(reader, node, "ports", 1, CONFIG_PORTS_MAX);
  for (size_t i = 0; i < list.count; i++) {
    const struct document_node *name = list.child[i];
    if (!option_is_scalar(reader, name, "the name of a port"))
      continue;
    int port = config_port_find(reader, name, name->text, name->length, NULL);
    if (port == PORT_UNREADABLE)
      continue;
    if (*set & UINT32_C(1) << port)
      document_error(reader->errors, name, "expected each port once, found '%s' a second time",
                     text_show(name->text, name->length).text);
    *set |= UINT32_C(1) << port;
  }
  return true;
}

// `what`: what is expected. The field: double.
static bool quantity_option(struct reader *reader, const struct document_node *node,
                            const struct quantity_unit *units, double min, double max,
                            const char *what, double *field)
{
  if (!option_is_scalar(reader, node, what))
    return false;
  double value;
  if (strlen(node->text) == node->length && quantity_read(node->text, units, &value) &&
      value >= min && value <= max) {
    *field = value;
    return true;
  }
  option_refuse(reader, node, what, NULL);
  return false;
}

static bool rate_read(struct reader *reader, const struct option *option,
                      const struct document_node *node, void *field)
{
  return quantity_option(reader, node, quantity_bits, 1e3, 1e12,
                         "1kbit to 1000Gbit: a number with bit, kbit, Mbit or Gbit behind it",
                         field);
}

static bool burst_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field)
{
  return quantity_option(reader, node, quantity_bytes, 2048, 4.0 * 1024 * 1024 * 1024,
                         "2kB to 4GB: a number with kB, MB or GB behind it", field);
}

static const struct option police_options[] = {
    {"rate", rate_read, offsetof(struct config_police, rate), .required = true},
    {"burst", burst_read, offsetof(struct config_police, burst), .required = true},
    {NULL},
};

struct vlan_words {
  unsigned push, set;
  bool pop;
  enum config_tpid tpid;
};

static const char *const tpid_words[] = {"0x8100", "0x88a8", NULL};

static const struct option vlan_options[] = {
    {"push", option_number, offsetof(struct vlan_words, push), .min = 1, .max = CONFIG_VLAN_MAX},
    {"pop", option_bool, offsetof(struct vlan_words, pop)},
    {"set", option_number, offsetof(struct vlan_words, set), .min = 1, .max = CONFIG_VLAN_MAX},
    {"tpid", option_word, offsetof(struct vlan_words, tpid), .words = tpid_words},
    {NULL},
};

static bool vlan_read(struct reader *reader, const struct option *option,
                      const struct document_node *node, void *field)
{
  struct config_rule *rule = field;
  struct vlan_words words = {0};
  if (!option_map(reader, vlan_options, node, &words))
    return false;
  const struct document_node *tpid = document_find(node, "tpid");
  size_t changes = node->count - (tpid != NULL);
  if (changes != 1) {
    document_error(reader->errors, node, "expected one of push, pop or set, found %zu", changes);
    return false;
  }
  if (tpid != NULL && words.push == 0) {
    document_key_error(reader->errors, tpid,
                       "expected 'push' beside it: what tag is popped or set is the frame's");
    return false;
  }
  rule->vlan = words.push != 0  ? CONFIG_VLAN_PUSH
               : words.set != 0 ? CONFIG_VLAN_SET
               : words.pop      ? CONFIG_VLAN_POP
                                : CONFIG_VLAN_NONE;
  rule->vlan_id = words.push | words.set;
  rule->vlan_tpid = words.tpid;
  return true;
}

static const struct option rule_options[] = {
    {"name", option_name, offsetof(struct config_rule, name), .extra = "-"},
    {"from", port_set_read, offsetof(struct config_rule, ports)},
    {"to", port_set_read, offsetof(struct config_rule, ports)},
    {"any_vlan", option_bool, offsetof(struct config_rule, any_vlan)}, // which `match` looks at
    {"match", match_read},
    {"match_any", config_match_any_read, offsetof(struct config_rule, any)},
    {"sample", option_number, offsetof(struct config_rule, sample), .min = 1, .max = 1000000000},
    {"police", option_section, offsetof(struct config_rule, police), .options = police_options},
    {"drop", option_bool, offsetof(struct config_rule, drop)},
    {"mirror", port_set_read, offsetof(struct config_rule, mirror)},
    {"balance", port_set_read, offsetof(struct config_rule, balance)},
    {"truncate", option_number, offsetof(struct config_rule, truncate), .min = 14,
     .max = CONFIG_FRAME_MAX},
    {"vlan", vlan_read, 0},
    {"redirect", port_set_read, offsetof(struct config_rule, redirect)},
    {"count", option_bool, offsetof(struct config_rule, count)},
    {"stop", option_bool, offsetof(struct config_rule, stop)},
    {NULL},
};

static bool has(const struct document_node *node, const char *key)
{
  return document_find(node, key) != NULL;
}

// What the keys of one rule ask of each other.
static void check_keys(struct reader *reader, const struct document_node *node)
{
  static const char *const actions[] = {"drop",   "mirror", "redirect", "balance",
                                        "police", "vlan",   "count",    "stop"};
  const struct document_node *to = document_find(node, "to");
  unsigned n = 0;
  for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
    n += has(node, actions[i]);
  if (n == 0)
    document_error(reader->errors, node,
                   "expected an action (drop, mirror, redirect, balance, police, vlan, count or "
                   "stop), found none");
  if (to != NULL && has(node, "from"))
    document_key_error(reader->errors, to, "expected either 'from' or 'to', found both");
  if (!has(node, "match") && !has(node, "match_any"))
    document_key_error(reader->errors, node,
                       "expected the key 'match' or 'match_any', found neither; 'match: \"\"' is "
                       "every packet");
  const struct document_node *any_vlan = document_find(node, "any_vlan");
  if (any_vlan != NULL && !has(node, "match"))
    document_key_error(reader->errors, any_vlan, "expected 'match' beside it, found none");
  const struct document_node *truncate = document_find(node, "truncate");
  if (truncate != NULL && !has(node, "mirror") && !has(node, "balance"))
    document_key_error(reader->errors, truncate,
                       "expected 'mirror' or 'balance' beside it: it shortens what they get");
}

// What is dropped goes nowhere else, and nobody reads its tag.
static void check_drop(struct reader *reader, const struct document_node *node,
                       const struct config_rule *rule)
{
  static const char *const others[] = {"redirect", "vlan"};
  for (size_t i = 0; rule->drop && i < sizeof(others) / sizeof(*others); i++) {
    const struct document_node *other = document_find(node, others[i]);
    if (other != NULL)
      document_key_error(reader->errors, other, "expected either 'drop' or '%s', found both",
                         others[i]);
  }
}

// Every port, but those to which the rule itself sends.
static uint32_t default_ports(const struct config *config, const struct config_rule *rule)
{
  uint32_t all = config->n_ports == 32 ? UINT32_MAX : (UINT32_C(1) << config->n_ports) - 1;
  return all & ~(rule->mirror | rule->redirect | rule->balance);
}

static void check_name(struct reader *reader, const struct document_node *node,
                       const struct config_rule *rule)
{
  for (const struct config_rule *other = reader->config->rules; other < rule; other++)
    if (strcmp(other->name, rule->name) == 0) {
      const struct document_node *name = document_find(node, "name");
      document_error(reader->errors, name != NULL ? name : node,
                     "expected a name of its own, found '%s', which is that of the rule on line %d",
                     rule->name, other->place.line);
      return;
    }
}

static void rule_read(struct reader *reader, const struct document_node *node)
{
  struct config *config = reader->config;
  unsigned number = config->n_rules++;
  struct config_rule *rule = &config->rules[number];
  rule->place = node->place;
  snprintf(rule->name, sizeof(rule->name), "rule_%u", number);
  if (!option_map(reader, rule_options, node, rule))
    return;
  rule->egress = has(node, "to");
  rule->ports_named = rule->egress || has(node, "from");
  if (!rule->ports_named)
    rule->ports = default_ports(config, rule);
  if (rule->match == NULL && (rule->match = strdup("")) == NULL)
    document_error(reader->errors, node, "out of memory");
  check_keys(reader, node);
  check_drop(reader, node, rule);
  check_name(reader, node, rule);
}

bool config_rules_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field)
{
  if (!option_is_list(reader, node, "rules such as '{ match: \"icmp\", drop: true }'"))
    return false;
  option_count(reader, node, "rules", 0, CONFIG_RULES_MAX);
  size_t count = node->count < CONFIG_RULES_MAX ? node->count : CONFIG_RULES_MAX;
  reader->config->rules = calloc(count, sizeof(*reader->config->rules));
  if (reader->config->rules == NULL && count > 0) {
    document_error(reader->errors, node, "out of memory");
    return false;
  }
  for (size_t i = 0; i < count; i++)
    rule_read(reader, node->child[i]);
  return true;
}

void config_rules_free(struct config *config)
{
  for (unsigned i = 0; i < config->n_rules; i++) {
    free(config->rules[i].match);
    free(config->rules[i].any.prefix);
    filter_free(config->rules[i].filter);
  }
  free(config->rules);
}
