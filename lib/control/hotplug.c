// SPDX-License-Identifier: BSD-3-Clause
#include "control/hotplug.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <rte_log.h>

#include "control/appliance_internal.h"
#include "host/eal_log.h"

static const double RETRY_SECONDS = 1, WORKER_SECONDS = 2;

// A worker may be inside a driver that waits for the kernel, this port's or another one's. It is
// not waited for: the device is let go when it has come out.
static void take_away(struct appliance *a, unsigned number, double now)
{
  struct port *port = &a->port[number];
  struct hotplug *state = &a->hotplug[number];
  if (!state->leaves) {
    state->detachment = datapath_detach(&a->datapath, number);
    state->waits_until = now + WORKER_SECONDS;
    state->leaves = true;
  }
  if (!datapath_detached(&a->datapath, state->detachment)) {
    if (now < state->waits_until)
      return;
    state->waits_until = INFINITY; // said once
    rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1,
            "platter: port %s: its device '%s' is to go, but a worker does not come out of a "
            "driver; packets to it are dropped, and it is let go when the worker comes\n",
            port->config->name, port->device);
    return;
  }
  state->leaves = false;
  state->retry =
      port->facts.pci ? now + RETRY_SECONDS : now; // what is unplugged is in /sys a while
  port_remove(port);
  rte_log(
      RTE_LOG_WARNING, RTE_LOGTYPE_USER1,
      "platter: port %s: its device '%s' has gone; packets to it are dropped until it returns\n",
      port->config->name, port->device);
}

static int set_up(struct appliance *a, unsigned number, char *error, size_t size)
{
  struct port *port = &a->port[number];
  const struct layout_port *queues = &a->layout->ports[number];
  struct notes warnings = {0};                        // the same as at start
  bool inserts = a->forwarding.inserts >> number & 1; // the bridge leaves tags to it
  int status = port_check(port, 0, error, size);      // the memory is still there
  if (status == 0)
    status = port_probe(port, error, size);
  if (status == 0 && port_max_tx_queues(port) < queues->tx_queues)
    status = fail(error, size, -EINVAL, "ports.%s.device: '%s' has fewer queues than before",
                  port->config->name, port->device);
  if (status == 0)
    status =
        port_configure(port, queues->rx_queues, queues->tx_queues, true, &warnings, error, size);
  if (status == 0 && inserts && !port->inserts)
    status = fail(error, size, -EINVAL,
                  "ports.%s.device: '%s' puts no VLAN tags on, as the one before did; restart "
                  "platter to use it",
                  port->config->name, port->device);
  if (status == 0)
    status = port_start(port, &a->memory, &warnings, error, size);
  notes_free(&warnings);
  return status;
}

// DPDK's words, the same every second, stand in `error` or nowhere.
static int try_set_up(struct appliance *a, unsigned number, char *error, size_t size)
{
  struct port *port = &a->port[number];
  eal_log_to_memory();
  int status = set_up(a, number, error, size);
  if (status != 0) {
    if (port->probed)
      port_discard(port);
    port->absent = true;
  }
  eal_log_to_stderr();
  return status;
}

static void bring_back(struct appliance *a, unsigned number, double now)
{
  struct port *port = &a->port[number];
  struct hotplug *state = &a->hotplug[number];
  char error[sizeof(state->error)];

  if (now < state->retry)
    return;
  state->retry = now + RETRY_SECONDS;
  if (try_set_up(a, number, error, sizeof(error)) == 0) {
    state->error[0] = '\0';
    struct datapath_device device = port_device(port);
    datapath_attach(&a->datapath, number, &device);
    rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "platter: port %s: its device '%s' is back\n",
            port->config->name, port->device);
    return;
  }
  if (strcmp(error, state->error) != 0) // once, not every second
    rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "platter: %s\n", error);
  strcpy(state->error, error);
}

void hotplug_update(struct appliance *a, double now)
{
  for (unsigned i = 0; a->running && !a->stuck && i < a->config->n_ports; i++)
    if (a->hotplug[i].leaves || port_leaves(&a->port[i]))
      take_away(a, i, now);
    else if (port_returns(&a->port[i]))
      bring_back(a, i, now);
}
