// SPDX-License-Identifier: BSD-3-Clause
// Workers, and what lies between them: handoffs and the pools of mbufs.
#include <stdio.h>

#include "figures/figure.h"

#define THING struct status_worker

static json_t *polls(const struct status *s, const void *thing)
{
  const struct layout_worker *plan = ((const struct status_worker *)thing)->plan;
  return figures_queues(s->layout, plan->rx, plan->n_rx);
}

static json_t *owns(const struct status *s, const void *thing)
{
  const struct layout_worker *plan = ((const struct status_worker *)thing)->plan;
  return figures_queues(s->layout, plan->tx, plan->n_tx);
}

static json_t *mean_burst(const struct status *s, const void *thing)
{
  const struct status_worker *w = thing;
  return w->bursts > 0 ? json_real((double)w->received / w->bursts) : json_null();
}

static json_t *cycles_per_packet(const struct status *s, const void *thing)
{
  const struct status_worker *w = thing;
  return w->cycles_per_packet > 0 ? json_real(w->cycles_per_packet) : json_null();
}

static const struct figure worker[] = {
    {"core", "", FIGURE_STATE, FIGURE_LISTED | FIGURE_SUMMARY, "the CPU that it runs on",
     FIGURE_OF(cpu)},
    {"node", "", FIGURE_STATE, 0, "the NUMA node of its core", FIGURE_OF(node)},
    {"answers", "", FIGURE_STATE, 0, "whether control hears from it: else its figures are old",
     FIGURE_OF(answers)},
    {"place", "", FIGURE_STATE, 0, "if not: the driver that it does not come back from",
     FIGURE_OF(place)},
    {"polls", "", FIGURE_STATE, 0, "its receive queues: PORT/QUEUE", FIGURE_BY(polls)},
    {"owns", "", FIGURE_STATE, 0, "its transmit queues", FIGURE_BY(owns)},
    {"busy", "share", FIGURE_GAUGE, FIGURE_LISTED | FIGURE_SUMMARY | FIGURE_LIVE,
     "of its own time, in turns that moved a packet; over the last second", FIGURE_OF(busy)},
    {"stolen", "share", FIGURE_GAUGE, FIGURE_LISTED | FIGURE_SUMMARY | FIGURE_LIVE,
     "of all time, in which other programs had its core, or it slept in the kernel",
     FIGURE_OF(stolen)},
    {"stolen_seconds", "seconds", FIGURE_GAUGE, 0, "the same, since the start",
     FIGURE_OF(stolen_seconds)},
    {"cycles_per_packet", "cycles", FIGURE_GAUGE, FIGURE_SUMMARY,
     "busy, less what was stolen, for each packet received or taken; over the last second",
     FIGURE_BY(cycles_per_packet)},
    {"mean_burst", "packets", FIGURE_GAUGE, FIGURE_SUMMARY, "received by a poll that found any",
     FIGURE_BY(mean_burst)},
    {"busy_cycles", "cycles", FIGURE_COUNTER, 0, "of the time stamp counter, in such turns",
     FIGURE_OF(busy_cycles)},
    {"idle_cycles", "cycles", FIGURE_COUNTER, 0, "in all other turns", FIGURE_OF(idle_cycles)},
    {"bursts", "polls", FIGURE_COUNTER, 0, "that found packets", FIGURE_OF(bursts)},
    {"waits", "polls", FIGURE_COUNTER, 0, "left out, because the way out lacked room",
     FIGURE_OF(waits)},
    {"received", "packets", FIGURE_COUNTER, FIGURE_LISTED | FIGURE_SUMMARY,
     "taken off its receive queues", FIGURE_OF(received)},
    {"taken", "packets", FIGURE_COUNTER, FIGURE_SUMMARY, "taken off handoffs", FIGURE_OF(taken)},
    {"cloned", "packets", FIGURE_COUNTER, 0,
     "references added for packets that leave by several ports", FIGURE_OF(cloned)},
    {"transmitted", "packets", FIGURE_COUNTER, FIGURE_LISTED, "taken by the drivers",
     FIGURE_OF(transmitted)},
    {"handed", "packets", FIGURE_COUNTER, 0, "put into handoffs", FIGURE_OF(handed)},
    {"dropped", "packets", FIGURE_COUNTER, 0, "for any reason", FIGURE_OF(dropped)},
    {"pending", "packets", FIGURE_GAUGE, 0, "held for a transmit queue", FIGURE_OF(pending)},
};

const struct figure_table figures_worker = {
    .thing = "worker",
    .command = "/platter/worker,NUMBER",
    .path = "workers.NUMBER",
    .about = "Each worker; /platter/workers lists all of them.",
    .figure = worker,
    .n_figures = sizeof(worker) / sizeof(*worker),
    FIGURES_IN(worker, n_workers),
};

#undef THING
#define THING struct status_handoff

static json_t *handoff_port(const struct status *s, const void *thing)
{
  return json_string(s->port[((const struct status_handoff *)thing)->port].name);
}

static const struct figure handoff[] = {
    {"from", "", FIGURE_STATE, FIGURE_NONZERO, "the worker that puts packets in", FIGURE_OF(from)},
    {"to", "", FIGURE_STATE, FIGURE_NONZERO, "the worker that takes them out", FIGURE_OF(to)},
    {"port", "", FIGURE_STATE, FIGURE_NONZERO, "that they leave by", FIGURE_BY(handoff_port)},
    {"size", "packets", FIGURE_GAUGE, FIGURE_NONZERO, "that it has room for", FIGURE_OF(size)},
    {"held", "packets", FIGURE_GAUGE, 0, "in it now", FIGURE_OF(held)},
    {"high_water", "packets", FIGURE_COUNTER, FIGURE_NONZERO, "most that it ever held",
     FIGURE_OF(high_water)},
};

static void handoff_key(const struct status *s, unsigned number, char *text, size_t size)
{
  const struct status_handoff *h = &s->handoff[number];
  snprintf(text, size, "%u_to_%u_%s", h->from, h->to, s->port[h->port].name);
}

const struct figure_table figures_handoff = {
    .thing = "handoff",
    .command = "/platter/handoffs",
    .path = "handoffs.FROM_to_TO_PORT",
    .about = "Each ring between two workers.",
    .figure = handoff,
    .n_figures = sizeof(handoff) / sizeof(*handoff),
    FIGURES_IN(handoff, n_handoffs),
    .key = handoff_key,
};

#undef THING
#define THING struct status_pool
static const struct figure pool[] = {
    {"size", "mbufs", FIGURE_GAUGE, FIGURE_NONZERO, "that it has", FIGURE_OF(size)},
    {"available", "mbufs", FIGURE_GAUGE, FIGURE_NONZERO, "that nobody has now",
     FIGURE_OF(available)},
    {"kept", "mbufs", FIGURE_GAUGE, FIGURE_NONZERO,
     "by drivers that do not give all back when closed", FIGURE_OF(kept)},
};

const struct figure_table figures_pool = {
    .thing = "pool",
    .command = "/platter/pools",
    .path = "pools.NAME",
    .about = "Each pool of mbufs: frames and private headers of a NUMA node, a replay's frames.",
    .figure = pool,
    .n_figures = sizeof(pool) / sizeof(*pool),
    FIGURES_IN(pool, n_pools),
    FIGURES_NAMED,
};
