// SPDX-License-Identifier: BSD-3-Clause
// What a device can do, and what of it platter asks for: queues, descriptors, MTU, offloads.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ether.h>

#include "host/interface/changes.h"
#include "ports/internal.h"
#include "ports/port.h"

enum {
  VLAN_TAGS = 8, // two of them may come on top of the MTU
  HASH_KEY_MAX = 64,
};

unsigned port_max_tx_queues(const struct port *port)
{
  unsigned said = port->facts.tx_queues;
  return said > 0 && said < port->info.max_tx_queues ? said : port->info.max_tx_queues;
}

unsigned port_segment(const struct port *port)
{
  unsigned frame = port->config->mtu + RTE_ETHER_HDR_LEN + VLAN_TAGS;
  return frame <= PORT_SEGMENT || port_scatters(port) ? PORT_SEGMENT : frame;
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

// virtio's driver offers tags, too, and changes the frame for that, whoever reads it
// (rte_vlan_insert); so do virtual devices.
static bool nic_handles_tags(const struct port *port)
{
  return port->leave_tags && port->facts.pci &&
         strncmp(port->info.driver_name, "net_virtio", strlen("net_virtio")) != 0;
}

// Of offloads, only those that references need: scattered receive and transmit of many segments,
// and VLAN tags, which else are written into the frame. Never FAST_FREE: a buffer may have other
// readers.
static void set_offloads(struct port *port, unsigned mtu, struct rte_eth_conf *conf)
{
  uint64_t strip = RTE_ETH_RX_OFFLOAD_VLAN_STRIP, insert = RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
  port->strips = nic_handles_tags(port) && (port->info.rx_offload_capa & strip);
  port->inserts = nic_handles_tags(port) && (port->info.tx_offload_capa & insert);
  conf->rxmode.offloads |= port->strips ? strip : 0;
  conf->txmode.offloads |= port->inserts ? insert : 0;

  if (port_segment(port) == PORT_SEGMENT && mtu + RTE_ETHER_HDR_LEN + VLAN_TAGS > PORT_SEGMENT)
    conf->rxmode.offloads |= port->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
  conf->txmode.offloads |= port->info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
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
  // memif's driver says 255, but the client decides at connection how many rings there are, and a
  // queue that got none would read another's: see peers/memif_socket.c.
  unsigned max = port_is_memif(port) ? 1 : port->info.max_rx_queues;
  if (rx_queues > max)
    return fail(error, size, -EINVAL, "ports.%s.rx_queues: %u asked, but '%s' has %u", name,
                rx_queues, port->device, max);
  if (mtu != 0 && (mtu < port->info.min_mtu || mtu > largest_mtu(&port->info)))
    return fail(error, size, -EINVAL, "ports.%s.mtu: %u asked, but '%s' takes %u to %u", name, mtu,
                port->device, port->info.min_mtu, largest_mtu(&port->info));
  return 0;
}

// Some drivers want a transmit queue though nothing leaves, some as many as receive queues.
static int set_queues(struct port *port, unsigned rx_queues, unsigned tx_queues,
                      const struct rte_eth_conf *conf)
{
  port->rx_queues = rx_queues;
  port->tx_queues = tx_queues > 0 ? tx_queues : 1;
  int status = rte_eth_dev_configure(port->id, rx_queues, port->tx_queues, conf);
  if (status == 0 || port->tx_queues >= rx_queues)
    return status;
  port->tx_queues = rx_queues;
  return rte_eth_dev_configure(port->id, rx_queues, port->tx_queues, conf);
}

static uint16_t descriptors(const struct rte_eth_dev_portconf *preferred)
{
  return preferred->ring_size > 0 ? preferred->ring_size : PORT_DESCRIPTORS;
}

static int set_descriptors(struct port *port, char *error, size_t size)
{
  port->receive_descriptors = descriptors(&port->info.default_rxportconf);
  port->transmit_descriptors = descriptors(&port->info.default_txportconf);
  int status = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &port->receive_descriptors,
                                                &port->transmit_descriptors);
  if (status != 0)
    return port_fail(port, status, "no number of descriptors suits it", error, size);
  return 0;
}

static int set_mtu(struct port *port, bool strict, struct notes *warnings, char *error, size_t size)
{
  unsigned mtu = port->config->mtu;
  int status = 0;
  if (mtu != 0 && port_stands_on_interface(port)) // before the driver does, which keeps no record
    status = changes_make(port->info.if_index, "mtu", mtu);
  if (mtu != 0 && status == 0)
    status = rte_eth_dev_set_mtu(port->id, mtu);
  if (status != 0 && status != -ENOTSUP && strict)
    return port_fail(port, status, "cannot set the MTU", error, size);
  if (status == -ENOTSUP && strict)
    notes_add(warnings, "port %s: '%s' has no MTU to set; what the device takes, it takes",
              port->config->name, port->device);
  return rte_eth_dev_get_mtu(port->id, &port->mtu);
}

int port_configure(struct port *port, unsigned rx_queues, unsigned tx_queues, bool strict,
                   struct notes *warnings, char *error, size_t size)
{
  struct rte_eth_conf conf = {0};
  unsigned mtu = port->config->mtu;
  int status = check_limits(port, rx_queues, strict ? mtu : 0, error, size);
  if (status == 0 &&
      port_is_vhost(port)) // makes its socket now, and takes another port's for its own
    status = port_prepare_socket(port, error, size);
  if (status != 0)
    return status;

  if (mtu != 0 && mtu >= port->info.min_mtu && mtu <= port->info.max_mtu)
    conf.rxmode.mtu = mtu;
  set_offloads(port, mtu, &conf);
  if (rx_queues > 1)
    set_receive_side_scaling(port, &conf);
  // A NIC is asked: with its link interrupt on, DPDK shows what it said last, and where an
  // interrupt does not come (an e1000 behind vfio-pci in qemu) the link would stay down for ever.
  port->link_events = !port->facts.pci && (*port->info.dev_flags & RTE_ETH_DEV_INTR_LSC);
  conf.intr_conf.lsc = port->link_events;
  status = set_queues(port, rx_queues, tx_queues, &conf);
  if (status != 0)
    return port_fail(port, status, "the device does not take this configuration", error, size);
  if (rx_queues > 1 && conf.rxmode.mq_mode == RTE_ETH_MQ_RX_NONE)
    notes_add(warnings,
              "port %s: '%s' has no receive-side scaling to set; how packets spread over its %u "
              "queues is up to the device",
              port->config->name, port->device, rx_queues);
  status = set_descriptors(port, error, size);
  if (status != 0)
    return status;
  return set_mtu(port, strict, warnings, error, size);
}
