// SPDX-License-Identifier: BSD-3-Clause
#include "control/reconnect.h"

#include <string.h>

#include <rte_ethdev.h>
#include <rte_log.h>

#include "control/appliance_internal.h"
#include "control/memif.h"
#include "control/peer_socket.h"

static const double PATIENCE = 2; // seconds that a connection gets to come about

static bool server_answers(const struct port *port)
{
  const char *comma = strchr(port->device, ',');
  return peer_socket_answers(port->facts.driver, comma != NULL ? comma + 1 : "");
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
  datapath_attach(&a->datapath, number, port->id);
}

void reconnect_update(struct appliance *a, double now)
{
  for (unsigned i = 0; a->running && i < a->config->n_ports; i++) {
    struct port *port = &a->port[i];
    double *next = &a->reconnect[i];
    if (!port_is_memif(port) || !port->started || port->link.link_status == RTE_ETH_LINK_UP) {
      *next = 0;
      continue;
    }
    if (*next == 0)
      *next = now + PATIENCE;
    if (now < *next)
      continue;
    *next = now + PATIENCE;
    if (server_answers(port))
      connect_again(a, i);
  }
}
