// SPDX-License-Identifier: BSD-3-Clause
// Decisions are link_follow's; here they are carried out, after each reading of the links. A port
// points at the one that it follows while it is held, and its driver's word does not count until it
// is let go. Control thread.
#include "ports/wires.h"

#include <rte_errno.h>

// Every NIC whose link can be taken down can be told to be up, so this finds out which can.
static void prepare(struct port *port, const struct port *other, struct notes *warnings)
{
  int status = port_set_link(port, true);
  port->link_fixed = status != 0;
  if (status != 0)
    notes_add(warnings,
              "port %s: link_follow: '%s' has no link that platter can take down (%s): it stays up "
              "when %s loses its own",
              port->config->name, port->device, rte_strerror(-status), other->config->name);
}

void wires_start(struct wires *wires, const struct config *config, struct port *ports,
                 struct notes *warnings, double now)
{
  for (unsigned i = 0; i < config->n_forward; i++) {
    const struct config_forward *entry = &config->forward[i];
    if (!entry->link_follow)
      continue;
    struct wire *wire = &wires->wire[wires->n++];
    for (unsigned side = 0; side < 2; side++)
      wire->port[side] = &ports[entry->ports[side]];
    for (unsigned side = 0; side < 2; side++)
      prepare(wire->port[side], wire->port[1 - side], warnings);
    link_follow_start(&wire->follow, now);
  }
}

// Makes a port what was decided, where it is not so yet.
static void settle(struct port *port, const struct port *other, bool hold)
{
  if (!port->started || port->link_fixed || hold == (port->follows != NULL) ||
      port_set_link(port, !hold) != 0)
    return;
  port->follows = hold ? other : NULL;
  port->times_held += hold;
}

void wires_update(struct wires *wires, double now)
{
  for (unsigned i = 0; i < wires->n; i++) {
    struct wire *wire = &wires->wire[i];
    const bool up[2] = {port_link_up(wire->port[0]), port_link_up(wire->port[1])};
    int held = link_follow_step(&wire->follow, up, now);
    for (int side = 0; side < 2; side++)
      settle(wire->port[side], wire->port[1 - side], held == side);
  }
}

void wires_stop(struct wires *wires)
{
  for (unsigned i = 0; i < wires->n; i++)
    for (unsigned side = 0; side < 2; side++)
      settle(wires->wire[i].port[side], NULL, false);
  wires->n = 0;
}
