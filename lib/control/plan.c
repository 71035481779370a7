// SPDX-License-Identifier: BSD-3-Clause
#include "control/plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_ether.h>

#include "host/cpu.h"
#include "ports/device/device.h"
#include "ports/looped_capture.h"
#include "ports/port.h"

enum { HELD_BY_NIC = 4096 };

// How large a handoff is where the configuration leaves it open; plan.h says why.
enum {
  FEW_HANDOFFS = 4,
  HANDOFF_OF_FEW = 4096, // references
  HANDOFF_OF_MANY = 1024,
};

// Or `overload: wait` would never find room for a burst.
_Static_assert((unsigned)CONFIG_HANDOFF_MIN >= (unsigned)BURST_MAX, "a handoff holds a burst");

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
  unsigned n = config->n_cores;
  if (n == 0)
    n = cpu_workers(cpus, LAYOUT_WORKERS_MAX);
  else
    memcpy(cpus, config->cores, sizeof(*cpus) * n);
  for (unsigned i = 0; i < n; i++)
    plan->cores[plan->n_cores++] = (struct layout_core){cpus[i], cpu_node(cpus[i])};
}

static bool has(const unsigned *list, unsigned n, unsigned value)
{
  for (unsigned i = 0; i < n; i++)
    if (list[i] == value)
      return true;
  return false;
}

// The first CPU that no worker has; where each has one, they take turns.
static unsigned substitute(const unsigned *usable, unsigned n_usable, const unsigned *taken,
                           unsigned n_taken)
{
  for (unsigned i = 0; i < n_usable; i++)
    if (!has(taken, n_taken, usable[i]))
      return usable[i];
  return usable[n_taken % n_usable];
}

bool plan_core_usable(const struct plan *plan, unsigned i, char *why, size_t size)
{
  unsigned usable[CPU_SET_MAX], n = cpu_usable(usable, CPU_SET_MAX);
  char list[256];
  if (has(usable, n, plan->cores[i].cpu))
    return true;
  cpu_list(usable, n, list, sizeof(list));
  fail(why, size, -EINVAL, "workers: core %u cannot be used here; this process may use %s",
       plan->cores[i].cpu, list);
  return false;
}

int plan_cpus(const struct plan *plan, unsigned *cpus, struct notes *warnings, char *error,
              size_t size)
{
  unsigned usable[CPU_SET_MAX], taken[LAYOUT_WORKERS_MAX], n_taken = 0;
  unsigned n = cpu_usable(usable, CPU_SET_MAX);

  for (unsigned i = 0; i < plan->n_cores; i++)
    if (has(usable, n, plan->cores[i].cpu))
      taken[n_taken++] = plan->cores[i].cpu;
  for (unsigned i = 0; i < plan->n_cores; i++) {
    unsigned asked = plan->cores[i].cpu;
    cpus[i] = asked;
    if (has(usable, n, asked))
      continue;
    if (!plan->stand_ins && !plan_core_usable(plan, i, error, size))
      return -EINVAL;
    cpus[i] = taken[n_taken] = substitute(usable, n, taken, n_taken);
    n_taken++;
    notes_add(warnings, "core %u is not there; core %u stands in for it", asked, cpus[i]);
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

unsigned plan_handoff_size(const struct config *config, const struct layout *layout,
                           const struct forwarding *forwarding)
{
  unsigned least = 0;
  for (unsigned i = 0; i < config->n_ports; i++)
    if (forwarding->reads[i] != 0 || forwarding->slots[i] > 1)
      least = BURST_SLOTS + READERS_LEAVE;
  if (config->handoff != 0)
    return RTE_MAX(config->handoff, least);
  return layout->n_handoffs <= FEW_HANDOFFS ? HANDOFF_OF_FEW : HANDOFF_OF_MANY;
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

// NUMA node of a device's memory, as port_probe finds it: 0 where the kernel does not say.
static unsigned device_node(const struct device_facts *device)
{
  char path[128];
  unsigned node = 0;
  if (!device->pci)
    return 0;
  snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/numa_node", device->name);
  FILE *in = fopen(path, "r");
  if (in != NULL && (fscanf(in, "%u", &node) != 1 || node >= MEMORY_NODES_MAX))
    node = 0;
  if (in != NULL)
    fclose(in);
  return node;
}

static void add_port(struct memory_need *need, const struct plan *plan,
                     const struct config_port *config, const struct layout_port *port,
                     unsigned looped)
{
  unsigned queues = port->tx_queues > 0 ? port->tx_queues : 1;
  unsigned frame = (config->mtu > 0 ? config->mtu : RTE_ETHER_MTU) + MEMORY_FRAME_EXTRA;
  struct device_facts device;
  device_facts(plan->stand_ins ? "net_pcap" : config->device, &device);
  const struct driver *driver = device.special;
  unsigned descriptors = driver->descriptors > 0 ? driver->descriptors : PORT_DESCRIPTORS;
  unsigned node = device_node(&device);
  need->receive_descriptors[node] += port->rx_queues * descriptors;
  need->looped[node] += looped;
  need->transmit_descriptors += queues * descriptors;
  need->transmit_queues += queues;
  if (driver->holds_sent) // a NIC's driver may prefer rings longer than ours
    need->held += queues * (device.pci ? HELD_BY_NIC : descriptors);
  if (plan->longest_frame == 0)
    need->frame = RTE_MAX(need->frame, frame);
  if (!driver->scatters)
    need->segment = RTE_MAX(need->segment, frame);
}

int plan_looped(struct plan *plan, const struct config_port *config, unsigned port, char *error,
                size_t size)
{
  char why[512];
  if (plan->stand_ins)
    return 0;
  int status = looped_capture_frames(config->device, config->rx_queues, &plan->looped[port], why,
                                     sizeof(why));
  if (status != 0)
    return fail(error, size, status, "ports.%s.device: '%s': %s", config->name, config->device,
                why);
  return 0;
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
      .handoff_size = plan_handoff_size(config, layout, forwarding),
      .workers = layout->n_workers,
      .segment = PORT_SEGMENT,
      .frame = plan->longest_frame,
      .mbufs = config->mbufs,
  };
  for (unsigned i = 0; i < layout->n_ports; i++)
    add_port(need, plan, &config->ports[i], &layout->ports[i], plan->looped[i]);
  layout_free(layout);
  return 0;
}
