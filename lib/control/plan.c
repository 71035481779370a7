// SPDX-License-Identifier: BSD-3-Clause
#include "control/plan.h"

#include <errno.h>
#include <string.h>

#include "control/cpu.h"
#include "control/port.h"
#include "layout/device.h"

static void take_assignment(struct plan *plan, const struct config *config)
{
  unsigned used = 0;
  plan->kind = LAYOUT_EXPLICIT;
  for (unsigned i = 0; i < config->n_assign && i < LAYOUT_WORKERS_MAX; i++) {
    const struct config_assign *from = &config->assign[i];
    struct layout_assign *to = &plan->assign[plan->n_assign++];
    to->core = (struct layout_core){from->core, cpu_node(from->core)};
    to->rx = &plan->rx[used];
    for (unsigned q = 0; q < from->n_rx && used < RTE_DIM(plan->rx); q++)
      if (!plan->stand_ins || from->rx[q].queue == 0) {
        plan->rx[used++] = (struct layout_queue){from->rx[q].port, from->rx[q].queue};
        to->n_rx++;
      }
    to->tx = from->tx;
    to->n_tx = from->n_tx;
    plan->cores[plan->n_cores++] = to->core;
  }
}

void plan_make(struct plan *plan, const struct config *config, bool stand_ins)
{
  unsigned cpus[LAYOUT_WORKERS_MAX];
  *plan = (struct plan){.stand_ins = stand_ins};
  if (config->n_assign > 0) {
    take_assignment(plan, config);
    return;
  }
  plan->kind =
      config->layout == CONFIG_LAYOUT_PIPELINE ? LAYOUT_PIPELINE : LAYOUT_RUN_TO_COMPLETION;
  // One lcore is left for control.
  unsigned n = config->n_cores;
  if (n == 0)
    n = cpu_workers(cpus, LAYOUT_WORKERS_MAX - 1);
  else
    memcpy(cpus, config->cores, sizeof(*cpus) * n);
  for (unsigned i = 0; i < n; i++)
    plan->cores[plan->n_cores++] = (struct layout_core){cpus[i], cpu_node(cpus[i])};
}

int plan_cpus(const struct plan *plan, unsigned *cpus, struct notes *warnings, char *error,
              size_t size)
{
  unsigned usable[LAYOUT_WORKERS_MAX];
  char list[256];
  unsigned n = cpu_usable(usable, LAYOUT_WORKERS_MAX);

  cpu_list(usable, n, list, sizeof(list));
  for (unsigned i = 0; i < plan->n_cores; i++) {
    bool found = false;
    for (unsigned u = 0; u < n && !found; u++)
      found = usable[u] == plan->cores[i].cpu;
    cpus[i] = found ? plan->cores[i].cpu : usable[i % n];
    if (found)
      continue;
    if (!plan->stand_ins)
      return fail(error, size, -EINVAL,
                  "workers: core %u cannot be used here; this process may use %s",
                  plan->cores[i].cpu, list);
    notes_add(warnings, "core %u is not there; core %u stands in for it", plan->cores[i].cpu,
              cpus[i]);
  }
  return 0;
}

unsigned plan_lcore(const struct plan *plan, unsigned core)
{
  unsigned i = 0;
  while (i < plan->n_cores && plan->cores[i].cpu != core)
    i++;
  return i;
}

unsigned plan_rx_queues(const struct plan *plan, const struct config_port *port)
{
  return plan->stand_ins ? 1 : port->rx_queues;
}

struct layout *plan_layout(const struct plan *plan, unsigned n_ports,
                           const struct layout_port_facts *facts, char *error, size_t size)
{
  struct layout_facts all = {
      .kind = plan->kind,
      .n_ports = n_ports,
      .ports = facts,
      .n_cores = plan->n_cores,
      .cores = plan->cores,
      .n_assign = plan->n_assign,
      .assign = plan->assign,
  };
  return layout_make(&all, error, size);
}

struct layout *plan_layout_guess(const struct plan *plan, const struct config *config,
                                 const struct forwarding *forwarding, char *error, size_t size)
{
  struct layout_port_facts facts[CONFIG_PORTS_MAX];
  for (unsigned i = 0; i < config->n_ports; i++) {
    struct device_facts device = {0};
    device_facts(config->ports[i].device, &device);
    facts[i] = (struct layout_port_facts){
        .name = config->ports[i].name,
        .rx_queues = plan_rx_queues(plan, &config->ports[i]),
        .max_tx_queues = plan->stand_ins ? 1 : device.tx_queues,
        .node = LAYOUT_NODE_ANY,
        .reach = forwarding->reach[i],
    };
  }
  return plan_layout(plan, config->n_ports, facts, error, size);
}

int plan_memory(const struct plan *plan, const struct config *config,
                const struct forwarding *forwarding, struct memory_need *need, char *error,
                size_t size)
{
  struct layout *layout = plan_layout_guess(plan, config, forwarding, error, size);
  if (layout == NULL)
    return -EINVAL;
  *need = (struct memory_need){
      .handoffs = layout->n_handoffs,
      .workers = layout->n_workers,
      .segment = PORT_SEGMENT,
      .mbufs = config->mbufs,
  };
  for (unsigned i = 0; i < layout->n_ports; i++) {
    unsigned queues = layout->ports[i].tx_queues > 0 ? layout->ports[i].tx_queues : 1;
    struct device_facts device = {0};
    if (!plan->stand_ins)
      device_facts(config->ports[i].device, &device);
    unsigned descriptors = device.descriptors > 0 ? device.descriptors : PORT_DESCRIPTORS;
    need->receive_descriptors[0] += layout->ports[i].rx_queues * descriptors;
    need->transmit_descriptors += queues * descriptors;
    need->transmit_queues += queues;
  }
  layout_free(layout);
  return 0;
}
