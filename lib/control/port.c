// SPDX-License-Identifier: BSD-3-Clause
#include "control/port.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_bus_pci.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ether.h>

#include "control/eal.h"
#include "control/interface.h"
#include "control/memif.h"

enum {

  VLAN_TAGS = 8, // two of them may come on top of the MTU
  HASH_KEY_MAX = 64,
};

// A failing driver's own reason, in brackets, or nothing.
static const char *drivers_words(char *text, size_t size)
{
  const char *words = eal_words();
  snprintf(text, size, *words != '\0' ? " (DPDK says: %s)" : "%s", words);
  return text;
}

// fail() for a port: "ports.NAME: WHAT (DPDK says: …)".
static int port_fail(const struct port *port, int code, const char *what, char *error, size_t size)
{
  char words[300];
  return fail(error, size, code, "ports.%s.device: '%s': %s: %s%s", port->config->name,
              port->device, what, rte_strerror(-code), drivers_words(words, sizeof(words)));
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

int port_probe(struct port *port, char *error, size_t size)
{
  const char *name = port->config->name;
  int status = 0;

  eal_words(); // what was logged before is not about this port
  if (!device_facts(port->device, &port->facts))
    return fail(error, size, -EINVAL, "ports.%s.device: '%s' is no PCI address and no vdev", name,
                port->device);
  memif_remove_stale_socket(port->device);
  if (!port->facts.pci) // PCI devices were probed when EAL started, from its allow-list
    status = rte_dev_probe(port->device);
  if (status != 0)
    return probe_fail(port, status, error, size);
  port->probed = true;
  if (find(port) != 0) {
    port->probed = false;
    return fail(error, size, -ENODEV,
                port->facts.pci
                    ? "ports.%s.device: no port at '%s'; is there a NIC at this address "
                      "(`lspci -D`), and is it bound to vfio-pci (`dpdk-devbind.py -s`)?"
                    : "ports.%s.device: '%s' gave no port",
                name, port->device);
  }
  status = rte_eth_dev_info_get(port->id, &port->info);
  if (status != 0)
    return port_fail(port, status, "the device does not tell what it can do", error, size);
  port->was_promiscuous = interface_promiscuous(port->info.if_index);
  port->node = rte_eth_dev_socket_id(port->id);
  if (port->node < 0 || port->node >= MEMORY_NODES_MAX)
    port->node = 0;
  return 0;
}

unsigned port_max_tx_queues(const struct port *port)
{
  unsigned said = port->facts.tx_queues;
  return said > 0 && said < port->info.max_tx_queues ? said : port->info.max_tx_queues;
}

// Drivers that handle packets of several segments and do not say so (drivers/net/pcap, net/null).
static bool handles_segments(const struct rte_eth_dev_info *info)
{
  return strcmp(info->driver_name, "net_pcap") == 0 || strcmp(info->driver_name, "net_null") == 0;
}

bool port_sends_segments(uint16_t id)
{
  struct rte_eth_dev_info info;
  return rte_eth_dev_info_get(id, &info) == 0 &&
         ((info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) || handles_segments(&info));
}

unsigned port_segment(const struct port *port)
{
  unsigned frame = port->config->mtu + RTE_ETHER_HDR_LEN + VLAN_TAGS;
  bool scatters =
      (port->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) || handles_segments(&port->info);
  return frame <= PORT_SEGMENT || scatters ? PORT_SEGMENT : frame;
}

// Both directions of a connection must come to the same queue: a key whose 16-bit pattern repeats
// makes the Toeplitz hash symmetric (S. Woo and K. Park, "Scalable TCP Session Monitoring with
// Symmetric Receive-side Scaling", KAIST technical report, 2012).
static void set_receive_side_scaling(const struct port *port, struct rte_eth_conf *conf)
{
  static uint8_t key[HASH_KEY_MAX];
  uint64_t fields = port->info.flow_type_rss_offloads &
                    (RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_SCTP);
  if (fields == 0)
    return;
  for (unsigned i = 0; i < HASH_KEY_MAX; i++)
    key[i] = i % 2 == 0 ? 0x6d : 0x5a;
  conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
  conf->rx_adv_conf.rss_conf.rss_hf = fields;
  if (port->info.hash_key_size > 0 && port->info.hash_key_size <= HASH_KEY_MAX) {
    conf->rx_adv_conf.rss_conf.rss_key = key;
    conf->rx_adv_conf.rss_conf.rss_key_len = port->info.hash_key_size;
  }
}

// Of offloads, only those that references need: scattered receive and transmit of many segments.
// Never FAST_FREE: a buffer may have other readers.
static void set_offloads(const struct port *port, unsigned mtu, struct rte_eth_conf *conf)
{
  if (port_segment(port) == PORT_SEGMENT && mtu + RTE_ETHER_HDR_LEN + VLAN_TAGS > PORT_SEGMENT)
    conf->rxmode.offloads |= port->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
  conf->txmode.offloads |= port->info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
}

static int link_event(uint16_t id, enum rte_eth_event_type type, void *arg, void *ret)
{
  struct port *port = arg;
  __atomic_store_n(&port->link_changes, port->link_changes + 1, __ATOMIC_RELAXED);
  return 0;
}

// The device's limit for frames counts, too: a driver may state one and leave max_mtu open.
static unsigned largest_mtu(const struct rte_eth_dev_info *info)
{
  unsigned overhead = RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN;
  if (info->max_mtu != UINT16_MAX || info->max_rx_pktlen <= overhead)
    return info->max_mtu;
  return RTE_MIN(info->max_rx_pktlen - overhead, (unsigned)UINT16_MAX);
}

static int check_limits(const struct port *port, unsigned rx_queues, unsigned mtu, char *error,
                        size_t size)
{
  const char *name = port->config->name;
  if (rx_queues > port->info.max_rx_queues)
    return fail(error, size, -EINVAL, "ports.%s.rx_queues: %u asked, but '%s' has %u", name,
                rx_queues, port->device, port->info.max_rx_queues);
  if (mtu != 0 && (mtu < port->info.min_mtu || mtu > largest_mtu(&port->info)))
    return fail(error, size, -EINVAL, "ports.%s.mtu: %u asked, but '%s' takes %u to %u", name, mtu,
                port->device, port->info.min_mtu, largest_mtu(&port->info));
  return 0;
}

int port_configure(struct port *port, unsigned rx_queues, unsigned tx_queues, bool strict,
                   struct notes *warnings, char *error, size_t size)
{
  struct rte_eth_conf conf = {0};
  unsigned mtu = port->config->mtu;
  int status = check_limits(port, rx_queues, strict ? mtu : 0, error, size);
  if (status != 0)
    return status;

  if (mtu != 0 && mtu >= port->info.min_mtu && mtu <= port->info.max_mtu)
    conf.rxmode.mtu = mtu;
  set_offloads(port, mtu, &conf);
  if (rx_queues > 1)
    set_receive_side_scaling(port, &conf);
  port->link_events = *port->info.dev_flags & RTE_ETH_DEV_INTR_LSC;
  conf.intr_conf.lsc = port->link_events;
  // Some drivers want a transmit queue though nothing leaves, some as many as receive queues.
  port->rx_queues = rx_queues;
  port->tx_queues = tx_queues > 0 ? tx_queues : 1;
  status = rte_eth_dev_configure(port->id, rx_queues, port->tx_queues, &conf);
  if (status != 0 && port->tx_queues < rx_queues) {
    port->tx_queues = rx_queues;
    status = rte_eth_dev_configure(port->id, rx_queues, port->tx_queues, &conf);
  }
  if (status != 0)
    return port_fail(port, status, "the device does not take this configuration", error, size);
  if (rx_queues > 1 && conf.rxmode.mq_mode == RTE_ETH_MQ_RX_NONE)
    notes_add(warnings,
              "port %s: '%s' has no receive-side scaling to set; how packets spread over its %u "
              "queues is up to the device",
              port->config->name, port->device, rx_queues);

  port->receive_descriptors = port->info.default_rxportconf.ring_size > 0
                                  ? port->info.default_rxportconf.ring_size
                                  : PORT_DESCRIPTORS;
  port->transmit_descriptors = port->info.default_txportconf.ring_size > 0
                                   ? port->info.default_txportconf.ring_size
                                   : PORT_DESCRIPTORS;
  status = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &port->receive_descriptors,
                                            &port->transmit_descriptors);
  if (status != 0)
    return port_fail(port, status, "no number of descriptors suits it", error, size);
  if (mtu != 0) {
    status = rte_eth_dev_set_mtu(port->id, mtu);
    if (status != 0 && status != -ENOTSUP && strict)
      return port_fail(port, status, "cannot set the MTU", error, size);
    if (status == -ENOTSUP && strict)
      notes_add(warnings, "port %s: '%s' has no MTU to set; what the device takes, it takes",
                port->config->name, port->device);
  }
  return rte_eth_dev_get_mtu(port->id, &port->mtu);
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

int port_start(struct port *port, struct memory *memory, struct notes *warnings, char *error,
               size_t size)
{
  struct rte_mempool *frames = memory_pool(memory, port->node)->frames;
  int status = 0;

  eal_words();
  unsigned available = rte_mempool_avail_count(frames);
  for (unsigned q = 0; q < port->rx_queues && status == 0; q++)
    status =
        rte_eth_rx_queue_setup(port->id, q, port->receive_descriptors, port->node, NULL, frames);
  port->kept = port->facts.keeps_mbufs ? available - rte_mempool_avail_count(frames) : 0;
  if (status != 0)
    return port_fail(port, status, "cannot set up its receive queues", error, size);
  for (unsigned q = 0; q < port->tx_queues && status == 0; q++)
    status = rte_eth_tx_queue_setup(port->id, q, port->transmit_descriptors, port->node, NULL);
  if (status != 0)
    return port_fail(port, status, "cannot set up its transmit queues", error, size);
  if (port->link_events)
    rte_eth_dev_callback_register(port->id, RTE_ETH_EVENT_INTR_LSC, link_event, port);
  status = rte_eth_dev_start(port->id);
  if (status != 0)
    return port_fail(port, status, "does not start", error, size);
  port->started = true;
  if (port->config->promiscuous) {
    status = rte_eth_promiscuous_enable(port->id);
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
  unsigned before = port->link.link_status;
  read_link(port);
  if (!port->link_events && port->link.link_status != before)
    port->link_changes++;
}

void port_reclaim(const struct port *port)
{
  for (unsigned q = 0; port->started && q < port->tx_queues; q++)
    rte_eth_tx_burst(port->id, q, NULL, 0);
}

// Starting a device sets its promiscuous mode, on or off, and some drivers do that to an interface
// of the kernel's, which would stay so.
static void restore_promiscuity(const struct port *port)
{
  if (port->info.if_index == 0 || port->was_promiscuous == (rte_eth_promiscuous_get(port->id) == 1))
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

void port_stop(struct port *port)
{
  if (!port->probed)
    return;
  if (port->link_events)
    rte_eth_dev_callback_unregister(port->id, RTE_ETH_EVENT_INTR_LSC, link_event, port);
  if (!port->started)
    return;
  port_update(port);
  empty_rings(port);
  restore_promiscuity(port);
  rte_eth_dev_stop(port->id);
  port->started = false;
}

void port_close(struct port *port)
{
  port_stop(port);
  if (port->probed)
    rte_eth_dev_close(port->id);
  port->probed = false;
}

bool port_is_memif(const struct port *port)
{
  return port->probed && strcmp(port->info.driver_name, "net_memif") == 0;
}
