// SPDX-License-Identifier: BSD-3-Clause
// The vdev bus gives a device to the driver whose name, or alias, its name begins with
// (drivers/bus/vdev/vdev.c, vdev_parse), and so does the search here. Numbers of queues are what
// rte_eth_dev_info_get reports as max_tx_queues; the source of each row, below drivers/net of DPDK
// 22.11, stands above it.
#include "ports/device/driver.h"

#include <stddef.h>
#include <string.h>

#include "ports/device/arguments.h"

#define COPIES_BOTH    "on receive and transmit"
#define COPIES_NOTHING "nothing"

// pmd_pcap_probe: one queue for `iface`; else one for each transmit argument, files before
// interfaces; else one for each receive argument, whose frames are dropped.
static unsigned pcap_tx_queues(const char *arguments)
{
  if (arguments_count(arguments, "iface") == 1)
    return 1;
  static const char *const kinds[] = {"tx_pcap", "tx_iface", "rx_pcap"};
  for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
    unsigned n = arguments_count(arguments, kinds[i]);
    if (n > 0)
      return n;
  }
  return arguments_count(arguments, "rx_iface") + arguments_count(arguments, "rx_iface_in");
}

// As the driver that it stands on.
static unsigned replay_tx_queues(const char *arguments)
{
  return arguments_count(arguments, "out") > 0 ? 1 : 1024;
}

static const struct driver vdevs[] = {
    // af_packet/rte_eth_af_packet.c: memcpy from and to the kernel's ring in both bursts; a frame
    // on transmit has the slot less TPACKET2_HDRLEN - sizeof(struct sockaddr_ll), and longer ones
    // it frees. On receive the kernel (net/packet/af_packet.c, tpacket_rcv) puts the header behind
    // 66 bytes of the slot, and cuts what is longer than the rest.
    {.name = "net_af_packet",
     .alias = "eth_af_packet",
     .queues_key = "qpairs",
     .queues = 1,
     .copies = COPIES_BOTH,
     .interface_key = "iface",
     .buffer_key = "framesz",
     .buffer = 2048,
     .send_overhead = 32,
     .receive_overhead = 66,
     .partial_checksums = true,
     .losses = LOSSES_BY_SOCKET},
    // af_xdp/rte_eth_af_xdp.c: receive hands out the frame itself; af_xdp_tx_zc copies what is not
    // from the mempool that the queue was set up with, into an mbuf of that pool and without a look
    // at its size. What the kernel does below depends on the NIC. xsk_configure takes
    // XSK_RING_CONS__DEFAULT_NUM_DESCS mbufs for a queue's fill ring, and eth_dev_close forgets
    // them. tx_dropped is nb_pkts less what was taken.
    {.name = "net_af_xdp",
     .queues_key = "queue_count",
     .queues = 1,
     .descriptors = 2048,
     .copies = "on transmit, packets of another memory pool",
     .holds_sent = true,
     .keeps_mbufs = true,
     .interface_key = "iface",
     .room_for_all = true, // nobody looks before the NIC, or the other end of a veth pair
     .one_mbuf = true,
     .partial_checksums = true,
     .losses = LOSSES_BY_DRIVER,
     .counts_refusals = true},
    // bonding/rte_eth_bond_pmd.c: as many queues as the member with the fewest, which are unknown
    // here; what is copied is up to the members.
    {.name = "net_bonding", .alias = "eth_bond", .holds_sent = true},
    // memif/rte_eth_memif.c: the driver says 255, but the client decides at connection how many
    // rings there are, and a queue of the server's that got none points at the first ring of all
    // (memif_get_ring_from_queue), so that two workers would write one ring. One is always there.
    // Only a client with zero-copy=yes exchanges its buffers by reference.
    // A packet that fills more than one buffer goes on in the next one (eth_memif_tx). The driver
    // never takes back the mark that says so, which spoils what is in that buffer a lap later; and
    // where one buffer was left it goes on beyond the ring's end, over what the peer has not yet
    // read (not where buffers are exchanged by reference). The size of its buffers is the client's
    // to say; a server is told by the same argument.
    {.name = "net_memif",
     .queues = 1,
     .copies = COPIES_BOTH ", but for a client with zero-copy=yes",
     .holds_sent = true,
     .buffer_key = "bsize",
     .buffer = 2048}, // ETH_MEMIF_DEFAULT_PKT_BUFFER_SIZE
    // null/rte_eth_null.c: more queues than platter has workers (RTE_MAX_QUEUES_PER_PORT). Sends
    // segments and does not say so.
    {.name = "net_null",
     .made_up = true,
     .alias = "eth_null",
     .queues = 1024,
     .copies = COPIES_NOTHING,
     .scatters = true,
     .sends_segments = true,
     .losses = LOSSES_NONE},
    // pcap/pcap_ethdev.c: memcpy on receive; transmit writes to libpcap's file or socket, and
    // offers a frame that the kernel refuses for ever. Segments as net_null. What an interface
    // lost is pcap_stats' answer.
    {.name = "net_pcap",
     .made_up = true,
     .alias = "eth_pcap",
     .count = pcap_tx_queues,
     .copies = COPIES_BOTH,
     .scatters = true,
     .sends_segments = true,
     .interface_key = "iface",
     .sender_key = "tx_iface",
     .output_key = "tx_pcap", // but with `iface`, where it is not looked at
     .losses = LOSSES_BY_DRIVER},
    // ring/rte_eth_ring.c: eth_dev_ring_create always makes RTE_PMD_RING_MAX_TX_RINGS.
    {.name = "net_ring",
     .alias = "eth_ring",
     .queues = 16,
     .copies = COPIES_NOTHING,
     .holds_sent = true,
     .scatters = true,
     .losses = LOSSES_NONE},
    // tap/rte_eth_tap.c: TAP_MAX_QUEUES; readv and writev copy in the kernel. pmd_tx_burst does not
    // take a frame of more than the MTU, an Ethernet header, its CRC and a tag, nor what is behind
    // it, and counts all as errors.
    {.name = "net_tap",
     .alias = "eth_tap",
     .queues = 16,
     .copies = COPIES_BOTH,
     .scatters = true,
     .over_mtu = 22,
     .losses = LOSSES_BY_KERNEL,
     .counts_refusals = true},
    {.name = "net_tun",
     .queues = 16,
     .copies = COPIES_BOTH,
     .scatters = true,
     .over_mtu = 22,
     .losses = LOSSES_BY_KERNEL,
     .counts_refusals = true},
    // vhost/rte_eth_vhost.c, lib/vhost/virtio_net.c: copies between guest memory and mbufs. A guest
    // waits for room in the ring.
    {.name = "net_vhost",
     .alias = "eth_vhost",
     .queues_key = "queues",
     .queues = 1,
     .copies = COPIES_BOTH,
     .losses = LOSSES_NONE},
    // virtio/virtio_user_ethdev.c: the descriptors point at the mbufs; the other side copies, and
    // drops what finds no descriptor.
    {.name = "net_virtio_user",
     .alias = "virtio_user",
     .queues_key = "queues",
     .queues = 1,
     .copies = COPIES_NOTHING ", but the other side does",
     .holds_sent = true,
     .scatters = true},
    // platter's own (lib/replay), on net_null or, with `out`, on net_pcap.
    {.name = "replay",
     .made_up = true,
     .count = replay_tx_queues,
     .copies = COPIES_NOTHING,
     .scatters = true,
     .sends_segments = true,
     .losses = LOSSES_NONE},
};

// The NIC reads and writes the mbufs, and no copy is in their bursts, but for
// vmxnet3/vmxnet3_rxtx.c: frames of up to 128 bytes go by way of data rings, in both directions.
// virtio's other side drops what finds no descriptor, and does not say so.
#define NIC .holds_sent = true, .scatters = true, .as_received = true, .losses = LOSSES_BY_DRIVER

static const struct driver nics[] = {
    {.name = "net_e1000_", .copies = COPIES_NOTHING, NIC},
    {.name = "net_igc", .copies = COPIES_NOTHING, NIC},
    {.name = "net_ixgbe", .copies = COPIES_NOTHING, NIC},
    {.name = "net_i40e", .copies = COPIES_NOTHING, NIC},
    {.name = "net_ice", .copies = COPIES_NOTHING, NIC},
    {.name = "net_iavf", .copies = COPIES_NOTHING, NIC},
    {.name = "net_vmxnet3", .copies = "short frames, on receive and transmit", NIC},
    {.name = "net_virtio",
     .copies = COPIES_NOTHING ", but the other side does",
     .holds_sent = true,
     .scatters = true,
     .as_received = true},
    {.name = "", NIC}, // any other
};

static bool begins_with(const char *text, const char *prefix)
{
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

const struct driver *driver_of_vdev(const char *name)
{
  for (size_t i = 0; i < sizeof(vdevs) / sizeof(vdevs[0]); i++) {
    if (begins_with(name, vdevs[i].name) ||
        (vdevs[i].alias != NULL && begins_with(name, vdevs[i].alias)))
      return &vdevs[i];
  }
  return NULL;
}

const struct driver *driver_of_nic(const char *name)
{
  const struct driver *nic = nics;
  while (!begins_with(name, nic->name))
    nic++;
  return nic;
}
