// SPDX-License-Identifier: BSD-3-Clause
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/telemetry_commands.h"
#include "control/telemetry_data.h"
#include "figures/figure.h"

// An entry takes up to 120 bytes. A page is one that clients which think of DPDK's 16 KiB can read.
enum { ROWS_SHOWN = 100 };

static const struct status_bridge *find(const struct status *s, const char *name)
{
  for (unsigned i = 0; i < s->n_bridges; i++)
    if (strcmp(s->bridge[i].name, name) == 0)
      return &s->bridge[i];
  return NULL;
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

static json_t *describe_page(const struct status *s, struct bridges *bridges, const char *name,
                             unsigned first)
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
  bool whole = true;
  for (int i = 0; i < n; i++) {
    char key[16];
    snprintf(key, sizeof(key), "%d", i);
    whole &= json_object_set_new(d, key, figures_object(&figures_address, s, &rows[i], 0)) == 0;
  }
  return figures_whole(d, whole);
}

json_t *telemetry_fdb(const struct appliance *a, const char *parameter)
{
  char name[CONFIG_NAME_MAX + 1];
  unsigned first;
  if (!read_parameters(&a->status, parameter, name, sizeof(name), &first))
    return data_error("the parameters are NAME, PLACE or NAME,PLACE");
  if (a->bridges == NULL)
    return data_error("there is no bridge");
  return describe_page(&a->status, a->bridges, name, first);
}
