// SPDX-License-Identifier: BSD-3-Clause
#include "control/telemetry_bridge.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ether.h>

#include "control/telemetry_data.h"

// An entry takes up to 120 bytes of an answer's 16 KiB.
enum { ROWS_SHOWN = 100 };

// Static for the same reason as the published status.
static struct {
  pthread_mutex_t lock;
  struct bridges *bridges;
} shown = {.lock = PTHREAD_MUTEX_INITIALIZER};

void telemetry_bridges(struct bridges *bridges)
{
  pthread_mutex_lock(&shown.lock);
  shown.bridges = bridges;
  pthread_mutex_unlock(&shown.lock);
}

static void describe(const struct status *s, const struct status_bridge *b, struct rte_tel_data *d)
{
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
  struct rte_tel_data *ports = data_dict(d, "ports");
  for (unsigned i = 0; ports != NULL && i < b->n_ports; i++)
    data_number(ports, s->port[b->port[i]].name, b->port_entries[i]);
}

static const struct status_bridge *find(const struct status *s, const char *name)
{
  for (unsigned i = 0; i < s->n_bridges; i++)
    if (strcmp(s->bridge[i].name, name) == 0)
      return &s->bridge[i];
  return NULL;
}

void telemetry_bridge(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  const struct status_bridge *bridge = find(s, parameters);
  if (bridge != NULL)
    describe(s, bridge, d);
  else
    data_text(d, "error", "no bridge of this name");
}

static void describe_row(const struct bridge_row *row, unsigned number, struct rte_tel_data *d)
{
  char key[16];
  const uint8_t *a = row->address;
  snprintf(key, sizeof(key), "%u", number);
  struct rte_tel_data *inner = data_dict(d, key);
  if (inner == NULL)
    return;
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

static void describe_page(const char *name, unsigned first, struct rte_tel_data *d)
{
  struct bridge_row rows[ROWS_SHOWN];
  unsigned next = 0;
  int n = bridges_page(shown.bridges, *name != '\0' ? name : NULL, first, rows, ROWS_SHOWN, &next);
  if (n < 0) {
    data_text(d, "error", "no bridge of this name");
    return;
  }
  data_number(d, "first", first);
  data_number(d, "shown", n);
  data_number(d, "next", next);
  for (int i = 0; i < n; i++)
    describe_row(&rows[i], i, d);
}

void telemetry_fdb(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  char name[CONFIG_NAME_MAX + 1];
  unsigned first;
  if (!read_parameters(s, parameters, name, sizeof(name), &first)) {
    data_text(d, "error", "the parameters are NAME, PLACE or NAME,PLACE");
    return;
  }
  pthread_mutex_lock(&shown.lock);
  if (shown.bridges == NULL)
    data_text(d, "error", "there is no bridge");
  else
    describe_page(name, first, d);
  pthread_mutex_unlock(&shown.lock);
}
