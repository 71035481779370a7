// SPDX-License-Identifier: BSD-3-Clause
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ether.h>

#include "control/telemetry_commands.h"
#include "control/telemetry_data.h"

// An entry takes up to 120 bytes. A page is one that clients which think of DPDK's 16 KiB can read.
enum { ROWS_SHOWN = 100 };

static json_t *describe(const struct status *s, const struct status_bridge *b)
{
  json_t *d = json_object();
  data_text(d, "vlans", "%s", b->vlans ? "yes" : "no");
  data_number(d, "ageing_seconds", b->ageing);
  data_number(d, "capacity", b->capacity);
  data_number(d, "entries", b->entries);
  data_number(d, "static", b->statics);
  data_number(d, "learned", b->learned);
  data_number(d, "moved", b->moved);
  data_number(d, "aged", b->aged);
  data_number(d, "flushed", b->flushed);
  data_number(d, "rejected_full", b->rejected_full);
  data_number(d, "rejected_limit", b->rejected_limit);
  data_number(d, "lost", b->lost);
  data_number(d, "flooded_broadcast", b->flooded_broadcast);
  data_number(d, "flooded_multicast", b->flooded_multicast);
  data_number(d, "flooded_unknown", b->flooded_unknown);
  json_t *ports = data_dict(d, "ports");
  for (unsigned i = 0; i < b->n_ports; i++)
    data_number(ports, s->port[b->port[i]].name, b->port_entries[i]);
  return d;
}

static const struct status_bridge *find(const struct status *s, const char *name)
{
  for (unsigned i = 0; i < s->n_bridges; i++)
    if (strcmp(s->bridge[i].name, name) == 0)
      return &s->bridge[i];
  return NULL;
}

json_t *telemetry_bridge(const struct appliance *a, const char *parameter)
{
  const struct status_bridge *bridge = find(&a->status, parameter);
  return bridge != NULL ? describe(&a->status, bridge) : data_error("no bridge of this name");
}

static void describe_row(const struct bridge_row *row, unsigned number, json_t *d)
{
  char key[16];
  const uint8_t *a = row->address;
  snprintf(key, sizeof(key), "%u", number);
  json_t *inner = data_dict(d, key);
  data_text(inner, "address", RTE_ETHER_ADDR_PRT_FMT, a[0], a[1], a[2], a[3], a[4], a[5]);
  data_number(inner, "vlan", row->vlan);
  data_text(inner, "port", "%s", row->port);
  data_number(inner, "age", row->age);
  data_text(inner, "static", "%s", row->fixed ? "yes" : "no");
}

// Reads "", "NAME", "PLACE" or "NAME,PLACE". A bridge may have a number for its name.
static bool read_parameters(const struct status *s, const char *parameters, char *name, size_t size,
                            unsigned *first)
{
  const char *comma = strchr(parameters, ',');
  const char *place = comma != NULL ? comma + 1 : parameters;
  bool number = strspn(parameters, "0123456789") == strlen(parameters);
  bool only_name = comma == NULL && (!number || find(s, parameters) != NULL);
  size_t length = comma != NULL ? (size_t)(comma - parameters) : only_name ? strlen(parameters) : 0;
  *first = 0;
  snprintf(name, size, "%.*s", (int)length, parameters);
  if (only_name || *place == '\0')
    return length < size;
  char *end;
  unsigned long value = strtoul(place, &end, 10);
  *first = value;
  return length < size && *place >= '0' && *place <= '9' && *end == '\0' &&
         value <= CONFIG_CAPACITY_MAX;
}

static json_t *describe_page(struct bridges *bridges, const char *name, unsigned first)
{
  struct bridge_row rows[ROWS_SHOWN];
  unsigned next = 0;
  int n = bridges_page(bridges, *name != '\0' ? name : NULL, first, rows, ROWS_SHOWN, &next);
  if (n < 0)
    return data_error("no bridge of this name");
  json_t *d = json_object();
  data_number(d, "first", first);
  data_number(d, "shown", n);
  data_number(d, "next", next);
  for (int i = 0; i < n; i++)
    describe_row(&rows[i], i, d);
  return d;
}

json_t *telemetry_fdb(const struct appliance *a, const char *parameter)
{
  char name[CONFIG_NAME_MAX + 1];
  unsigned first;
  if (!read_parameters(&a->status, parameter, name, sizeof(name), &first))
    return data_error("the parameters are NAME, PLACE or NAME,PLACE");
  if (a->bridges == NULL)
    return data_error("there is no bridge");
  return describe_page(a->bridges, name, first);
}
