// SPDX-License-Identifier: BSD-3-Clause
// The configuration says who polls and who owns: taken as given or refused, with the one exception
// of a transmit queue on a port that no packet can leave by, which is left out.
#include "layout/layout_plan.h"

static bool assign_poller(struct plan *plan, unsigned worker, const struct layout_queue *rx)
{
  unsigned cpu = plan->cores[worker].cpu;
  if (rx->port >= plan->facts->n_ports)
    return plan_refuse(plan, "core %u: it is to receive from a port that is not there", cpu);
  const struct layout_port_facts *port = &plan->facts->ports[rx->port];
  if (rx->queue >= port->rx_queues)
    return plan_refuse(plan,
                       "core %u: there is no receive queue %s/%u; port %s has %u, counted from 0",
                       cpu, port->name, rx->queue, port->name, port->rx_queues);
  int16_t *poller = &plan->pollers[rx->port][rx->queue];
  if (*poller == (int)worker)
    return plan_refuse(plan, "core %u: receive queue %s/%u is listed twice; remove one", cpu,
                       port->name, rx->queue);
  if (*poller != PLAN_NOBODY)
    return plan_refuse(plan, "receive queue %s/%u is polled by core %u and by core %u; leave one",
                       port->name, rx->queue, plan->cores[*poller].cpu, cpu);
  *poller = (int16_t)worker;
  return true;
}

static bool assign_owner(struct plan *plan, unsigned worker, unsigned port)
{
  unsigned cpu = plan->cores[worker].cpu;
  if (port >= plan->facts->n_ports)
    return plan_refuse(plan, "core %u: it is to transmit on a port that is not there", cpu);
  const char *name = plan->facts->ports[port].name;
  if (plan_has(plan->owns[worker], port))
    return plan_refuse(plan, "core %u: transmit port %s is listed twice; remove one", cpu, name);
  plan->owns[worker] |= 1u << port;
  if (!plan_has(plan->reached, port))
    plan_note(plan, "core %u: no packet can leave by port %s; its transmit queue is left out", cpu,
              name);
  return true;
}

static bool assign_worker(struct plan *plan, unsigned worker)
{
  const struct layout_assign *assign = &plan->facts->assign[worker];
  for (unsigned i = 0; i < assign->n_rx; i++) {
    if (!assign_poller(plan, worker, &assign->rx[i]))
      return false;
  }
  for (unsigned i = 0; i < assign->n_tx; i++) {
    if (!assign_owner(plan, worker, assign->tx[i]))
      return false;
  }
  plan->owns[worker] &= plan->reached;
  return true;
}

static bool check_receive(const struct plan *plan, unsigned port)
{
  const struct layout_port_facts *facts = &plan->facts->ports[port];
  for (unsigned q = 0; q < facts->rx_queues; q++) {
    if (plan->pollers[port][q] == PLAN_NOBODY)
      return plan_refuse(plan, "receive queue %s/%u is polled by no core; add it to the rx of one",
                         facts->name, q);
  }
  return true;
}

static bool check_transmit(const struct plan *plan, unsigned port)
{
  const struct layout_port_facts *facts = &plan->facts->ports[port];
  unsigned owners = 0;
  for (unsigned w = 0; w < plan->n_workers; w++)
    owners += plan_has(plan->owns[w], port);
  if (owners == 0 && plan_has(plan->reached, port))
    return plan_refuse(plan,
                       "port %s: packets can leave by it but no core transmits on it; add it to "
                       "the tx of one",
                       facts->name);
  if (facts->max_tx_queues != LAYOUT_QUEUES_UNKNOWN && owners > facts->max_tx_queues)
    return plan_refuse(plan,
                       "port %s: %u cores transmit on it but its device has %u transmit queue%s; "
                       "remove it from the tx of some, they hand over to the others",
                       facts->name, owners, facts->max_tx_queues,
                       plan_plural(facts->max_tx_queues));
  return true;
}

bool plan_explicit(struct plan *plan)
{
  for (unsigned w = 0; w < plan->n_workers; w++) {
    if (!assign_worker(plan, w))
      return false;
  }
  for (unsigned p = 0; p < plan->facts->n_ports; p++) {
    if (!check_receive(plan, p) || !check_transmit(plan, p))
      return false;
  }
  plan_drop_idle(plan);
  return true;
}
