// SPDX-License-Identifier: BSD-3-Clause
// `static` of a bridge: a list of addresses, each with its port and, where the bridge knows VLANs,
// its VLAN.
#include "config/sections.h"

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

static void check_once(struct reader *reader, const struct document_node *node,
                       const struct config_bridge *bridge, const struct config_static *fixed)
{
  for (const struct config_static *other = bridge->statics; other < fixed; other++)
    if (memcmp(other->address, fixed->address, sizeof(fixed->address)) == 0 &&
        other->vlan == fixed->vlan) {
      document_error(reader->errors, node,
                     "expected each address once in a VLAN, found it a second time, first on line "
                     "%d",
                     other->place.line);
      return;
    }
}

bool config_statics_read(struct reader *reader, const struct option *option,
                         const struct document_node *node, void *field)
{
  struct config_bridge *bridge = field;
  if (!option_is_list(reader, node, "addresses"))
    return false;
  // Ports that could not be read have been said to be wrong: nothing can be said about theirs.
  if (!reader->entry_known)
    return true;
  unsigned most = bridge->capacity < CONFIG_STATICS_MAX ? bridge->capacity : CONFIG_STATICS_MAX;
  option_count(reader, node, "addresses", 0, most);
  size_t count = node->count < most ? node->count : most;
  bridge->statics = calloc(count + 1, sizeof(*bridge->statics));
  if (bridge->statics == NULL) {
    document_error(reader->errors, node, "out of memory");
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    struct config_static *fixed = &bridge->statics[bridge->n_statics++];
    size_t errors = reader->errors->count;
    fixed->place = node->child[i]->place;
    if (!option_map(reader, static_options, node->child[i], fixed) ||
        reader->errors->count > errors)
      continue;
    check_vlan(reader, node->child[i], fixed);
    check_once(reader, node->child[i], bridge, fixed);
  }
  return true;
}
