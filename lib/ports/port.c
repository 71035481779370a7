// SPDX-License-Identifier: BSD-3-Clause
// A port takes these steps: port_check (before EAL), port_probe, port_configure (configure.c),
// port_start; port_update again and again; port_stop, port_close. If its device goes in between,
// absence.c lets go of it, and hotplug.c takes the steps once more when it is back.
//
// The control thread owns struct port and runs everything here. The callbacks that drivers call
// (link_event below, and those in absence.c) run on EAL's interrupt thread or on one of the
// driver's own, and write link_changes and leaving alone. Workers never see a struct port: what
// they need of its device is a struct datapath_device (limits.c).
#include "ports/port.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <rte_bus_pci.h>
#include <rte_dev.h>
#include <rte_errno.h>

#include "base/clock.h"
#include "host/eal_log.h"
#include "host/interface/changes.h"
#include "host/interface/interface.h"
#include "host/interface/take.h"
#include "host/pci.h"
#include "ports/internal.h"
#include "ports/output.h"
#include "ports/peers/memif.h"
#include "ports/peers/memif_socket.h"
#include "ports/peers/messages.h"
#include "ports/peers/shared_memory.h"
#include "ports/peers/socket.h"
#include "ports/replay.h"

// A failing driver's own reason, in brackets, or nothing.
static const char *drivers_words(char *text, size_t size)
{
  const char *words = eal_words();
  snprintf(text, size, *words != '\0' ? " (DPDK says: %s)" : "%s", words);
  return text;
}

int port_fail(const struct port *port, int code, const char *what, char *error, size_t size)
{
  char words[300];
  return fail(error, size, code, "ports.%s.device: '%s': %s: %s%s", port->config->name,
              port->device, what, rte_strerror(-code), drivers_words(words, sizeof(words)));
}

// Of its device string.
static const char *arguments(const struct port *port)
{
  const char *comma = strchr(port->device, ',');
  return comma != NULL ? comma + 1 : "";
}

int port_prepare_socket(const struct port *port, char *error, size_t size)
{
  char why[300];
  peer_messages_begin();
  int status = peer_socket_prepare(port->facts.driver, arguments(port), why, sizeof(why));
  if (status != 0)
    return fail(error, size, status, "ports.%s.device: '%s': %s", port->config->name, port->device,
                why);
  return 0;
}

static int find(struct port *port)
{
  struct rte_dev_iterator iterator;
  if (rte_eth_dev_get_port_by_name(port->facts.name, &port->id) == 0)
    return 0;
  // A device whose driver gives its ports other names than its own.
  if (rte_eth_iterator_init(&iterator, port->device) != 0)
    return -ENODEV;
  port->id = rte_eth_iterator_next(&iterator);
  rte_eth_iterator_cleanup(&iterator);
  return port->id < RTE_MAX_ETHPORTS ? 0 : -ENODEV;
}

// The codes of rte_dev_probe say little: drivers return -1 for most that can go wrong, which would
// read as missing privileges, and the bus -EFAULT for a name that no driver has.
static int probe_fail(const struct port *port, int code, char *error, size_t size)
{
  char words[300];
  const char *what = code == -EFAULT ? "DPDK has no driver of this name" : "the driver refuses it";
  drivers_words(words, sizeof(words));
  if (*words == '\0' && code != -EFAULT)
    what = "the driver refuses it; are its arguments right?";
  return fail(error, size, code, "ports.%s.device: '%s': %s%s", port->config->name, port->device,
              what, words);
}

int port_check(const struct port *port, uint64_t bytes, char *error, size_t size)
{
  char why[600];
  struct pci_view here = pci_view_here();
  int status = port->facts.pci ? pci_check(&here, port->facts.name, bytes, why, sizeof(why)) : 0;
  if (status != 0)
    fail(error, size, status, "ports.%s.device: '%s': %s", port->config->name, port->device, why);
  return status;
}

static int no_port(const struct port *port, char *error, size_t size)
{
  char why[600] = "it gave no port", words[300];
  struct pci_view here = pci_view_here();
  int status = -ENODEV;
  if (port->facts.pci)
    status = pci_trouble(&here, port->facts.name, why, sizeof(why));
  return fail(error, size, status, "ports.%s.device: '%s': %s%s", port->config->name, port->device,
              why, drivers_words(words, sizeof(words)));
}

// What was probed as the port. Where it is of no use it is let go again: the next try would find it
// there, and taken.
static int take_up(struct port *port, char *error, size_t size)
{
  int status = find(port);
  if (status != 0) {
    status = no_port(port, error, size);
    if (port->absent)
      port_remove_device(port);
    return status;
  }
  status = rte_eth_dev_info_get(port->id, &port->info);
  if (status != 0) {
    rte_eth_dev_close(port->id);
    port_remove_device(port);
    return port_fail(port, status, "the device does not tell what it can do", error, size);
  }
  port->probed = true;
  port->absent = false;
  return 0;
}

static int take_interface(const struct port *port, char *error, size_t size)
{
  char why[512];
  const char *interface = port->facts.interface;
  if (*interface == '\0')
    return 0;
  int status = interface_check(interface, why, sizeof(why));
  if (status == 0)
    status = interface_take(interface, why, sizeof(why));
  if (status != 0)
    fail(error, size, status, "ports.%s.device: '%s': %s", port->config->name, port->device, why);
  return status;
}

int port_probe(struct port *port, char *error, size_t size)
{
  const char *name = port->config->name;
  char text[REPLAY_PATH_MAX + 128];
  const char *device = port_replay_device(port, text, sizeof(text));
  int status = 0;

  if (!port->facts.pci || port->absent)
    eal_words(); // what was logged before is not about this port
  if (!device_facts(port->device, &port->facts))
    return fail(error, size, -EINVAL, "ports.%s.device: '%s' is no PCI address and no vdev", name,
                port->device);
  if (port->replay_plan != NULL)
    snprintf(port->facts.name, sizeof(port->facts.name), "%.*s", (int)strcspn(device, ","), device);
  status = port_prepare_socket(port, error, size);
  if (status == 0)
    status = take_interface(port, error, size);
  if (status == 0)
    status = port_output_open(port, &device, error, size);
  if (status != 0)
    return status;
  if (!port->facts.pci || port->absent) // EAL has probed its allow-list when it started
    status = rte_dev_probe(device);
  if (status != 0)
    return port->facts.pci ? no_port(port, error, size) : probe_fail(port, status, error, size);
  status = take_up(port, error, size);
  if (status != 0)
    return status;
  if (port->facts.pci)
    device_is_nic(&port->facts, port->info.driver_name);
  port->sender = port->facts.sender[0] != '\0' ? if_nametoindex(port->facts.sender) : 0;
  port_find_losses(port);
  port->was_promiscuous = interface_promiscuous(port->info.if_index);
  port->node = rte_eth_dev_socket_id(port->id);
  if (port->node < 0 || port->node >= MEMORY_NODES_MAX)
    port->node = 0;
  return 0;
}

static int link_event(uint16_t id, enum rte_eth_event_type type, void *arg, void *ret)
{
  struct port *port = arg;
  __atomic_store_n(&port->link_changes, port->link_changes + 1, __ATOMIC_RELAXED);
  if (port_is_vhost(port))
    shared_memory_peer_changes();
  return 0;
}

// A driver with events keeps the link's state up to date by itself: this reads what it keeps. One
// without, on an interface of the kernel's, says "up" whatever happens there.
static void read_link(struct port *port)
{
  port->link.link_status = RTE_ETH_LINK_DOWN;
  if (rte_eth_link_get_nowait(port->id, &port->link) != 0 ||
      (!port->link_events && port->info.if_index > 0 && !interface_running(port->info.if_index)))
    port->link.link_status = RTE_ETH_LINK_DOWN;
}

// What is taken down is given back when platter was killed.
static int set_interface_link(const struct port *port, bool up)
{
  if (!up)
    return changes_make(port->info.if_index, "up", false);
  changes_undo(port->info.if_index, "up");
  return interface_set_up(port->info.if_index, true);
}

int port_set_link(const struct port *port, bool up)
{
  int status = up ? rte_eth_dev_set_link_up(port->id) : rte_eth_dev_set_link_down(port->id);
  if (status == -ENOTSUP && port->info.if_index > 0)
    status = set_interface_link(port, up);
  return status;
}

int port_start(struct port *port, struct memory *memory, struct notes *warnings, char *error,
               size_t size)
{
  struct rte_mempool *frames = memory_pool(memory, port->node)->frames;
  int status = 0;

  eal_words();
  port->room = rte_pktmbuf_data_room_size(frames) - RTE_PKTMBUF_HEADROOM;
  unsigned available = rte_mempool_avail_count(frames);
  for (unsigned q = 0; q < port->rx_queues && status == 0; q++)
    status =
        rte_eth_rx_queue_setup(port->id, q, port->receive_descriptors, port->node, NULL, frames);
  port->kept = port->facts.special->keeps_mbufs ? available - rte_mempool_avail_count(frames) : 0;
  if (status != 0)
    return port_fail(port, status, "cannot set up its receive queues", error, size);
  status = port_replay_open(port, error, size);
  if (status != 0)
    return status;
  for (unsigned q = 0; q < port->tx_queues && status == 0; q++)
    status = rte_eth_tx_queue_setup(port->id, q, port->transmit_descriptors, port->node, NULL);
  if (status != 0)
    return port_fail(port, status, "cannot set up its transmit queues", error, size);
  if (port->link_events)
    rte_eth_dev_callback_register(port->id, RTE_ETH_EVENT_INTR_LSC, link_event, port);
  port_listen(port);
  if (port_is_memif(port))
    memif_socket_announce(port->config->name, arguments(port));
  port_take_interface(port, warnings);
  status = rte_eth_dev_start(port->id);
  if (status != 0)
    return port_fail(port, status, "does not start", error, size);
  port->started = true;
  if (port_stands_on_interface(port))
    status = port_hear_all(port);
  else if (port->config->promiscuous)
    status = rte_eth_promiscuous_enable(port->id);
  if (port->config->promiscuous) {
    if (status != 0 && status != -ENOTSUP)
      notes_add(warnings,
                "port %s: '%s' does not become promiscuous (%s): it may receive only "
                "what is sent to its own address",
                port->config->name, port->device, rte_strerror(-status));
  }
  read_link(port);
  return 0;
}

void port_update(struct port *port)
{
  if (!port->started)
    return;
  rte_eth_stats_get(port->id, &port->stats);
  if (port->facts.special->counts_refusals)
    port->stats.oerrors = 0;
  port_read_losses(port);
  unsigned before = port->link.link_status;
  read_link(port);
  if (!port->link_events && port->link.link_status != before)
    port->link_changes++;
}

// Starting a device sets its promiscuous mode, on or off, and some drivers do that to an interface
// of the kernel's, which would stay so.
static void restore_promiscuity(const struct port *port)
{
  if (port->info.if_index == 0 || port_stands_on_interface(port) ||
      port->was_promiscuous == (rte_eth_promiscuous_get(port->id) == 1))
    return;
  if (port->was_promiscuous)
    rte_eth_promiscuous_enable(port->id);
  else
    rte_eth_promiscuous_disable(port->id);
}

// net_ring stops with mbufs in its rings and does not free them (drivers/net/ring,
// eth_dev_close). Ends, because nobody sends any more.
static void empty_rings(const struct port *port)
{
  struct rte_mbuf *packets[32];
  unsigned n;
  if (strcmp(port->info.driver_name, "net_ring") != 0)
    return;
  for (unsigned q = 0; q < port->rx_queues; q++)
    while ((n = rte_eth_rx_burst(port->id, q, packets, RTE_DIM(packets))) > 0)
      rte_pktmbuf_free_bulk(packets, n);
}

// The callback holds `port`: it may be running, on the interrupt thread.
static void forget_link_events(struct port *port)
{
  for (unsigned i = 0; port->link_events && i < PORT_CALLBACK_TIMEOUT; i++) {
    if (rte_eth_dev_callback_unregister(port->id, RTE_ETH_EVENT_INTR_LSC, link_event, port) !=
        -EAGAIN)
      return;
    clock_rest(0.001);
  }
}

void port_stop(struct port *port)
{
  if (!port->probed)
    return;
  port_replay_detach(port);
  forget_link_events(port);
  port_listen_no_more(port);
  port->follows = NULL;
  if (!port->started)
    return;
  port_update(port);
  empty_rings(port);
  restore_promiscuity(port);
  if (!port_is_memif(port))
    rte_eth_dev_stop(port->id);
  else if (!memif_stop(port->id))
    port->probed = false; // cannot be closed either: it goes with the process
  port->started = false;
}

void port_close(struct port *port)
{
  port_stop(port);
  if (port->probed)
    rte_eth_dev_close(port->id);
  port->probed = false;
  port_give_interface_back(port);
}

bool port_is_memif(const struct port *port)
{
  return port->probed && strcmp(port->info.driver_name, "net_memif") == 0;
}

bool port_is_vhost(const struct port *port)
{
  return port->probed && strcmp(port->info.driver_name, "net_vhost") == 0;
}
