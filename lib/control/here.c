// SPDX-License-Identifier: BSD-3-Clause
#include "control/here.h"

#include <stdlib.h>
#include <string.h>

#include "config/errors.h"
#include "control/forwarding.h"
#include "control/plan.h"
#include "features/bridge/control.h"
#include "host/descriptors.h"
#include "host/drivers.h"
#include "host/eal.h"
#include "host/runtime_directory.h"
#include "ports/here.h"
#include "ports/peers/socket.h"
#include "ports/port.h"
#include "ports/replay.h"

enum { SENTENCE = 1024 };

static const struct config_place nowhere; // in the file

static void device_error(const struct config_port *port, const char *why,
                         struct config_errors *errors)
{
  config_error_add(errors, port->device_place, "ports.%s.device: '%s': %s", port->name,
                   port->device, why);
}

static void check_cores(const struct config *config, struct config_errors *errors)
{
  static struct plan plan;
  char why[SENTENCE];
  plan_make(&plan, config, false);
  for (unsigned i = 0; i < plan.n_cores; i++)
    if (!plan_core_usable(&plan, i, why, sizeof(why)))
      config_error_add(errors,
                       config->n_assign > 0  ? config->assign[i].place
                       : config->n_cores > 0 ? config->core_place[i]
                                             : nowhere,
                       "%s", why);
}

// Two ports of one platter that would make the same file: the second finds the first one there.
static void check_socket_alone(const struct config *config, unsigned number,
                               struct config_errors *errors)
{
  const struct config_port *port = &config->ports[number];
  char path[256], other[256];
  for (unsigned i = 0; i < number; i++) {
    const struct config_port *earlier = &config->ports[i];
    struct device_facts facts, others;
    const char *comma = strchr(port->device, ','), *their = strchr(earlier->device, ',');
    if (comma == NULL || their == NULL || !device_facts(port->device, &facts) ||
        !device_facts(earlier->device, &others) ||
        !peer_socket_alone(facts.driver, comma + 1, path, sizeof(path)) ||
        !peer_socket_alone(others.driver, their + 1, other, sizeof(other)) ||
        strcmp(path, other) != 0)
      continue;
    config_error_add(errors, port->device_place,
                     "ports.%s.device: '%s': another port of this platter has the socket '%s'",
                     port->name, port->device, path);
    return;
  }
}

static void check_queues(const struct config_port *port, const struct device_facts *facts,
                         struct config_errors *errors)
{
  if (facts->rx_queues > 0 && port->rx_queues > facts->rx_queues)
    config_error_add(errors, port->rx_queues_place, "ports.%s.rx_queues: %u asked, but '%s' has %u",
                     port->name, port->rx_queues, port->device, facts->rx_queues);
}

// `drivers`: NULL: not looked at. Returns the ports that something stands in the way of.
static portset check_devices(const struct config *config, const json_t *drivers,
                             struct config_errors *errors)
{
  char why[SENTENCE];
  portset bad = 0;
  for (unsigned i = 0; i < config->n_ports; i++) {
    struct device_facts facts;
    const char *device = config->ports[i].device;
    if (!device_facts(device, &facts))
      continue;
    int status = here_device_check(device, &facts, why, sizeof(why));
    if (status == 0 && drivers != NULL)
      status = here_driver_check(&facts, drivers, why, sizeof(why));
    check_queues(&config->ports[i], &facts, errors);
    if (status == 0) {
      check_socket_alone(config, i, errors);
      continue;
    }
    device_error(&config->ports[i], why, errors);
    bad |= (portset)1 << i;
  }
  return bad;
}

// All but memory.
static portset check_rest(const struct config *config, const json_t *drivers,
                          struct config_errors *errors)
{
  char why[SENTENCE];
  check_cores(config, errors);
  portset bad = check_devices(config, drivers, errors);
  if (descriptors_check(config->n_ports, why, sizeof(why)) != 0)
    config_error_add(errors, nowhere, "%s", why);
  if (runtime_directory_check(config->prefix, why, sizeof(why)) != 0)
    config_error_add(errors, config->telemetry_place, "%s", why);
  return bad;
}

static bool plan_captures(struct plan *plan, const struct config *config, portset bad,
                          struct config_errors *errors)
{
  char why[SENTENCE];
  size_t before = errors->count;
  for (unsigned i = 0; i < config->n_ports; i++)
    if (!(bad >> i & 1) && plan_looped(plan, &config->ports[i], i, why, sizeof(why)) != 0)
      config_error_add(errors, config->ports[i].device_place, "%s", why);
  return errors->count == before;
}

static bool plan_replays(const struct config *config, struct port *port, unsigned held,
                         struct eal_request *request, struct notes *warnings,
                         struct config_errors *errors)
{
  char why[SENTENCE];
  size_t before = errors->count;
  for (unsigned i = 0; i < config->n_ports; i++) {
    port[i].config = &config->ports[i];
    port[i].device = config->ports[i].device;
    if (port_replay_plan(&port[i], held, warnings, why, sizeof(why)) != 0)
      config_error_add(errors, config->ports[i].device_place, "%s", why);
    port_replay_ask(&port[i], request);
  }
  return errors->count == before;
}

// What a NIC has to reach must be allowed to be locked.
static void check_locked(const struct config *config, struct port *port, portset bad,
                         uint64_t bytes, struct config_errors *errors)
{
  char why[SENTENCE];
  for (unsigned i = 0; i < config->n_ports; i++)
    if (!(bad >> i & 1) && device_facts(port[i].device, &port[i].facts) &&
        port_check(&port[i], bytes, why, sizeof(why)) != 0)
      config_error_add(errors, config->ports[i].device_place, "%s", why);
}

static void check_memory(const struct config *config, struct port *port, portset bad,
                         struct notes *warnings, struct config_errors *errors)
{
  static struct forwarding forwarding;
  static struct plan plan;
  struct memory_need need;
  struct eal_request request = {.hugepages = config->hugepages};
  struct notes unsure = {0}; // what captures need that cannot be read is not in the sum
  char why[SENTENCE];

  forwarding_make(&forwarding, config, false);
  plan_make(&plan, config, false);
  bool known = plan_captures(&plan, config, bad, errors);
  if (plan_memory(&plan, config, &forwarding, &need, why, sizeof(why)) != 0) {
    config_error_add(errors, nowhere, "%s", why);
    return;
  }
  eal_ask(&request, &need, bridges_bytes(config, plan.n_cores));
  known = plan_replays(config, port, need.held, &request, warnings, errors) && known;
  check_locked(config, port, bad, eal_locked(&request), errors);
  if (!known)
    warnings = &unsure;
  if (eal_choose_memory(&request, warnings, why, sizeof(why)) != 0)
    config_error_add(errors, config->memory_place, "%s", why);
  notes_free(&unsure);
}

void here_check(const struct config *config, struct config_errors *errors, struct notes *warnings)
{
  size_t first = errors->count;
  struct port *port = calloc(CONFIG_PORTS_MAX, sizeof(*port));
  json_t *drivers = drivers_installed();
  if (drivers == NULL)
    config_error_add(errors, nowhere,
                     "DPDK's drivers cannot be looked at in %s; are its packages installed?",
                     drivers_directory());
  portset bad = check_rest(config, drivers, errors);
  if (port != NULL)
    check_memory(config, port, bad, warnings, errors);
  else
    config_error_add(errors, nowhere, "out of memory");
  for (unsigned i = 0; port != NULL && i < config->n_ports; i++)
    port_replay_free(&port[i]);
  free(port);
  json_decref(drivers);
  config_errors_sort(errors, first);
}
