// SPDX-License-Identifier: BSD-3-Clause
// How a run begins: see appliance.h. What is about its ports is in appliance_ports.c.
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "base/clock.h"
#include "config/errors.h"
#include "control/appliance_internal.h"
#include "control/plan.h"
#include "control/telemetry.h"
#include "host/descriptors.h"
#include "host/eal.h"
#include "host/eal_log.h"
#include "host/interface/changes.h"
#include "ports/peers/shared_memory.h"
#include "ports/replay.h"

static const double TICK_SECONDS = 0.005;

// Far above what stations ask for by broadcast, and a small part of any link.
enum { STORM_DEFAULT = 10000 };

static int start_eal(struct appliance *a, const struct appliance_options *options,
                     struct notes *warnings, struct config_errors *errors, char *error, size_t size)
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
  appliance_plan_looped(a, errors);
  status = plan_memory(&a->plan, config, &a->forwarding, &need, error, size);
  if (status != 0)
    return status;
  eal_ask(&request, &need, bridges_bytes(config, a->plan.n_cores));
  appliance_plan_ports(a, need.held, &request, pci, warnings, errors);
  status = eal_start(&request, warnings, error, size); // with ports refused, too: to try the others
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
                             a->forwarding.exact, &a->memory, error, size);
  if (status == 0)
    status = bridges_start(&a->bridges, a->config, &a->forwarding, a->layout, a->datapath.quiet,
                           error, size);
  if (status == 0)
    status = rules_start(&a->rules, a->config, &a->forwarding, a->layout, error, size);
  if (status != 0)
    return status;
  a->generation = generation_make(&a->forwarding, a->layout);
  if (a->generation == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  datapath_go_by(&a->datapath, a->generation);
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

static int start_forwarding(struct appliance *a, const struct appliance_options *options,
                            struct notes *warnings, char *error, size_t size)
{
  int status = options->residence ? start_residence(a, error, size) : 0;
  if (status == 0)
    status = start_workers(a, error, size);
  if (status == 0)
    status = start_ticks(a, error, size);
  if (status == 0 && options->devices == NULL)
    wires_start(&a->wires, a->config, a->port, warnings, clock_now());
  if (status == 0)
    status = telemetry_start(a, options->prefix != NULL ? options->prefix : a->config->prefix,
                             error, size);
  return status;
}

// Up to EAL, with which devices can be tried.
static int prepare(struct appliance *a, const struct appliance_options *options,
                   struct notes *warnings, struct config_errors *errors, char *error, size_t size)
{
  const struct config *config = a->config;
  bool strict = options->devices == NULL;
  int status = descriptors_raise(config->n_ports, error, size);
  if (status != 0)
    return status;
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
  status = start_eal(a, options, warnings, errors, error, size);
  if (status == 0)
    changes_restore(warnings);
  return status;
}

static int start(struct appliance *a, const struct appliance_options *options,
                 struct notes *warnings, struct config_errors *errors)
{
  char error[1024] = "";
  int status = prepare(a, options, warnings, errors, error, sizeof(error));
  if (status == 0)
    appliance_probe_ports(a, errors);
  if (status == 0)
    status = a->refusal;
  if (status == 0)
    status = make_layout(a, error, sizeof(error));
  if (status == 0)
    status = appliance_start_ports(a, options->devices == NULL, warnings, errors);
  if (status == 0)
    status = start_forwarding(a, options, warnings, error, sizeof(error));
  if (status == 0)
    status = appliance_name_outputs(a, errors);
  if (*error != '\0')
    appliance_refuse(a, (struct config_place){0}, error, sizeof(error), errors);
  return status;
}

static void begin_replays(struct appliance *a)
{
  uint64_t soon = rte_rdtsc() + rte_get_tsc_hz() / 1000;
  for (unsigned i = 0; i < a->config->n_ports; i++)
    port_replay_begin(&a->port[i], soon);
}

int appliance_start(struct appliance **appliance, const struct config *config,
                    const struct appliance_options *options, struct notes *warnings,
                    struct config_errors *errors)
{
  struct appliance *a = calloc(1, sizeof(*a));
  if (a == NULL) {
    config_error_add(errors, (struct config_place){0}, "no memory");
    return -ENOMEM;
  }
  a->config = config;
  int status = start(a, options, warnings, errors);
  if (status != 0) {
    config_errors_sort(errors, 0);
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
