// SPDX-License-Identifier: BSD-3-Clause
// Devices that go while platter runs, and come back.
//
// A NIC bound to vfio-pci: the kernel asks for it and waits until it is let go; DPDK's interrupt
// thread hears that (drivers/bus/pci/linux/pci_vfio.c, pci_vfio_req_handler). A NIC that keeps its
// kernel driver says it by an event of its port. An interface of the kernel's is just not there any
// more. What is there again is found by looking.
#define ALLOW_EXPERIMENTAL_API // rte_dev_event_callback_register, in DPDK since 18.05
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>

#include "base/clock.h"
#include "ports/internal.h"
#include "ports/port.h"

static int removal_event(uint16_t id, enum rte_eth_event_type type, void *arg, void *ret)
{
  struct port *port = arg;
  __atomic_store_n(&port->leaving, true, __ATOMIC_RELAXED);
  return 0;
}

static void device_event(const char *name, enum rte_dev_event_type type, void *arg)
{
  struct port *port = arg;
  if (type == RTE_DEV_EVENT_REMOVE)
    __atomic_store_n(&port->leaving, true, __ATOMIC_RELAXED);
}

void port_listen(struct port *port)
{
  port->leaving = false;
  if (!port->facts.pci)
    return;
  rte_eth_dev_callback_register(port->id, RTE_ETH_EVENT_INTR_RMV, removal_event, port);
  rte_dev_event_callback_register(port->facts.name, device_event, port);
}

static bool is_called(struct port *port)
{
  int event =
      rte_eth_dev_callback_unregister(port->id, RTE_ETH_EVENT_INTR_RMV, removal_event, port);
  int device = rte_dev_event_callback_unregister(port->facts.name, device_event, port);
  return event == -EAGAIN || device == -EAGAIN;
}

// The callbacks hold `port`: one may be running.
void port_listen_no_more(struct port *port)
{
  for (unsigned i = 0; port->facts.pci && i < PORT_CALLBACK_TIMEOUT && is_called(port); i++)
    clock_rest(0.001);
}

// A driver that keeps mbufs would have the pool empty some day.
static bool has_interface(const struct port *port)
{
  return port->facts.interface[0] != '\0' && !port->facts.special->keeps_mbufs;
}

// The name is another interface's, or nobody's. What cannot be asked, for want of a socket, is
// there.
static bool interface_gone(const struct port *port)
{
  unsigned index = if_nametoindex(port->facts.interface);
  return index != 0 ? index != port->info.if_index : errno == ENODEV;
}

bool port_leaves(const struct port *port)
{
  if (!port->started)
    return false;
  if (has_interface(port) && interface_gone(port))
    return true;
  return __atomic_load_n(&port->leaving, __ATOMIC_RELAXED);
}

static void add(struct rte_eth_stats *sum, const struct rte_eth_stats *stats)
{
  sum->ibytes += stats->ibytes;
  sum->obytes += stats->obytes;
  sum->imissed += stats->imissed;
  sum->rx_nombuf += stats->rx_nombuf;
  sum->ierrors += stats->ierrors;
  sum->oerrors += stats->oerrors;
}

void port_remove_device(const struct port *port)
{
  rte_eal_hotplug_remove(port->facts.pci ? "pci" : "vdev", port->facts.name);
}

void port_discard(struct port *port)
{
  port_close(port);
  port_remove_device(port);
}

void port_remove(struct port *port)
{
  port_discard(port);
  add(&port->former, &port->stats);
  port->stats = (struct rte_eth_stats){0};
  port->link = (struct rte_eth_link){0};
  port->absent = true;
  port->absences++;
}

bool port_returns(const struct port *port)
{
  if (!port->absent)
    return false;
  if (!port->facts.pci)
    return if_nametoindex(port->facts.interface) != 0;
  char path[128];
  snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", port->facts.name);
  return access(path, F_OK) == 0;
}

struct rte_eth_stats port_stats(const struct port *port)
{
  struct rte_eth_stats sum = port->stats;
  add(&sum, &port->former);
  return sum;
}
