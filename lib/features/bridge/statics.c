// SPDX-License-Identifier: BSD-3-Clause
// `static` of a bridge: a list of addresses, each with its port and, where the bridge knows VLANs,
// its VLAN.
#include "features/bridge/config.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_LENGTH = 17 }; // "02:00:00:00:00:01"

static int digit(char c)
{
  return isdigit((unsigned char)c)    ? c - '0'
         : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10
                                      : -1;
}

static bool address_parse(const char *text, size_t length, uint8_t *address)
{
  if (length != ADDRESS_LENGTH)
    return false;
  for (unsigned i = 0; i < 6; i++, text += 3) {
    int high = digit(text[0]), low = digit(text[1]);
    if (high < 0 || low < 0 || (i < 5 && text[2] != ':'))
      return false;
    address[i] = (uint8_t)(high << 4 | low);
  }
  return true;
}

static bool address_read(struct reader *reader, const struct option *option,
                         const struct document_node *node, void *field)
{
  static const char what[] = "the MAC address of one station (\"02:00:00:00:00:01\")";
  static const uint8_t none[6];
  uint8_t *address = field;
  if (!option_is_scalar(reader, node, what))
    return false;
  if (address_parse(node->text, node->length, address) && (address[0] & 1) == 0 &&
      memcmp(address, none, sizeof(none)) != 0)
    return true;
  option_refuse(reader, node, what, NULL);
  return false;
}

// The field is a struct config_static.
static bool port_read(struct reader *reader, const struct option *option,
                      const struct document_node *node, void *field)
{
  const struct config_forward *entry = reader->entry;
  struct config_static *fixed = field;
  if (!option_is_scalar(reader, node, "the name of a port"))
    return false;
  int port = config_port_find(reader, node, node->text, node->length, NULL);
  if (port == PORT_UNREADABLE)
    return false;
  fixed->port = (unsigned)port;
  for (unsigned i = 0; i < entry->n_ports; i++)
    if (entry->ports[i] == fixed->port)
      return true;
  option_refuse(reader, node, "a port of this bridge", NULL);
  return false;
}

static const struct option static_options[] = {
    {"address", address_read, offsetof(struct config_static, address), .required = true},
    {"vlan", option_number, offsetof(struct config_static, vlan), .min = 1, .max = CONFIG_VLAN_MAX},
    {"port", port_read, .required = true},
    {NULL},
};

static bool port_has_vlan(const struct config_forward *entry, unsigned port, unsigned vlan)
{
  unsigned i = 0;
  while (entry->ports[i] != port)
    i++;
  const struct config_bridge_port *settings = &entry->bridge->port[i];
  return settings->access == vlan || (settings->trunk[vlan / 64] >> vlan % 64 & 1);
}

static void check_vlan(struct reader *reader, const struct document_node *node,
                       const struct config_static *fixed)
{
  const struct document_node *vlan = document_find(node, "vlan");
  if (vlan == NULL && reader->entry->bridge->vlans)
    document_error(reader->errors, node, "expected the key 'vlan', found none");
  else if (vlan != NULL && !reader->entry->bridge->vlans)
    document_key_error(reader->errors, vlan,
                       "expected none, for no port of this bridge has 'access' or 'trunk'");
  else if (vlan != NULL && !port_has_vlan(reader->entry, fixed->port, fixed->vlan))
    document_error(reader->errors, vlan, "expected a VLAN of the port, found '%u'", fixed->vlan);
}

static int compare(const void *a, const void *b)
{
  const struct config_static *x = *(const struct config_static *const *)a;
  const struct config_static *y = *(const struct config_static *const *)b;
  int order = memcmp(x->address, y->address, sizeof(x->address));
  if (order == 0)
    order = (x->vlan > y->vlan) - (x->vlan < y->vlan);
  return order != 0 ? order : (x > y) - (x < y);
}

// Sorted, because a file of 1 MiB has room for more addresses than can be compared in pairs.
static void check_once(struct reader *reader, const struct document_node *node,
                       const struct config_bridge *bridge)
{
  const struct config_static **sorted = calloc(bridge->n_statics + 1, sizeof(void *));
  if (sorted == NULL) {
    document_error(reader->errors, node, "out of memory");
    return;
  }
  for (unsigned i = 0; i < bridge->n_statics; i++)
    sorted[i] = &bridge->statics[i];
  qsort(sorted, bridge->n_statics, sizeof(void *), compare);
  for (unsigned i = 1; i < bridge->n_statics; i++) {
    const struct config_static *first = sorted[i - 1], *again = sorted[i];
    if (memcmp(first->address, again->address, sizeof(first->address)) == 0 &&
        first->vlan == again->vlan)
      document_error(reader->errors, node->child[again - bridge->statics],
                     "expected each address once in a VLAN, found it a second time, first on line "
                     "%d",
                     first->place.line);
  }
  free(sorted);
}

bool bridge_statics_read(struct reader *reader, const struct option *option,
                         const struct document_node *node, void *field)
{
  struct config_bridge *bridge = field;
  if (!option_is_list(reader, node, "addresses"))
    return false;
  // Ports that could not be read have been said to be wrong: nothing can be said about theirs.
  if (!reader->entry_known)
    return true;
  size_t before = reader->errors->count;
  option_count(reader, node, "addresses", 0, bridge->capacity);
  bridge->statics = calloc(node->count + 1, sizeof(*bridge->statics));
  if (bridge->statics == NULL) {
    document_error(reader->errors, node, "out of memory");
    return false;
  }
  for (size_t i = 0; i < node->count; i++) {
    struct config_static *fixed = &bridge->statics[bridge->n_statics++];
    size_t errors = reader->errors->count;
    fixed->place = node->child[i]->place;
    if (!option_map(reader, static_options, node->child[i], fixed) ||
        reader->errors->count > errors)
      continue;
    check_vlan(reader, node->child[i], fixed);
  }
  if (reader->errors->count == before) // else some were not read
    check_once(reader, node, bridge);
  return true;
}
