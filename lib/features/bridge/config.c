// SPDX-License-Identifier: BSD-3-Clause
// What the kind `bridge` of `forward` is given: a list of ports, or a map of settings. As soon as
// one port has VLANs, every port must have some: a port that is in none would take part in nothing.
#include "features/bridge/config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "features/feature.h"

enum {
  DEFAULT_AGEING = 300, // seconds, IEEE 802.1Q table 8-6
  DEFAULT_CAPACITY = 65536,
};

static const struct option storm_options[] = {
    {"broadcast", option_number, offsetof(struct config_bridge_port, storm[CONFIG_STORM_BROADCAST]),
     .min = 1, .max = CONFIG_STORM_MAX, .zero = "off"},
    {"multicast", option_number, offsetof(struct config_bridge_port, storm[CONFIG_STORM_MULTICAST]),
     .min = 1, .max = CONFIG_STORM_MAX, .zero = "off"},
    {"unknown", option_number, offsetof(struct config_bridge_port, storm[CONFIG_STORM_UNKNOWN]),
     .min = 1, .max = CONFIG_STORM_MAX, .zero = "off"},
    {NULL},
};

static bool trunk_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field)
{
  static const struct option number = {.min = 1, .max = CONFIG_VLAN_MAX};
  struct config_bridge_port *port = field;
  port->has_trunk = true;
  struct option_elements list;
  if (!option_elements(reader, node, "VLANs", &list))
    return false;
  option_count(reader, node, "VLANs", 1, CONFIG_VLAN_MAX);
  for (size_t i = 0; i < list.count; i++) {
    unsigned vlan;
    if (!option_number(reader, &number, list.child[i], &vlan))
      continue;
    uint64_t bit = (uint64_t)1 << vlan % 64;
    if (port->trunk[vlan / 64] & bit)
      document_error(reader->errors, list.child[i],
                     "expected each VLAN once, found %u a second time", vlan);
    port->trunk[vlan / 64] |= bit;
  }
  return true;
}

static const struct option port_options[] = {
    {"access", option_number, offsetof(struct config_bridge_port, access), .min = 1,
     .max = CONFIG_VLAN_MAX},
    {"trunk", trunk_read},
    {"native", option_number, offsetof(struct config_bridge_port, native), .min = 1,
     .max = CONFIG_VLAN_MAX},
    {"learn", option_number, offsetof(struct config_bridge_port, learn),
     .max = CONFIG_CAPACITY_MAX},
    {"storm", option_section, .options = storm_options},
    {NULL},
};

static void check_vlans(struct reader *reader, const struct document_node *node,
                        const struct config_bridge_port *port)
{
  const struct document_node *access = document_find(node, "access");
  const struct document_node *trunk = document_find(node, "trunk");
  const struct document_node *native = document_find(node, "native");
  if (access != NULL && trunk != NULL)
    document_key_error(reader->errors, trunk,
                       "expected either 'access' or 'trunk', found 'access' on line %d too",
                       access->key_place.line);
  if (native != NULL && trunk == NULL)
    document_key_error(reader->errors, native, "expected 'trunk' beside it, found none");
  else if (native != NULL && trunk->type == DOCUMENT_LIST && native->type == DOCUMENT_SCALAR &&
           !(port->trunk[port->native / 64] >> port->native % 64 & 1))
    document_error(reader->errors, native, "expected one of the VLANs of 'trunk', found '%u'",
                   port->native);
}

static void port_defaults(struct config_bridge_port *port)
{
  *port = (struct config_bridge_port){
      .learn = CONFIG_CAPACITY_MAX,
      .storm[CONFIG_STORM_BROADCAST] = CONFIG_STORM_AUTO,
  };
}

// Reads "NAME: {…}".
static bool port_read(struct reader *reader, const struct document_node *node,
                      struct config_forward *forward)
{
  struct document_node name = {.type = DOCUMENT_SCALAR,
                               .place = node->key_place,
                               .parent = node->parent,
                               .index = node->index,
                               .key = node->key,
                               .key_length = node->key_length,
                               .text = node->key,
                               .length = node->key_length};
  struct config_bridge_port unused = {0}, *port = &unused;
  unsigned before = forward->n_ports;
  bool known = config_forward_port(reader, forward, &name);
  if (forward->n_ports > before)
    port = &forward->bridge->port[before];
  size_t errors = reader->errors->count;
  if (option_map(reader, port_options, node, port) && reader->errors->count == errors)
    check_vlans(reader, node, port);
  return known;
}

// A bridge knows VLANs where one of its ports does.
static void check_all_or_none(struct reader *reader, const struct document_node *node,
                              struct config_bridge *bridge)
{
  const struct document_node *without = NULL;
  for (size_t i = 0; i < node->count; i++) {
    const struct document_node *port = node->child[i];
    if (port->type != DOCUMENT_MAP)
      continue;
    if (document_find(port, "access") != NULL || document_find(port, "trunk") != NULL)
      bridge->vlans = true;
    else if (without == NULL)
      without = port;
  }
  if (bridge->vlans && without != NULL)
    document_key_error(reader->errors, without,
                       "expected the key 'access' or 'trunk', for another port of this bridge has "
                       "one, found neither");
}

static bool ports_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field)
{
  struct config_forward *forward = reader->entry;
  bool known = true;
  if (node->type != DOCUMENT_MAP) {
    reader->entry_known = config_forward_ports(reader, forward, node);
    return reader->entry_known;
  }
  option_count(reader, node, "ports", forward->kind->min_ports, forward->kind->max_ports);
  for (size_t i = 0; i < node->count; i++)
    known = port_read(reader, node->child[i], forward) && known;
  check_all_or_none(reader, node, forward->bridge);
  reader->entry_known = known;
  return known;
}

static bool name_read(struct reader *reader, const struct option *option,
                      const struct document_node *node, void *field)
{
  struct config_bridge *bridge = field;
  bridge->name_place = node->place;
  return option_name(reader, option, node, bridge->name);
}

// `static` names ports, and VLANs where ports have some.
static const struct option options[] = {
    {"ports", ports_read, .required = true},
    {"name", name_read, .extra = ""},
    {"ageing", option_number, offsetof(struct config_bridge, ageing), .min = 1,
     .max = CONFIG_AGEING_MAX, .zero = "never"},
    {"capacity", option_number, offsetof(struct config_bridge, capacity), .min = 1,
     .max = CONFIG_CAPACITY_MAX},
    {"static", bridge_statics_read},
    {NULL},
};

static bool bridge_read(struct reader *reader, const struct document_node *node,
                        struct config_forward *forward)
{
  struct config_bridge *bridge = calloc(1, sizeof(*bridge));
  if (bridge == NULL) {
    document_error(reader->errors, node, "out of memory");
    return false;
  }
  bridge->ageing = DEFAULT_AGEING;
  bridge->capacity = DEFAULT_CAPACITY;
  for (unsigned i = 0; i < CONFIG_PORTS_MAX; i++)
    port_defaults(&bridge->port[i]);
  forward->bridge = bridge;
  reader->entry = forward;
  reader->entry_known = false;
  if (node->type == DOCUMENT_LIST)
    ports_read(reader, NULL, node, bridge);
  else
    option_map(reader, options, node, bridge);
  return reader->entry_known;
}

// Gives every bridge a name and refuses one that two have.
static void name_all(struct reader *reader)
{
  struct config *config = reader->config;
  unsigned number = 0;
  for (unsigned i = 0; i < config->n_forward; i++) {
    struct config_bridge *bridge = config->forward[i].bridge;
    if (bridge == NULL)
      continue;
    if (bridge->name_place.line == 0)
      snprintf(bridge->name, sizeof(bridge->name), "bridge%u", number);
    number++;
    for (unsigned j = 0; j < i; j++) {
      const struct config_bridge *other = config->forward[j].bridge;
      if (other == NULL || bridge->name[0] == '\0' || strcmp(other->name, bridge->name) != 0)
        continue;
      bool here = bridge->name_place.line != 0; // one of the two is not a default
      config_error_add(reader->errors, here ? bridge->name_place : other->name_place,
                       "forward: expected a name of its own for each bridge, found '%s' twice",
                       bridge->name);
    }
  }
}

static void release(struct config_forward *forward)
{
  if (forward->bridge == NULL)
    return;
  free(forward->bridge->statics);
  free(forward->bridge);
}

const struct feature bridge_feature = {
    .name = "bridge",
    .settings = {.read = bridge_read, .read_all = name_all, .release = release},
};
