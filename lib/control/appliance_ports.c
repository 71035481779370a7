// SPDX-License-Identifier: BSD-3-Clause
// The ports' part of a start: see appliance.h. Each step is tried with every port, so that all that
// is wrong with them is said at once.
#include <stdio.h>
#include <string.h>

#include "control/appliance_internal.h"
#include "host/descriptors.h"
#include "ports/output.h"
#include "ports/replay.h"

void appliance_refuse(struct appliance *a, struct config_place place, char *sentence, size_t size,
                      struct config_errors *errors)
{
  if (a->eal)
    descriptors_explain(sentence, size);
  config_error_add(errors, place, "%s", sentence);
}

static bool is_about(const struct port *port, const char *key, const char *sentence)
{
  char begin[CONFIG_NAME_MAX + 32];
  snprintf(begin, sizeof(begin), "ports.%s.%s:", port->config->name, key);
  return strncmp(sentence, begin, strlen(begin)) == 0;
}

// A sentence about a port begins with the key that it is about. It has no place if the device is
// not the configuration's.
static struct config_place place_of(const struct port *port, const char *sentence)
{
  const struct config_port *config = port->config;
  if (port->device != config->device)
    return (struct config_place){0};
  if (is_about(port, "mtu", sentence) && config->mtu_place.line > 0)
    return config->mtu_place;
  if (is_about(port, "rx_queues", sentence) && config->rx_queues_place.line > 0)
    return config->rx_queues_place;
  return config->device_place;
}

// Keeps what a step has come to with a port.
static void with_port(struct appliance *a, unsigned i, int status, char *sentence, size_t size,
                      struct config_errors *errors)
{
  if (status == 0)
    return;
  appliance_refuse(a, place_of(&a->port[i], sentence), sentence, size, errors);
  a->refused |= (portset)1 << i;
  a->refusal = a->refusal != 0 ? a->refusal : status;
}

void appliance_plan_looped(struct appliance *a, struct config_errors *errors)
{
  char error[1024];
  for (unsigned i = 0; i < a->config->n_ports; i++)
    with_port(a, i, plan_looped(&a->plan, &a->config->ports[i], i, error, sizeof(error)), error,
              sizeof(error), errors);
}

static int plan_replay(struct appliance *a, unsigned i, unsigned held, struct eal_request *request,
                       struct notes *warnings, char *error, size_t size)
{
  int status = port_replay_plan(&a->port[i], held, warnings, error, size);
  if (status == 0)
    port_replay_ask(&a->port[i], request);
  return status;
}

void appliance_plan_ports(struct appliance *a, unsigned held, struct eal_request *request,
                          const char **pci, struct notes *warnings, struct config_errors *errors)
{
  char error[1024];
  for (unsigned i = 0; i < a->config->n_ports; i++)
    with_port(a, i, plan_replay(a, i, held, request, warnings, error, sizeof(error)), error,
              sizeof(error), errors);
  request->pci = pci;
  for (unsigned i = 0; i < a->config->n_ports; i++) {
    if (!device_facts(a->port[i].device, &a->port[i].facts) || !a->port[i].facts.pci)
      continue;
    int checked = port_check(&a->port[i], eal_locked(request), error, sizeof(error));
    if (checked == 0)
      pci[request->n_pci++] = a->port[i].device;
    with_port(a, i, checked, error, sizeof(error), errors);
  }
}

void appliance_probe_ports(struct appliance *a, struct config_errors *errors)
{
  char error[1024];
  for (unsigned i = 0; i < a->config->n_ports; i++)
    if (!(a->refused >> i & 1))
      with_port(a, i, port_probe(&a->port[i], error, sizeof(error)), error, sizeof(error), errors);
}

static int configure(struct appliance *a, bool strict, struct notes *warnings,
                     struct memory_need *need, struct config_errors *errors)
{
  portset leave_tags = strict ? bridges_leave_tags(a->config) : 0;
  char error[1024];
  for (unsigned i = 0; i < a->config->n_ports; i++) {
    struct port *port = &a->port[i];
    port->leave_tags = leave_tags >> i & 1;
    int configured =
        port_configure(port, a->layout->ports[i].rx_queues, a->layout->ports[i].tx_queues, strict,
                       warnings, error, sizeof(error));
    with_port(a, i, configured, error, sizeof(error), errors);
    a->forwarding.inserts |= (portset)port->inserts << i;
    need->receive_descriptors[port->node] += port->rx_queues * port->receive_descriptors;
    need->looped[port->node] += a->plan.looped[i];
    need->transmit_descriptors += port->tx_queues * port->transmit_descriptors;
    need->transmit_queues += port->tx_queues;
    need->segment = RTE_MAX(need->segment, port_segment(port));
    if (a->plan.longest_frame == 0)
      need->frame = RTE_MAX(need->frame, (unsigned)port->mtu + MEMORY_FRAME_EXTRA);
  }
  return a->refusal;
}

int appliance_start_ports(struct appliance *a, bool strict, struct notes *warnings,
                          struct config_errors *errors)
{
  struct memory_need need = {.workers = a->layout->n_workers,
                             .handoffs = a->layout->n_handoffs,
                             .handoff_size =
                                 plan_handoff_size(a->config, a->layout, &a->forwarding),
                             .frame = a->plan.longest_frame,
                             .mbufs = a->config->mbufs};
  char error[1024];
  int status = configure(a, strict, warnings, &need, errors);
  if (status != 0)
    return status;
  status = memory_start(&a->memory, &need, error, sizeof(error));
  if (status != 0) {
    appliance_refuse(a, (struct config_place){0}, error, sizeof(error), errors);
    return status;
  }
  for (unsigned i = 0; i < a->config->n_ports; i++)
    with_port(a, i, port_start(&a->port[i], &a->memory, warnings, error, sizeof(error)), error,
              sizeof(error), errors);
  return a->refusal;
}

// Not with all: what has its name cannot be taken back.
int appliance_name_outputs(struct appliance *a, struct config_errors *errors)
{
  char error[1024];
  for (unsigned i = 0; i < a->config->n_ports && a->refusal == 0; i++)
    with_port(a, i, port_output_finish(&a->port[i], error, sizeof(error)), error, sizeof(error),
              errors);
  return a->refusal;
}
