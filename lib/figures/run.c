// SPDX-License-Identifier: BSD-3-Clause
// What is told of the whole: the process, what was dropped and copied, the accounting.
#include "datapath/reason.h"
#include "figures/figure.h"

#define THING struct status

static json_t *layout(const struct status *s, const void *thing)
{
  return json_string(layout_kind_name(s->layout->kind));
}

static const struct figure info[] = {
    {"version", "", FIGURE_STATE, 0, "platter's", FIGURE_OF(version)},
    {"dpdk", "", FIGURE_STATE, 0, "the version of DPDK", FIGURE_OF(dpdk)},
    {"pid", "", FIGURE_STATE, 0, "the process", FIGURE_OF(pid)},
    {"prefix", "", FIGURE_STATE, 0, "telemetry.prefix of the configuration", FIGURE_OF(prefix)},
    {"uptime_seconds", "seconds", FIGURE_GAUGE, FIGURE_LIVE,
     "since the first packet could be received", FIGURE_OF(seconds)},
    {"rates_end_seconds", "seconds", FIGURE_GAUGE, 0,
     "when the span ended that rates and shares are of, since the same moment",
     FIGURE_OF(rates_end)},
    {"rates_span_seconds", "seconds", FIGURE_GAUGE, 0,
     "how long it was: about a second; at the end of a run, all of it", FIGURE_OF(rates_span)},
    {"layout", "", FIGURE_STATE, 0, "pipeline, run-to-completion or explicit", FIGURE_BY(layout)},
    {"hugepages", "", FIGURE_STATE, 0, "whether packets are in hugepages", FIGURE_OF(hugepages)},
    {"ports", "", FIGURE_STATE, 0, "how many there are", FIGURE_OF(n_ports)},
    {"workers", "", FIGURE_STATE, 0, "how many there are", FIGURE_OF(n_workers)},
    {"handoffs", "", FIGURE_STATE, 0, "how many there are", FIGURE_OF(n_handoffs)},
};

const struct figure_table figures_info = {
    .thing = "info",
    .command = "/platter/info",
    .path = "info",
    .about = "The process.",
    .figure = info,
    .n_figures = sizeof(info) / sizeof(*info),
};

static json_t *closed(const struct status *s, const void *thing)
{
  return json_boolean(status_closed(s));
}

static json_t *pools_full(const struct status *s, const void *thing)
{
  return s->pools_checked ? json_boolean(s->pools_full) : json_null();
}

static const struct figure accounting[] = {
    {"received", "packets", FIGURE_COUNTER, FIGURE_SUMMARY, "taken off receive queues",
     FIGURE_OF(received)},
    {"cloned", "packets", FIGURE_COUNTER, FIGURE_SUMMARY,
     "references added for packets that leave by several ports", FIGURE_OF(cloned)},
    {"transmitted", "packets", FIGURE_COUNTER, FIGURE_SUMMARY, "taken by the drivers",
     FIGURE_OF(transmitted)},
    {"dropped", "packets", FIGURE_COUNTER, FIGURE_SUMMARY | FIGURE_LIVE,
     "by platter, for any reason", FIGURE_OF(dropped)},
    {"in_flight", "packets", FIGURE_GAUGE, FIGURE_SUMMARY | FIGURE_LIVE,
     "in handoffs, and before transmit queues", FIGURE_OF(in_flight)},
    {"consistent", "", FIGURE_STATE, 0,
     "whether the counters of all workers are of one moment: not if one does not answer; then "
     "in_flight may be wrong, even below 0",
     FIGURE_OF(consistent)},
    {"difference", "packets", FIGURE_GAUGE, FIGURE_NONZERO, "what does not add up: 0",
     FIGURE_OF(difference)},
    {"pools_full", "", FIGURE_STATE, FIGURE_SUMMARY,
     "whether every mbuf came back; null before the end", FIGURE_BY(pools_full)},
    {"closed", "", FIGURE_STATE, FIGURE_SUMMARY, "whether all of it adds up", FIGURE_BY(closed)},
};

const struct figure_table figures_accounting = {
    .thing = "accounting",
    .command = "/platter/accounting",
    .path = "accounting",
    .about = "received + cloned = transmitted + dropped + in_flight + difference.",
    .figure = accounting,
    .n_figures = sizeof(accounting) / sizeof(*accounting),
};

const struct figure_table figures_drops = {
    .thing = "drops",
    .command = "/platter/drops",
    .path = "drops.REASON",
    .about = "What platter dropped at all ports, by reason; `drops` of a port is the same there.",
    .array = offsetof(struct status, by_reason),
    .size = sizeof(uint64_t),
    .labels = &drop_reasons,
    .unit = "packets",
};

#undef THING
#define THING struct copy_count
static const struct figure copies[] = {
    {"packets", "packets", FIGURE_COUNTER, FIGURE_NONZERO, "of which something was copied",
     FIGURE_OF(packets)},
    {"bytes", "bytes", FIGURE_COUNTER, FIGURE_NONZERO | FIGURE_LIVE, "that were copied",
     FIGURE_OF(bytes)},
};

const struct figure_table figures_copies = {
    .thing = "copies",
    .command = "/platter/copies",
    .path = "copies.SITE",
    .about = "What platter copied between receive and transmit, by the place in the source.",
    .figure = copies,
    .n_figures = sizeof(copies) / sizeof(*copies),
    .array = offsetof(struct status, copied),
    .size = sizeof(struct copy_count),
    .labels = &copy_sites,
};
