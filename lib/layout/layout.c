// SPDX-License-Identifier: BSD-3-Clause
#include "layout/layout.h"

#include <stdlib.h>
#include <string.h>

#include "layout/layout_plan.h"

static bool check_port(const struct plan *plan, const struct layout_port_facts *port)
{
  unsigned n_ports = plan->facts->n_ports;
  if (port->rx_queues < 1 || port->rx_queues > PLAN_RX_QUEUES_MAX)
    return plan_refuse(plan, "port %s: %u receive queues, but a port has 1 to %d", port->name,
                       port->rx_queues, PLAN_RX_QUEUES_MAX);
  if (n_ports < 32 && port->reach >> n_ports != 0)
    return plan_refuse(plan, "port %s: its packets may leave by a port that is not there",
                       port->name);
  return true;
}

static bool check_ports(const struct plan *plan)
{
  unsigned n_ports = plan->facts->n_ports;
  if (n_ports < 1 || n_ports > LAYOUT_PORTS_MAX)
    return plan_refuse(plan, "%u ports, but a layout has 1 to %d", n_ports, LAYOUT_PORTS_MAX);
  for (unsigned p = 0; p < n_ports; p++) {
    if (!check_port(plan, &plan->facts->ports[p]))
      return false;
  }
  return true;
}

static bool take_cores(struct plan *plan)
{
  const struct layout_facts *facts = plan->facts;
  bool listed = facts->kind == LAYOUT_EXPLICIT;
  unsigned n = listed ? facts->n_assign : facts->n_cores;
  if (n < 1 || n > LAYOUT_WORKERS_MAX)
    return plan_refuse(plan, "%u workers, but a layout has 1 to %d; change the list of cores", n,
                       LAYOUT_WORKERS_MAX);
  for (unsigned w = 0; w < n; w++) {
    plan->cores[w] = listed ? facts->assign[w].core : facts->cores[w];
    for (unsigned other = 0; other < w; other++) {
      if (plan->cores[other].cpu == plan->cores[w].cpu)
        return plan_refuse(plan, "core %u is given twice; give each worker a core of its own",
                           plan->cores[w].cpu);
    }
  }
  plan->n_workers = n;
  return true;
}

static bool decide(struct plan *plan)
{
  for (unsigned p = 0; p < plan->facts->n_ports; p++)
    plan->reached |= plan->facts->ports[p].reach;
  switch (plan->facts->kind) {
  case LAYOUT_PIPELINE:
    return plan_pipeline(plan);
  case LAYOUT_RUN_TO_COMPLETION:
    return plan_run_to_completion(plan);
  case LAYOUT_EXPLICIT:
    return plan_explicit(plan);
  }
  return plan_refuse(plan, "there is no layout of kind %d", (int)plan->facts->kind);
}

struct layout *layout_make(const struct layout_facts *facts, char *error, size_t error_size)
{
  struct plan *plan = calloc(1, sizeof(*plan));
  struct layout *layout = calloc(1, sizeof(*layout));
  if (plan == NULL || layout == NULL) {
    snprintf(error, error_size, "out of memory");
    free(plan);
    free(layout);
    return NULL;
  }
  layout->kind = facts->kind;
  plan->facts = facts;
  plan->layout = layout;
  plan->error = error;
  plan->error_size = error_size;
  memset(plan->pollers, 0xff, sizeof(plan->pollers)); // PLAN_NOBODY
  if (!check_ports(plan) || !take_cores(plan) || !decide(plan) || !plan_finish(plan) ||
      !layout_check(layout, error, error_size)) {
    layout_free(layout);
    layout = NULL;
  }
  free(plan);
  return layout;
}

void layout_free(struct layout *layout)
{
  if (layout == NULL)
    return;
  for (unsigned w = 0; w < layout->n_workers; w++) {
    free(layout->workers[w].rx);
    free(layout->workers[w].tx);
  }
  for (unsigned n = 0; n < layout->n_notes; n++)
    free(layout->notes[n]);
  free(layout->ports);
  free(layout->workers);
  free(layout->handoffs);
  free(layout->notes);
  free(layout);
}

int layout_route(const struct layout *layout, unsigned worker, unsigned port, unsigned *tx_queue)
{
  if (worker >= layout->n_workers)
    return -2;
  const struct layout_worker *me = &layout->workers[worker];
  for (unsigned t = 0; t < me->n_tx; t++) {
    if (me->tx[t].port == port) {
      *tx_queue = me->tx[t].queue;
      return -1;
    }
  }
  for (unsigned h = 0; h < layout->n_handoffs; h++) {
    if (layout->handoffs[h].from == worker && layout->handoffs[h].port == port)
      return (int)h;
  }
  return -2;
}
