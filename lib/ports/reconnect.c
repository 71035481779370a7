// SPDX-License-Identifier: BSD-3-Clause
// Whether a server is there again is found by a connection of platter's own, which is looked at
// without waiting, at each update. The port is stopped and started only when it greets.
#include "ports/reconnect.h"

#include <string.h>

#include <unistd.h>

#include <rte_ethdev.h>
#include <rte_log.h>

#include "ports/peers/memif.h"
#include "ports/peers/socket.h"

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
static void connect_again(struct port *port, unsigned number, struct datapath *datapath)
{
  uint64_t detachment = datapath_detach(datapath, number);
  if (datapath_detached(datapath, detachment) &&
      (!memif_stop(port->id) || rte_eth_dev_start(port->id) != 0))
    return;
  struct datapath_device device = port_device(port);
  datapath_attach(datapath, number, &device);
}

static void update(struct reconnect *reconnect, struct port *port, unsigned number,
                   struct datapath *datapath, double now)
{
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
    connect_again(port, number, datapath);
}

void reconnect_update(struct reconnect *states, struct port *ports, unsigned n,
                      struct datapath *datapath, double now)
{
  for (unsigned i = 0; i < n; i++)
    update(&states[i], &ports[i], i, datapath, now);
}

void reconnect_stop(struct reconnect *states, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    stop_knocking(&states[i]);
}
