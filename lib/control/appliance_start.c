// SPDX-License-Identifier: BSD-3-Clause
// How a run begins: see appliance.h.
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "control/appliance_internal.h"
#include "control/changes.h"
#include "control/clock.h"
#include "control/descriptors.h"
#include "control/eal.h"
#include "control/eal_log.h"
#include "control/plan.h"
#include "control/port_output.h"
#include "control/port_replay.h"
#include "control/shared_memory.h"
#include "control/telemetry.h"

static const double TICK_SECONDS = 0.005;

// Far above what stations ask for by broadcast, and a small part of any link.
enum { STORM_DEFAULT = 10000 };

// Replay ports are virtual: their memory is on the first node.
static int plan_replays(struct appliance *a, unsigned held, struct eal_request *request,
                        struct notes *warnings, char *error, size_t size)
{
  for (unsigned i = 0; i < a->config->n_ports; i++) {
    int status = port_replay_plan(&a->port[i], held, warnings, error, size);
    if (status != 0)
      return status;
    request->huge_bytes[0] += port_replay_bytes(&a->port[i], RTE_PGSIZE_2M);
    request->ordinary_bytes += port_replay_bytes(&a->port[i], sysconf(_SC_PAGESIZE));
  }
  return 0;
}

// Adds the PCI devices among the ports to the request.
static int add_pci(struct appliance *a, struct eal_request *request, const char **pci, char *error,
                   size_t size)
{
  uint64_t bytes = request->ordinary_bytes, huge = 0;
  int status = 0;
  for (unsigned node = 0; node < MEMORY_NODES_MAX; node++)
    huge += request->huge_bytes[node];
  if (request->hugepages != CONFIG_HUGEPAGES_OFF)
    bytes = RTE_MAX(bytes, huge);
  request->pci = pci;
  for (unsigned i = 0; i < a->config->n_ports && status == 0; i++) {
    if (!device_facts(a->port[i].device, &a->port[i].facts) || !a->port[i].facts.pci)
      continue;
    pci[request->n_pci++] = a->port[i].device;
    status = port_check(&a->port[i], bytes, error, size);
  }
  return status;
}

static int start_eal(struct appliance *a, const struct appliance_options *options,
                     struct notes *warnings, char *error, size_t size)
{
  const struct config *config = a->config;
  const char *pci[CONFIG_PORTS_MAX];
  unsigned cpus[LAYOUT_WORKERS_MAX];
  struct memory_need need;
  struct eal_request request = {
      .prefix = options->prefix != NULL ? options->prefix : config->prefix,
      .n_cpus = a->plan.n_cores,
      .cpus = cpus,
      .hugepages = config->hugepages,
      .n_extra = options->n_extra,
      .extra = options->extra,
  };
  int status = plan_cpus(&a->plan, cpus, warnings, error, size);
  if (status != 0)
    return status;
  status = plan_looped(&a->plan, config, error, size);
  if (status != 0)
    return status;
  status = plan_memory(&a->plan, config, &a->forwarding, &need, error, size);
  if (status != 0)
    return status;
  for (unsigned node = 0; node < MEMORY_NODES_MAX; node++) {
    request.huge_bytes[node] = memory_bytes(&need, node, RTE_PGSIZE_2M);
    request.ordinary_bytes += memory_bytes(&need, node, sysconf(_SC_PAGESIZE));
  }
  size_t bridges = bridges_bytes(config, a->plan.n_cores);
  request.huge_bytes[0] += bridges;
  request.ordinary_bytes += bridges;
  status = plan_replays(a, need.held, &request, warnings, error, size);
  if (status == 0)
    status = add_pci(a, &request, pci, error, size);
  if (status == 0)
    status = eal_start(&request, warnings, error, size);
  if (status != 0)
    return status;
  a->eal = true;
  if (rte_lcore_count() != a->plan.n_cores + 1)
    return fail(error, size, -EINVAL,
                "the EAL arguments change the lcores; workers.cores in the configuration names "
                "the cores");
  return 0;
}

static int make_layout(struct appliance *a, char *error, size_t size)
{
  struct layout_port_facts facts[CONFIG_PORTS_MAX];
  for (unsigned i = 0; i < a->config->n_ports; i++)
    facts[i] = (struct layout_port_facts){
        .name = a->config->ports[i].name,
        .rx_queues = plan_rx_queues(&a->plan, &a->config->ports[i]),
        .max_tx_queues = port_max_tx_queues(&a->port[i]),
        .node = rte_eth_dev_socket_id(a->port[i].id),
        .reach = a->forwarding.reach[i],
    };
  a->layout = plan_layout(&a->plan, a->config->n_ports, facts, error, size);
  if (a->layout == NULL)
    return -EINVAL;
  return 0;
}

static int start_ports(struct appliance *a, bool strict, struct notes *warnings, char *error,
                       size_t size)
{
  struct memory_need need = {.workers = a->layout->n_workers,
                             .handoffs = a->layout->n_handoffs,
                             .handoff_size =
                                 plan_handoff_size(a->config, a->layout, &a->forwarding),
                             .frame = a->plan.longest_frame,
                             .mbufs = a->config->mbufs};
  portset leave_tags = strict ? bridges_leave_tags(a->config) : 0;
  int status = 0;
  for (unsigned i = 0; i < a->config->n_ports && status == 0; i++) {
    struct port *port = &a->port[i];
    port->leave_tags = leave_tags >> i & 1;
    status = port_configure(port, a->layout->ports[i].rx_queues, a->layout->ports[i].tx_queues,
                            strict, warnings, error, size);
    a->forwarding.inserts |= (portset)port->inserts << i;
    need.receive_descriptors[port->node] += port->rx_queues * port->receive_descriptors;
    need.looped[port->node] += a->plan.looped[i];
    need.transmit_descriptors += port->tx_queues * port->transmit_descriptors;
    need.transmit_queues += port->tx_queues;
    need.segment = RTE_MAX(need.segment, port_segment(port));
    if (a->plan.longest_frame == 0)
      need.frame = RTE_MAX(need.frame, (unsigned)port->mtu + MEMORY_FRAME_EXTRA);
  }
  if (status == 0)
    status = memory_start(&a->memory, &need, error, size);
  for (unsigned i = 0; i < a->config->n_ports && status == 0; i++)
    status = port_start(&a->port[i], &a->memory, warnings, error, size);
  return status;
}

static int start_residence(struct appliance *a, char *error, size_t size)
{
  uint16_t devices[CONFIG_PORTS_MAX];
  for (unsigned i = 0; i < a->config->n_ports; i++)
    devices[i] = a->port[i].id;
  int status = residence_start(&a->residence, devices, a->config->n_ports);
  if (status != 0)
    return fail(error, size, status, "cannot measure residence times (%s)", rte_strerror(-status));
  return 0;
}

static int start_workers(struct appliance *a, char *error, size_t size)
{
  struct datapath_device devices[CONFIG_PORTS_MAX];
  for (unsigned i = 0; i < a->config->n_ports; i++)
    devices[i] = port_device(&a->port[i]);
  int status = datapath_make(&a->datapath, a->layout,
                             plan_handoff_size(a->config, a->layout, &a->forwarding), devices,
                             &a->forwarding, &a->memory, error, size);
  if (status == 0)
    status = bridges_start(&a->bridges, a->config, &a->forwarding, a->layout, a->datapath.quiet,
                           error, size);
  if (status == 0)
    status = rules_start(&a->rules, a->config, &a->forwarding, a->layout, error, size);
  if (status != 0)
    return status;
  a->started = clock_now();
  for (unsigned i = 0; i < a->datapath.n_workers; i++)
    rte_eal_remote_launch(worker_main, a->datapath.worker[i],
                          plan_lcore(&a->plan, a->layout->workers[i].cpu));
  shared_memory_guard(&a->datapath);
  a->running = true;
  return 0;
}

static void tick(void *appliance)
{
  struct appliance *a = appliance;
  bridges_tick(a->bridges, a->up, clock_now());
}

// Bridges have to hear within milliseconds what workers saw.
static int start_ticks(struct appliance *a, char *error, size_t size)
{
  int status = a->bridges != NULL ? loop_every(a->loop, TICK_SECONDS, tick, a) : 0;
  return status == 0 ? 0 : fail(error, size, status, "no memory");
}

static int start(struct appliance *a, const struct appliance_options *options,
                 struct notes *warnings, char *error, size_t size)
{
  const struct config *config = a->config;
  bool strict = options->devices == NULL;
  int status = 0;

  forwarding_make(&a->forwarding, config, !strict && config->overload == CONFIG_OVERLOAD_WAIT);
  a->forwarding.storm = strict ? STORM_DEFAULT : 0; // a replay is exact, whatever its pace
  plan_make(&a->plan, config, !strict);
  a->plan.longest_frame = options->longest_frame;
  for (unsigned i = 0; i < config->n_ports; i++) {
    a->port[i].config = &config->ports[i];
    a->port[i].device = strict ? config->ports[i].device : options->devices[i];
  }
  status = loop_make(&a->loop);
  if (status != 0)
    return fail(error, size, status, "no memory");
  status = forwarding_append(&a->forwarding, options->trailing, options->n_trailing);
  if (status != 0)
    return fail(error, size, status, "more than %d stages on a port", STAGES_MAX);
  status = start_eal(a, options, warnings, error, size);
  if (status == 0)
    changes_restore(warnings);
  for (unsigned i = 0; i < config->n_ports && status == 0; i++)
    status = port_probe(&a->port[i], error, size);
  if (status == 0)
    status = make_layout(a, error, size);
  if (status == 0)
    status = start_ports(a, strict, warnings, error, size);
  if (status == 0 && options->residence)
    status = start_residence(a, error, size);
  if (status == 0)
    status = start_workers(a, error, size);
  if (status == 0)
    status = start_ticks(a, error, size);
  if (status == 0 && strict)
    wires_start(&a->wires, config, a->port, warnings, clock_now());
  if (status == 0)
    status =
        telemetry_start(a, options->prefix != NULL ? options->prefix : config->prefix, error, size);
  for (unsigned i = 0; i < config->n_ports && status == 0; i++)
    status = port_output_finish(&a->port[i], error, size); // last: it cannot be taken back
  return status;
}

static void begin_replays(struct appliance *a)
{
  uint64_t soon = rte_rdtsc() + rte_get_tsc_hz() / 1000;
  for (unsigned i = 0; i < a->config->n_ports; i++)
    port_replay_begin(&a->port[i], soon);
}

int appliance_start(struct appliance **appliance, const struct config *config,
                    const struct appliance_options *options, struct notes *warnings, char *error,
                    size_t size)
{
  struct appliance *a = calloc(1, sizeof(*a));
  if (a == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  a->config = config;
  int status = descriptors_raise(config->n_ports, error, size);
  if (status == 0)
    status = start(a, options, warnings, error, size);
  if (status != 0) {
    if (a->eal)
      descriptors_explain(error, size);
    appliance_free(a);
    return status;
  }
  eal_log_warnings(warnings);
  eal_log_to_stderr();
  appliance_update(a); // when workers have answered, they run
  begin_replays(a);
  *appliance = a;
  return 0;
}
