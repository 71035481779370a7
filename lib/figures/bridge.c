// SPDX-License-Identifier: BSD-3-Clause
#include "figures/figure.h"

#define THING struct status_bridge

static json_t *ports(const struct status *s, const void *thing)
{
  const struct status_bridge *b = thing;
  json_t *object = json_object();
  bool all = object != NULL;
  for (unsigned i = 0; i < b->n_ports; i++)
    all &= json_object_set_new(object, s->port[b->port[i]].name,
                               json_integer(b->port_entries[i])) == 0;
  return figures_whole(object, all);
}

static const struct figure bridge[] = {
    {"vlans", "", FIGURE_STATE, 0, "whether it knows VLANs", FIGURE_OF(vlans)},
    {"ageing_seconds", "seconds", FIGURE_GAUGE, 0,
     "after which an address that is not seen is forgotten; 0: never", FIGURE_OF(ageing)},
    {"capacity", "addresses", FIGURE_GAUGE, FIGURE_SUMMARY, "that its table holds",
     FIGURE_OF(capacity)},
    {"entries", "addresses", FIGURE_GAUGE, FIGURE_SUMMARY, "that it knows, static ones too",
     FIGURE_OF(entries)},
    {"static", "addresses", FIGURE_GAUGE, FIGURE_SUMMARY, "given by the configuration",
     FIGURE_OF(statics)},
    {"learned", "addresses", FIGURE_COUNTER, FIGURE_SUMMARY, "from what came in",
     FIGURE_OF(learned)},
    {"moved", "addresses", FIGURE_COUNTER, FIGURE_SUMMARY, "seen at another port than before",
     FIGURE_OF(moved)},
    {"aged", "addresses", FIGURE_COUNTER, FIGURE_SUMMARY, "forgotten, not seen for long",
     FIGURE_OF(aged)},
    {"flushed", "addresses", FIGURE_COUNTER, FIGURE_SUMMARY, "forgotten, their port had no link",
     FIGURE_OF(flushed)},
    {"rejected_full", "addresses", FIGURE_COUNTER, FIGURE_NONZERO,
     "not learned: the table was full", FIGURE_OF(rejected_full)},
    {"rejected_limit", "addresses", FIGURE_COUNTER, FIGURE_NONZERO,
     "not learned, or not moved: the port was at its limit", FIGURE_OF(rejected_limit)},
    {"lost", "addresses", FIGURE_COUNTER, FIGURE_NONZERO, "that control did not hear of in time",
     FIGURE_OF(lost)},
    {"flooded_broadcast", "packets", FIGURE_COUNTER, FIGURE_SUMMARY, "to every other port",
     FIGURE_OF(flooded_broadcast)},
    {"flooded_multicast", "packets", FIGURE_COUNTER, FIGURE_SUMMARY, "to every other port",
     FIGURE_OF(flooded_multicast)},
    {"flooded_unknown", "packets", FIGURE_COUNTER, FIGURE_SUMMARY,
     "to every other port: the address was not known", FIGURE_OF(flooded_unknown)},
    {"ports", "addresses", FIGURE_GAUGE, 0, "learned there, by port", FIGURE_BY(ports)},
};

const struct figure_table figures_bridge = {
    .thing = "bridge",
    .command = "/platter/bridge,NAME",
    .path = "bridges.NAME",
    .about = "Each bridge.",
    .figure = bridge,
    .n_figures = sizeof(bridge) / sizeof(*bridge),
    FIGURES_IN(bridge, n_bridges),
    FIGURES_NAMED,
};

#undef THING
#define THING struct bridge_row

static json_t *address(const struct status *s, const void *thing)
{
  const uint8_t *a = ((const struct bridge_row *)thing)->address;
  return json_sprintf("%02X:%02X:%02X:%02X:%02X:%02X", a[0], a[1], a[2], a[3], a[4], a[5]);
}

static const struct figure row[] = {
    {"address", "", FIGURE_STATE, 0, "the station's", FIGURE_BY(address)},
    {"vlan", "", FIGURE_STATE, 0, "where it is; 0: the bridge knows none", FIGURE_OF(vlan)},
    {"port", "", FIGURE_STATE, 0, "that leads to it", FIGURE_OF(port)},
    {"age", "seconds", FIGURE_GAUGE, 0, "since it was last seen", FIGURE_OF(age)},
    {"static", "", FIGURE_STATE, 0, "whether the configuration has it", FIGURE_OF(fixed)},
};

// Only asked for by page (lib/control/telemetry_bridge.c): there may be very many.
const struct figure_table figures_address = {
    .thing = "address",
    .command = "/platter/fdb,NAME",
    .about = "Each address of a bridge's table, a hundred at a time.",
    .figure = row,
    .n_figures = sizeof(row) / sizeof(*row),
};
