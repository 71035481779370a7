// SPDX-License-Identifier: BSD-3-Clause
#include "json.h"

#include <stdio.h>

#include "base/utf8.h"
#include "figures/figure.h"

static json_t *text(const char *bytes)
{
  return bytes != NULL ? utf8_string(bytes) : json_null();
}

// A replay's ports have files where others have a device: what stands in for it says nothing.
static bool set_ends(json_t *port, const struct json_ends *ends)
{
  if (!ends->files)
    return port != NULL;
  json_object_del(port, "device");
  return json_object_set_new(port, "input", text(ends->input)) == 0 &&
         json_object_set_new(port, "output", text(ends->output)) == 0;
}

json_t *json_summary(const struct status *s, const struct json_ends *ends)
{
  json_t *summary = figures_json(s), *ports = json_object_get(summary, "ports");
  bool whole = summary != NULL;
  for (unsigned i = 0; i < s->n_ports; i++)
    whole &= set_ends(json_object_get(ports, s->port[i].name), &ends[i]);
  return figures_whole(summary, whole);
}

bool json_print(json_t *object)
{
  if (object == NULL) {
    fprintf(stderr, "platter: the JSON cannot be made: out of memory\n");
    return false;
  }
  bool written = json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) == 0;
  putchar('\n');
  json_decref(object);
  if (!written && !ferror(stdout)) // which main reports
    fprintf(stderr, "platter: the JSON cannot be written: out of memory\n");
  return written;
}
