// SPDX-License-Identifier: BSD-3-Clause
// What a port's device has lost before a worker could poll it. Drivers mostly know; where one does
// not, the kernel is asked; where nobody knows, that is said.
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "host/interface/interface.h"
#include "ports/internal.h"
#include "ports/port.h"

void port_find_losses(struct port *port)
{
  port->lost = 0;
  port->made[0] = '\0';
  port->sockets.n = 0;
  if (port->facts.special->losses == LOSSES_BY_SOCKET)
    packet_sockets_find(&port->sockets, port->info.if_index);
  if (port->facts.special->losses == LOSSES_BY_KERNEL)
    if_indextoname(port->info.if_index, port->made);
}

// An interface that was moved to another namespace cannot be asked; a number is good in one only.
static bool ask_kernel(struct port *port)
{
  char name[IF_NAMESIZE];
  return if_indextoname(port->info.if_index, name) != NULL && strcmp(name, port->made) == 0 &&
         interface_undelivered(name, &port->lost);
}

void port_read_losses(struct port *port)
{
  bool known = true;
  switch (port->facts.special->losses) {
  case LOSSES_NONE:
  case LOSSES_BY_DRIVER:
    break;
  case LOSSES_BY_SOCKET:
    port->lost += packet_sockets_lost(&port->sockets);
    known = port->sockets.n > 0;
    break;
  case LOSSES_BY_KERNEL:
    known = ask_kernel(port);
    break;
  case LOSSES_NOT_COUNTED:
    known = port->stats.imissed > 0;
    break;
  }
  port->losses_known = known;
  port->stats.imissed += port->lost;
}
