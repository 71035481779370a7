// SPDX-License-Identifier: BSD-3-Clause
#include "config/sections.h"

#include <stddef.h>
#include <string.h>

#include "config/replay.h"

// Every replay port is a device of its own.
static bool same_device(const char *a, const char *b)
{
  if (replay_is(a))
    return false;
  size_t length = strcspn(a, ",");
  return length == strcspn(b, ",") && memcmp(a, b, length) == 0;
}

static bool replay_read(struct reader *reader, const struct document_node *node)
{
  struct config_replay replay;
  char error[512];
  if (config_replay_read(node->text, &replay, error, sizeof(error)))
    return true;
  document_error(reader->errors, node, "%s", error);
  return false;
}

// Devices whose arguments would have the configuration's writer run programs as platter's user, and
// replay ports whose options are wrong, are no devices.
static bool device_allowed(struct reader *reader, const struct document_node *node,
                           const char *device)
{
  const char *why = config_device_refusal(device);
  if (why == NULL)
    return !replay_is(device) || replay_read(reader, node);
  document_error(reader->errors, node, "%s is refused: it %s",
                 text_show(device, strcspn(device, ",")).text, why);
  return false;
}

// Such as "eth0": what the kernel, and so everybody, calls a NIC.
static bool is_interface(const char *text, size_t length)
{
  return length < 16 && text_is_name(text, length, "-") && strpbrk(text, "0123456789") != NULL;
}

static bool device_read(struct reader *reader, const struct option *option,
                        const struct document_node *node, void *field)
{
  static const char what[] =
      "a PCI address (0000:03:00.0), a virtual device (net_...) or replay,file=...";
  struct config_port *port = field;
  if (!option_is_scalar(reader, node, what))
    return false;
  bool invalid;
  port->device = config_device_normal(node->text, node->length, &invalid);
  port->device_place = node->place;
  if (port->device == NULL) {
    if (invalid && is_interface(node->text, node->length))
      document_error(reader->errors, node,
                     "expected %s, found %s; the kernel's interface of that name would be "
                     "'net_af_packet0,iface=%s'",
                     what, document_found(node).text, node->text);
    else if (invalid)
      option_refuse(reader, node, what, NULL);
    else
      document_error(reader->errors, node, "out of memory");
    return false;
  }
  if (!device_allowed(reader, node, port->device))
    return false;
  for (const struct config_port *other = reader->config->ports; other < port; other++) {
    if (other->device != NULL && same_device(port->device, other->device)) {
      document_error(reader->errors, node,
                     "expected a device of its own, found %s, which is that of port '%s' on line "
                     "%d already",
                     document_found(node).text, other->name, other->device_place.line);
      return false;
    }
  }
  return true;
}

static const struct option port_options[] = {
    {"device", device_read, 0, .required = true},
    {"rx_queues", option_number, offsetof(struct config_port, rx_queues), .min = 1,
     .max = CONFIG_RX_QUEUES_MAX},
    {"mtu", option_number, offsetof(struct config_port, mtu), .min = CONFIG_MTU_MIN,
     .max = CONFIG_MTU_MAX},
    {"promiscuous", option_bool, offsetof(struct config_port, promiscuous)},
    {NULL},
};

static void port_read(struct reader *reader, const struct document_node *node)
{
  struct config_port *port = &reader->config->ports[reader->config->n_ports++];
  *port = (struct config_port){.rx_queues = 1, .promiscuous = true, .place = node->key_place};
  if (text_is_name(node->key, node->key_length, "")) {
    memcpy(port->name, node->key, node->key_length + 1);
  } else {
    document_map_error(reader->errors, node,
                       "expected a port's name of 1 to %d letters, digits or '_', found '%s'",
                       CONFIG_NAME_MAX, text_show(node->key, node->key_length).text);
  }
  if (!option_map(reader, port_options, node, port) || port->device == NULL)
    return;
  const struct document_node *queues = document_find(node, "rx_queues");
  const struct document_node *mtu = document_find(node, "mtu");
  if (queues != NULL)
    port->rx_queues_place = queues->place;
  if (mtu != NULL)
    port->mtu_place = mtu->place;
  if (queues != NULL && port->rx_queues > 1 && replay_is(port->device))
    document_error(reader->errors, queues, "expected 1, for a replay port has one, found '%u'",
                   port->rx_queues);
}

bool config_ports_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field)
{
  if (!option_is_map(reader, node, "ports"))
    return false;
  reader->ports = node;
  option_count(reader, node, "ports", 1, CONFIG_PORTS_MAX);
  for (size_t i = 0; i < node->count && i < CONFIG_PORTS_MAX; i++)
    port_read(reader, node->child[i]);
  return true;
}

// Looks in the document, where ports with a wrong name stand too: what is wrong with a name is said
// once, not again at every use.
int config_port_find(struct reader *reader, const struct document_node *node, const char *text,
                     size_t length, bool *meant)
{
  if (reader->ports == NULL)
    return PORT_UNREADABLE;
  struct text_nearest nearest = {.text = text, .length = length};
  unsigned best = 0;
  for (unsigned i = 0; i < reader->config->n_ports; i++) {
    const struct document_node *port = reader->ports->child[i];
    if (port->key_length == length && memcmp(port->key, text, length) == 0)
      return (int)i;
    text_nearest_offer(&nearest, port->key);
    best = nearest.best == port->key ? i : best;
  }
  if (reader->ports->count > 0 && reader->ports->count <= CONFIG_PORTS_MAX)
    document_error(reader->errors, node, "expected the name of a port, found '%s'%s",
                   text_show(text, length).text, text_suggestion(&nearest).text);
  if (nearest.best != NULL && meant != NULL)
    meant[best] = true;
  return PORT_UNREADABLE;
}
