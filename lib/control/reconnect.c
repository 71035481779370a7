// SPDX-License-Identifier: BSD-3-Clause
#include "control/reconnect.h"

#include <string.h>

#include <unistd.h>

#include <rte_ethdev.h>
#include <rte_log.h>

#include "control/appliance_internal.h"
#include "control/memif.h"
#include "control/peer_socket.h"

static const double PATIENCE = 2; // seconds that a connection gets to come about

static void stop_knocking(struct reconnect *reconnect)
{
  if (reconnect->knocks)
    close(reconnect->fd);
  reconnect->knocks = false;
}

// A server that is being asked too much, or stopped, may take its time to greet; control does not.
static bool server_answers(struct reconnect *reconnect, const struct port *port)
{
  const char *comma = strchr(port->device, ',');
  if (!reconnect->knocks) {
    reconnect->fd = peer_socket_knock(port->facts.driver, comma != NULL ? comma + 1 : "");
    reconnect->knocks = reconnect->fd >= 0;
  }
  enum peer_answer answer = reconnect->knocks ? peer_socket_answer(reconnect->fd) : PEER_HAS_GONE;
  if (answer != PEER_SAYS_NOTHING)
    stop_knocking(reconnect);
  return answer == PEER_ANSWERS;
}

// Stops and starts the port. Where it does not start, because the server has just gone again, it
// stays away from the workers until the next time.
static void connect_again(struct appliance *a, unsigned number)
{
  struct port *port = &a->port[number];
  uint64_t detachment = datapath_detach(&a->datapath, number);
  if (datapath_detached(&a->datapath, detachment) &&
      (!memif_stop(port->id) || rte_eth_dev_start(port->id) != 0))
    return;
  struct datapath_device device = port_device(port);
  datapath_attach(&a->datapath, number, &device);
}

static void update(struct appliance *a, unsigned number, double now)
{
  struct port *port = &a->port[number];
  struct reconnect *reconnect = &a->reconnect[number];
  if (!port_is_memif(port) || !port->started || port->link.link_status == RTE_ETH_LINK_UP) {
    stop_knocking(reconnect);
    reconnect->next = 0;
    return;
  }
  if (reconnect->next == 0)
    reconnect->next = now + PATIENCE;
  if (!reconnect->knocks && now < reconnect->next)
    return;
  reconnect->next = now + PATIENCE;
  if (server_answers(reconnect, port))
    connect_again(a, number);
}

void reconnect_update(struct appliance *a, double now)
{
  for (unsigned i = 0; a->running && i < a->config->n_ports; i++)
    update(a, i, now);
}

void reconnect_stop(struct appliance *a)
{
  for (unsigned i = 0; i < CONFIG_PORTS_MAX; i++)
    stop_knocking(&a->reconnect[i]);
}
