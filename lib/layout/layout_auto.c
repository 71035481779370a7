// SPDX-License-Identifier: BSD-3-Clause
// The two kinds that need only a list of cores. Both spread the receive queues alike: every port
// gets a home worker, the one with the fewest homes so far on the port's NUMA node, and its queues
// go round the workers from there. They differ in who owns the transmit queues.
#include <limits.h>

#include "layout/layout_plan.h"

struct team {
  unsigned n;
  unsigned workers[LAYOUT_WORKERS_MAX];
};

// The workers that may serve the port: those on its NUMA node, or all where none is there.
static struct team find_eligible(const struct plan *plan, unsigned port)
{
  int node = plan->facts->ports[port].node;
  struct team near = {0};
  struct team all = {0};
  for (unsigned w = 0; w < plan->n_workers; w++) {
    all.workers[all.n++] = w;
    if (node != LAYOUT_NODE_ANY && plan->cores[w].node == node)
      near.workers[near.n++] = w;
  }
  return near.n > 0 ? near : all;
}

// The workers with packets for the port.
static struct team find_feeding(const struct plan *plan, const uint32_t *reach, unsigned port)
{
  struct team feeding = {0};
  for (unsigned w = 0; w < plan->n_workers; w++) {
    if (plan_has(reach[w], port))
      feeding.workers[feeding.n++] = w;
  }
  return feeding;
}

static void spread_port(struct plan *plan, unsigned port, unsigned *homes)
{
  struct team eligible = find_eligible(plan, port);
  unsigned home = 0;
  for (unsigned i = 1; i < eligible.n; i++) {
    if (homes[eligible.workers[i]] < homes[eligible.workers[home]])
      home = i;
  }
  homes[eligible.workers[home]]++;
  for (unsigned q = 0; q < plan->facts->ports[port].rx_queues; q++)
    plan->pollers[port][q] = (int16_t)eligible.workers[(home + q) % eligible.n];
}

static void spread_receive_queues(struct plan *plan)
{
  unsigned homes[LAYOUT_WORKERS_MAX] = {0};
  for (unsigned p = 0; p < plan->facts->n_ports; p++)
    spread_port(plan, p, homes);
  plan_drop_idle(plan);
}

bool plan_pipeline(struct plan *plan)
{
  spread_receive_queues(plan);
  for (unsigned p = 0; p < plan->facts->n_ports; p++) {
    unsigned home = (unsigned)plan->pollers[p][0];
    plan->owns[home] |= plan->reached & 1u << p;
  }
  return true;
}

// One of the feeding workers for the only transmit queue in use: on the port's node before any
// other, then the one with the fewest such queues, then the lowest.
static unsigned choose_single_owner(const struct plan *plan, unsigned port,
                                    const struct team *feeding, const unsigned *singles)
{
  int node = plan->facts->ports[port].node;
  unsigned chosen = 0;
  unsigned chosen_cost = UINT_MAX;
  for (unsigned i = 0; i < feeding->n; i++) {
    unsigned worker = feeding->workers[i];
    bool far = node != LAYOUT_NODE_ANY && plan->cores[worker].node != node;
    unsigned cost = singles[worker] + (far ? LAYOUT_PORTS_MAX : 0);
    if (cost < chosen_cost) {
      chosen = worker;
      chosen_cost = cost;
    }
  }
  return chosen;
}

static void note_single(struct plan *plan, unsigned port, unsigned n_feeding, unsigned owner)
{
  const struct layout_port_facts *facts = &plan->facts->ports[port];
  plan_note(plan,
            "port %s: %u workers send to it but its device has %u transmit queue%s; worker %u owns "
            "%s and the others hand over to it",
            facts->name, n_feeding, facts->max_tx_queues, plan_plural(facts->max_tx_queues), owner,
            facts->max_tx_queues == 1 ? "it" : "the first");
}

bool plan_run_to_completion(struct plan *plan)
{
  spread_receive_queues(plan);
  uint32_t reach[LAYOUT_WORKERS_MAX];
  unsigned singles[LAYOUT_WORKERS_MAX] = {0};
  for (unsigned w = 0; w < plan->n_workers; w++)
    reach[w] = plan_reach(plan, w);
  for (unsigned p = 0; p < plan->facts->n_ports; p++) {
    struct team owners = find_feeding(plan, reach, p);
    unsigned max = plan->facts->ports[p].max_tx_queues;
    if (max != LAYOUT_QUEUES_UNKNOWN && owners.n > max) {
      unsigned owner = choose_single_owner(plan, p, &owners, singles);
      note_single(plan, p, owners.n, owner);
      singles[owner]++;
      owners = (struct team){.n = 1, .workers = {owner}};
    }
    for (unsigned i = 0; i < owners.n; i++)
      plan->owns[owners.workers[i]] |= 1u << p;
  }
  return true;
}
