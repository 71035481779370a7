// SPDX-License-Identifier: BSD-3-Clause
#include "figures/figure.h"

#define THING struct status_rule

static json_t *direction(const struct status *s, const void *thing)
{
  return json_string(((const struct status_rule *)thing)->egress ? "leaving" : "received");
}

static json_t *filter(const struct status *s, const void *thing)
{
  static const char *const names[] = {
      [STATUS_FILTER_NONE] = "none",
      [STATUS_FILTER_NATIVE] = "native code",
      [STATUS_FILTER_INTERPRETED] = "interpreter",
  };
  return json_string(names[((const struct status_rule *)thing)->filter]);
}

static json_t *cycles_per_packet(const struct status *s, const void *thing)
{
  const struct status_rule *r = thing;
  return r->cycles_per_packet > 0 ? json_real(r->cycles_per_packet) : json_null();
}

static const struct figure rule[] = {
    {"name", "", FIGURE_STATE, 0, "as in the configuration", FIGURE_OF(name)},
    {"match", "", FIGURE_STATE, 0, "as in the configuration, its beginning", FIGURE_OF(match)},
    {"direction", "", FIGURE_STATE, 0, "received or leaving", FIGURE_BY(direction)},
    {"filter", "", FIGURE_STATE, 0, "what runs its match: native code, interpreter or none",
     FIGURE_BY(filter)},
    {"packets", "packets", FIGURE_COUNTER, FIGURE_SUMMARY, "that matched", FIGURE_OF(packets)},
    {"bytes", "bytes", FIGURE_COUNTER, FIGURE_SUMMARY, "that matched", FIGURE_OF(bytes)},
    {"lost", "packets", FIGURE_COUNTER, FIGURE_NONZERO,
     "references that could not be made for want of an mbuf or slot", FIGURE_OF(lost)},
    {"cycles_per_packet", "cycles", FIGURE_GAUGE, FIGURE_NONZERO,
     "of each packet looked at; sampled, null: not yet", FIGURE_BY(cycles_per_packet)},
};

const struct figure_table figures_rule = {
    .thing = "rule",
    .command = "/platter/rules",
    .path = "rules.NUMBER",
    .about = "Each rule, in the order of the configuration.",
    .figure = rule,
    .n_figures = sizeof(rule) / sizeof(*rule),
    FIGURES_IN(rule, n_rules),
};
