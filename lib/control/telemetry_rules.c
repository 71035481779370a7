// SPDX-License-Identifier: BSD-3-Clause
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "config/text.h"
#include "control/telemetry_commands.h"
#include "control/telemetry_data.h"

// A rule takes up to 400 bytes. A page is one that clients which think of DPDK's 16 KiB can read.
enum { RULES_SHOWN = 32 };

static void describe_rule(const struct status_rule *r, json_t *d)
{
  data_text(d, "name", "%s", r->name);
  data_text(d, "match", "%s", r->match);
  data_text(d, "direction", "%s", r->egress ? "leaving" : "received");
  data_text(d, "filter", "%s", status_filter_name(r->filter));
  data_number(d, "packets", r->packets);
  data_number(d, "bytes", r->bytes);
  data_number(d, "lost", r->lost);
  data_text(d, "cycles_per_packet", "%.1f", r->cycles_per_packet);
}

json_t *telemetry_rules(const struct appliance *a, const char *parameter)
{
  const struct status *s = &a->status;
  unsigned first = 0;
  if (*parameter != '\0' &&
      (s->n_rules == 0 || !text_number(parameter, strlen(parameter), 0, s->n_rules - 1, &first)))
    return data_error("no rule of this number; there are %u, from 0", s->n_rules);
  unsigned end = RTE_MIN(first + RULES_SHOWN, s->n_rules);
  json_t *d = json_object();
  data_number(d, "total", s->n_rules);
  data_number(d, "first", first);
  data_number(d, "shown", end - first);
  for (unsigned i = first; i < end; i++) {
    char key[16];
    snprintf(key, sizeof(key), "%u", i);
    describe_rule(&s->rule[i], data_dict(d, key));
  }
  return d;
}
