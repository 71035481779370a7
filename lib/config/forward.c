// SPDX-License-Identifier: BSD-3-Clause
// `forward`: a list of entries, each a map with one key, the kind, over a list of ports, or, for a
// kind that has settings, over a map of them. Every port stands in exactly one entry.
#include "config/sections.h"

#include <stdlib.h>

static const struct config_kind *kind_find(struct reader *reader, const struct document_node *node)
{
  struct text_nearest nearest = {.text = node->key, .length = node->key_length};
  char known[256] = "";
  for (size_t i = 0; i < reader->n_kinds; i++) {
    const struct config_kind *kind = &reader->kinds[i];
    if (text_is(node->key, node->key_length, kind->name))
      return kind;
    text_nearest_offer(&nearest, kind->name);
    option_choice_add(known, sizeof(known), kind->name, i + 1 == reader->n_kinds);
  }
  struct text_shown name = text_show(node->key, node->key_length);
  if (nearest.best != NULL)
    document_map_error(reader->errors, node, "unknown kind '%s'%s", name.text,
                       text_suggestion(&nearest).text);
  else
    document_map_error(reader->errors, node, "unknown kind '%s'; expected %s", name.text, known);
  return NULL;
}

bool config_forward_port(struct reader *reader, struct config_forward *forward,
                         const struct document_node *node)
{
  if (!option_is_scalar(reader, node, "the name of a port"))
    return false;
  int port = config_port_find(reader, node, node->text, node->length, reader->port_meant);
  if (port == PORT_UNREADABLE)
    return true; // no port is meant, or port_meant says which
  struct config_place *first = &reader->port_forwarded[port];
  if (first->line != 0) {
    document_error(reader->errors, node,
                   "expected each port in one entry, found '%s' a second time, first on line %d",
                   text_show(node->text, node->length).text, first->line);
    return true;
  }
  *first = node->place;
  forward->ports[forward->n_ports++] = (unsigned)port;
  return true;
}

bool config_forward_ports(struct reader *reader, struct config_forward *forward,
                          const struct document_node *node)
{
  struct option_elements list;
  if (!option_elements(reader, node, "ports", &list))
    return false;
  if (forward->kind != NULL)
    option_count(reader, node, "ports", forward->kind->min_ports, forward->kind->max_ports);
  bool readable = true;
  for (size_t i = 0; i < list.count; i++)
    readable = config_forward_port(reader, forward, list.child[i]) && readable;
  return readable;
}

void config_forward_release(struct config_forward *forward)
{
  const struct config_kind *kind = forward->kind; // NULL: unknown
  if (kind != NULL && kind->settings != NULL && kind->settings->release != NULL)
    kind->settings->release(forward);
}

// Reads what one kind is given. An unknown kind's ports are read all the same: they are in an
// entry.
static bool kind_read(struct reader *reader, const struct document_node *node,
                      struct config_forward *forward)
{
  forward->kind = kind_find(reader, node);
  forward->place = node->key_place;
  if (forward->kind != NULL && forward->kind->settings != NULL)
    return forward->kind->settings->read(reader, node, forward);
  return config_forward_ports(reader, forward, node);
}

static bool entry_add(struct reader *reader, const struct document_node *node)
{
  struct config_forward *forward = &reader->config->forward[reader->config->n_forward++];
  return kind_read(reader, node, forward);
}

// Reads one entry. False: its ports are not known.
static bool entry_read(struct reader *reader, const struct document_node *node)
{
  if (!option_is_map(reader, node, "one kind and its ports"))
    return false;
  if (node->count != 1)
    document_error(reader->errors, node, "expected one kind per entry, found %zu", node->count);
  bool readable = true;
  for (size_t i = 0; i < node->count; i++) {
    struct config_forward unused = {0};
    readable =
        (i == 0 ? entry_add(reader, node->child[i]) : kind_read(reader, node->child[i], &unused)) &&
        readable;
    config_forward_release(&unused);
  }
  return readable;
}

// A port that an entry misspells is not said to be missing too.
static void refuse_missing_ports(struct reader *reader)
{
  for (unsigned i = 0; i < reader->config->n_ports; i++) {
    if (reader->port_forwarded[i].line == 0 && !reader->port_meant[i])
      document_key_error(
          reader->errors, reader->ports->child[i],
          "expected the port in one entry of 'forward', found it in none; 'sink: [%s]' "
          "is for a port that only sends what rules give it",
          reader->config->ports[i].name);
  }
}

bool config_forward_read(struct reader *reader, const struct option *option,
                         const struct document_node *node, void *field)
{
  // A map in place of the list can only mean an entry for each of its kinds.
  bool map = node->type == DOCUMENT_MAP;
  if (!map && !option_is_list(reader, node, "entries such as 'wire: [left, right]'"))
    return false;
  reader->config->forward = calloc(node->count, sizeof(*reader->config->forward));
  if (reader->config->forward == NULL && node->count > 0) {
    document_error(reader->errors, node, "out of memory");
    return false;
  }
  bool readable = true;
  for (size_t i = 0; i < node->count; i++)
    readable =
        (map ? entry_add(reader, node->child[i]) : entry_read(reader, node->child[i])) && readable;
  for (size_t i = 0; i < reader->n_kinds; i++)
    if (reader->kinds[i].settings != NULL && reader->kinds[i].settings->read_all != NULL)
      reader->kinds[i].settings->read_all(reader);
  // Ports that an unreadable entry may have named are not said to be missing.
  if (readable)
    refuse_missing_ports(reader);
  return readable;
}
