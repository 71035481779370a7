// SPDX-License-Identifier: BSD-3-Clause
// The kernel's interface below a port, made fit for forwarding while the port has it: nothing
// merges frames there, and it hears what is sent to others.
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_errno.h>

#include "host/interface/changes.h"
#include "host/interface/interface.h"
#include "ports/internal.h"
#include "ports/port.h"

bool port_stands_on_interface(const struct port *port)
{
  return port->facts.interface[0] != '\0' && port->info.if_index > 0;
}

// What merges the frames of a connection before a packet socket gets them (ethtool(8)). rx-gro-list
// and rx-udp-gro-forwarding are ways of rx-gro.
static void stop_merging(const struct port *port, struct notes *warnings)
{
  static const char *const features[] = {"rx-gro", "rx-gro-hw", "rx-lro"};
  for (unsigned i = 0; i < RTE_DIM(features); i++) {
    if (interface_feature(port->info.if_index, features[i]) != 1)
      continue;
    int status = changes_make(port->info.if_index, features[i], 0);
    if (status == 0)
      notes_add(warnings,
                "port %s: %s of '%s' is off while platter runs: it merges frames, and what is "
                "merged is not what came in",
                port->config->name, features[i], port->facts.interface);
    else
      notes_add(warnings,
                "port %s: '%s' merges frames, which are dropped or forwarded as one, and platter "
                "cannot switch that off (%s): `ethtool -K %s %s off` does",
                port->config->name, port->facts.interface, rte_strerror(-status),
                port->facts.interface, features[i]);
  }
}

// The kernel at the other end of a veth pair hands over segments of up to 64 KB, with checksums
// that are left to a NIC; there is none.
static void look_at_veth(const struct port *port, struct notes *warnings)
{
  const char *name = port->config->name, *interface = port->facts.interface;
  char peer[IF_NAMESIZE];
  int found = interface_veth_peer(port->info.if_index, peer);
  if (found < 0 || (found > 0 && interface_feature(found, "tx-checksum-ip-generic") == 0))
    return;
  if (found > 0)
    notes_add(warnings,
              "port %s: the other end of '%s' leaves checksums and segments to a NIC that is not "
              "there, and TCP over it fails: `ethtool -K %s tx off` mends that",
              name, interface, peer);
  else
    notes_add(warnings,
              "port %s: the other end of '%s' is in another network namespace: if it leaves "
              "checksums and segments to a NIC, TCP over it fails; `ethtool -K INTERFACE tx off` "
              "there mends that",
              name, interface);
}

void port_take_interface(const struct port *port, struct notes *warnings)
{
  if (!port_stands_on_interface(port))
    return;
  stop_merging(port, warnings);
  if (port->facts.special->partial_checksums)
    look_at_veth(port, warnings);
}

// Starting the device has switched off what was on.
int port_hear_all(struct port *port)
{
  if (port->was_promiscuous)
    interface_set_promiscuous(port->info.if_index, true);
  if (!port->config->promiscuous)
    return 0;
  int fd = packet_socket_hear_all(port->info.if_index);
  if (fd < 0)
    return fd;
  port->hears_all = true;
  port->membership = fd;
  return 0;
}

void port_give_interface_back(struct port *port)
{
  if (port->hears_all)
    close(port->membership);
  port->hears_all = false;
  if (port_stands_on_interface(port))
    changes_undo(port->info.if_index, NULL);
}
