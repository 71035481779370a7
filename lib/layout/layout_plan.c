// SPDX-License-Identifier: BSD-3-Clause
#include "layout/layout_plan.h"

#include <stdarg.h>
#include <stdlib.h>

bool plan_refuse(const struct plan *plan, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(plan->error, plan->error_size, format, arguments);
  va_end(arguments);
  return false;
}

void plan_note(struct plan *plan, const char *format, ...)
{
  struct layout *layout = plan->layout;
  char **notes = realloc(layout->notes, (layout->n_notes + 1) * sizeof(*notes));
  if (notes == NULL) {
    plan->no_memory = true;
    return;
  }
  layout->notes = notes;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&notes[layout->n_notes], format, arguments) >= 0)
    layout->n_notes++;
  else
    plan->no_memory = true;
  va_end(arguments);
}

// How many of the port's receive queues the worker polls.
static unsigned count_polled(const struct plan *plan, unsigned worker, unsigned port)
{
  unsigned n = 0;
  for (unsigned q = 0; q < plan->facts->ports[port].rx_queues; q++)
    n += plan->pollers[port][q] == (int)worker;
  return n;
}

static uint32_t polled_ports(const struct plan *plan, unsigned worker)
{
  uint32_t ports = 0;
  for (unsigned p = 0; p < plan->facts->n_ports; p++)
    ports |= (uint32_t)(count_polled(plan, worker, p) > 0) << p;
  return ports;
}

uint32_t plan_reach(const struct plan *plan, unsigned worker)
{
  uint32_t polled = polled_ports(plan, worker);
  uint32_t reach = 0;
  for (unsigned p = 0; p < plan->facts->n_ports; p++)
    reach |= plan_has(polled, p) ? plan->facts->ports[p].reach : 0;
  return reach;
}

static void note_idle(struct plan *plan, unsigned worker)
{
  unsigned queues = 0;
  for (unsigned p = 0; p < plan->facts->n_ports; p++)
    queues += plan->facts->ports[p].rx_queues;
  if (plan->facts->kind == LAYOUT_EXPLICIT)
    plan_note(plan, "core %u: nothing is assigned to it; left out", plan->cores[worker].cpu);
  else
    plan_note(plan, "core %u: nothing to do with %u receive queue%s; left out",
              plan->cores[worker].cpu, queues, plan_plural(queues));
}

static void renumber_pollers(struct plan *plan, const int16_t *number)
{
  for (unsigned p = 0; p < plan->facts->n_ports; p++) {
    for (unsigned q = 0; q < plan->facts->ports[p].rx_queues; q++)
      plan->pollers[p][q] = number[plan->pollers[p][q]];
  }
}

void plan_drop_idle(struct plan *plan)
{
  int16_t number[LAYOUT_WORKERS_MAX];
  unsigned kept = 0;
  for (unsigned w = 0; w < plan->n_workers; w++) {
    if (plan->owns[w] == 0 && polled_ports(plan, w) == 0) {
      note_idle(plan, w);
      number[w] = PLAN_NOBODY;
      continue;
    }
    number[w] = (int16_t)kept;
    plan->cores[kept] = plan->cores[w];
    plan->owns[kept] = plan->owns[w];
    kept++;
  }
  plan->n_workers = kept;
  renumber_pollers(plan, number);
}

// The owner that `worker` hands packets for `port` to: the lowest on the worker's own node, so
// that the ring's cache lines stay within it; the lowest of all where there is none.
static unsigned choose_owner(const struct plan *plan, unsigned worker, unsigned port)
{
  int node = plan->cores[worker].node;
  int chosen = PLAN_NOBODY;
  for (unsigned w = 0; w < plan->n_workers; w++) {
    if (!plan_has(plan->owns[w], port))
      continue;
    if (node != LAYOUT_NODE_ANY && plan->cores[w].node == node)
      return w;
    if (chosen == PLAN_NOBODY)
      chosen = (int)w;
  }
  return (unsigned)chosen;
}

static bool fill_ports(const struct plan *plan)
{
  struct layout *layout = plan->layout;
  layout->ports = calloc(plan->facts->n_ports, sizeof(*layout->ports));
  if (layout->ports == NULL)
    return false;
  layout->n_ports = plan->facts->n_ports;
  for (unsigned p = 0; p < layout->n_ports; p++) {
    const struct layout_port_facts *facts = &plan->facts->ports[p];
    layout->ports[p] = (struct layout_port){
        .name = facts->name,
        .rx_queues = facts->rx_queues,
        .node = facts->node,
        .reach = facts->reach,
    };
  }
  return true;
}

// Transmit queues of a port are numbered in the order of the workers that own them.
static bool fill_worker(const struct plan *plan, unsigned w)
{
  struct layout *layout = plan->layout;
  struct layout_worker *worker = &layout->workers[w];
  worker->cpu = plan->cores[w].cpu;
  worker->node = plan->cores[w].node;
  unsigned n_rx = 0;
  for (unsigned p = 0; p < layout->n_ports; p++)
    n_rx += count_polled(plan, w, p);
  // One more than needed: an empty list is then no special case.
  worker->rx = calloc(n_rx + 1, sizeof(*worker->rx));
  worker->tx = calloc((unsigned)__builtin_popcount(plan->owns[w]) + 1, sizeof(*worker->tx));
  if (worker->rx == NULL || worker->tx == NULL)
    return false;
  for (unsigned p = 0; p < layout->n_ports; p++) {
    for (unsigned q = 0; q < layout->ports[p].rx_queues; q++) {
      if (plan->pollers[p][q] == (int)w)
        worker->rx[worker->n_rx++] = (struct layout_queue){.port = p, .queue = q};
    }
    if (plan_has(plan->owns[w], p))
      worker->tx[worker->n_tx++] =
          (struct layout_queue){.port = p, .queue = layout->ports[p].tx_queues++};
  }
  return true;
}

static bool fill_workers(const struct plan *plan)
{
  struct layout *layout = plan->layout;
  layout->workers = calloc(plan->n_workers, sizeof(*layout->workers));
  if (layout->workers == NULL)
    return false;
  layout->n_workers = plan->n_workers;
  for (unsigned w = 0; w < layout->n_workers; w++) {
    if (!fill_worker(plan, w))
      return false;
  }
  return true;
}

static bool fill_handoffs(const struct plan *plan)
{
  struct layout *layout = plan->layout;
  layout->handoffs = calloc((size_t)layout->n_workers * layout->n_ports, sizeof(*layout->handoffs));
  if (layout->handoffs == NULL)
    return false;
  for (unsigned w = 0; w < layout->n_workers; w++) {
    uint32_t foreign = plan_reach(plan, w) & ~plan->owns[w];
    for (unsigned p = 0; p < layout->n_ports; p++) {
      if (plan_has(foreign, p))
        layout->handoffs[layout->n_handoffs++] =
            (struct layout_handoff){.from = w, .to = choose_owner(plan, w, p), .port = p};
    }
  }
  return true;
}

// One note a worker, however many ports it serves across nodes.
static void note_nodes(struct plan *plan, unsigned w)
{
  const struct layout_core *core = &plan->cores[w];
  uint32_t serves = polled_ports(plan, w) | plan->owns[w];
  char *list = NULL;
  size_t size = 0;
  FILE *text = open_memstream(&list, &size);
  if (text == NULL) {
    plan->no_memory = true;
    return;
  }
  const char *separator = "";
  for (unsigned p = 0; p < plan->facts->n_ports; p++) {
    const struct layout_port_facts *port = &plan->facts->ports[p];
    if (!plan_has(serves, p) || port->node == LAYOUT_NODE_ANY || port->node == core->node)
      continue;
    fprintf(text, "%s%s (node %d)", separator, port->name, port->node);
    separator = ", ";
  }
  if (fclose(text) != 0)
    plan->no_memory = true;
  else if (size > 0)
    plan_note(plan,
              "core %u is on NUMA node %d and serves ports of other nodes, which is slower: %s",
              core->cpu, core->node, list);
  free(list);
}

bool plan_finish(struct plan *plan)
{
  if (!fill_ports(plan) || !fill_workers(plan) || !fill_handoffs(plan))
    return plan_refuse(plan, "out of memory");
  for (unsigned w = 0; w < plan->n_workers; w++) {
    if (plan->cores[w].node != LAYOUT_NODE_ANY)
      note_nodes(plan, w);
  }
  return plan->no_memory ? plan_refuse(plan, "out of memory") : true;
}
