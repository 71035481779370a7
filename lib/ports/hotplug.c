// SPDX-License-Identifier: BSD-3-Clause
// A device goes in two steps, for a worker may be inside its driver: the port is taken from the
// workers, and when all of them have finished a turn, at this update or a later one, the device is
// let go. It comes back in one step, by what a start does.
#include "ports/hotplug.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <rte_log.h>

#include "host/eal_log.h"

static const double RETRY_SECONDS = 1, WORKER_SECONDS = 2;

// A worker may be inside a driver that waits for the kernel, this port's or another one's. It is
// not waited for: the device is let go when it has come out.
static void take_away(struct hotplug *state, struct port *port, unsigned number,
                      struct datapath *datapath, double now)
{
  if (!state->leaves) {
    state->detachment = datapath_detach(datapath, number);
    state->waits_until = now + WORKER_SECONDS;
    state->leaves = true;
  }
  if (!datapath_detached(datapath, state->detachment)) {
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

static int set_up(struct port *port, unsigned number, const struct hotplug_setup *setup,
                  char *error, size_t size)
{
  const struct layout_port *queues = &setup->layout->ports[number];
  struct notes warnings = {0};                   // the same as at start
  bool inserts = setup->inserts >> number & 1;   // the bridge leaves tags to it
  int status = port_check(port, 0, error, size); // the memory is still there
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
    status = port_start(port, setup->memory, &warnings, error, size);
  notes_free(&warnings);
  return status;
}

// DPDK's words, the same every second, stand in `error` or nowhere.
static int try_set_up(struct port *port, unsigned number, const struct hotplug_setup *setup,
                      char *error, size_t size)
{
  eal_log_to_memory();
  int status = set_up(port, number, setup, error, size);
  if (status != 0) {
    if (port->probed)
      port_discard(port);
    port->absent = true;
  }
  eal_log_to_stderr();
  return status;
}

static void bring_back(struct hotplug *state, struct port *port, unsigned number,
                       const struct hotplug_setup *setup, double now)
{
  char error[sizeof(state->error)];

  if (now < state->retry)
    return;
  state->retry = now + RETRY_SECONDS;
  if (try_set_up(port, number, setup, error, sizeof(error)) == 0) {
    state->error[0] = '\0';
    struct datapath_device device = port_device(port);
    datapath_attach(setup->datapath, number, &device);
    rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "platter: port %s: its device '%s' is back\n",
            port->config->name, port->device);
    return;
  }
  if (strcmp(error, state->error) != 0) // once, not every second
    rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "platter: %s\n", error);
  strcpy(state->error, error);
}

void hotplug_update(struct hotplug *states, struct port *ports, unsigned n,
                    const struct hotplug_setup *setup, double now)
{
  for (unsigned i = 0; i < n; i++)
    if (states[i].leaves || port_leaves(&ports[i]))
      take_away(&states[i], &ports[i], i, setup->datapath, now);
    else if (port_returns(&ports[i]))
      bring_back(&states[i], &ports[i], i, setup, now);
}
