// SPDX-License-Identifier: BSD-3-Clause
// How long a frame may be at a port: see struct driver (ports/device/driver.h) for what each driver
// does with a longer one. A kernel's interface takes its MTU and an Ethernet header, and four bytes
// more where the frame has a customer tag (net/packet/af_packet.c, packet_extra_vlan_len_allowed)
// or, at the other end of a veth pair, whatever it has (net/core/dev.h, __is_skb_forwardable).
#include <rte_ether.h>
#include <rte_mbuf.h>

#include "host/interface/interface.h"
#include "packet/vlan.h"
#include "ports/internal.h"
#include "ports/port.h"

bool port_sends_segments(const struct port *port)
{
  return port->facts.special->sends_segments ||
         (port->info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
}

bool port_scatters(const struct port *port)
{
  return port->facts.special->sends_segments || // and receives them, and says neither
         (port->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER);
}

// Both of a frame without a tag and of one with: 0 is no limit.
static void limit(struct datapath_device *device, unsigned longest, unsigned tagged)
{
  if (longest == 0)
    return;
  longest = RTE_MIN(longest, (unsigned)UINT16_MAX);
  tagged = RTE_MIN(tagged, (unsigned)UINT16_MAX);
  device->longest = device->longest > 0 ? RTE_MIN(device->longest, longest) : longest;
  device->longest_tagged =
      device->longest_tagged > 0 ? RTE_MIN(device->longest_tagged, tagged) : tagged;
}

static void limit_by_interface(const struct port *port, struct datapath_device *device)
{
  int mtu = port->sender > 0 ? interface_mtu(port->sender) : 0;
  if (mtu <= 0)
    return;
  unsigned tagged = mtu + RTE_ETHER_HDR_LEN + VLAN_TAG_SIZE;
  limit(device, port->facts.special->room_for_all ? tagged : tagged - VLAN_TAG_SIZE, tagged);
}

// A NIC counts the CRC.
static unsigned received_at_most(const struct port *port)
{
  unsigned longest = port->info.max_rx_pktlen;
  return longest > RTE_ETHER_CRC_LEN && longest <= UINT16_MAX ? longest - RTE_ETHER_CRC_LEN : 0;
}

struct datapath_device port_device(const struct port *port)
{
  const struct driver *driver = port->facts.special;
  struct datapath_device device = {
      .id = port->id,
      .one_segment = !port_sends_segments(port),
      .cuts = port->facts.cuts,
      .made_up = driver->made_up,
  };
  limit(&device, port->facts.sends, port->facts.sends);
  limit_by_interface(port, &device);
  if (driver->one_mbuf)
    limit(&device, port->room, port->room);
  if (driver->over_mtu > 0)
    limit(&device, port->mtu + driver->over_mtu, port->mtu + driver->over_mtu);
  if (driver->as_received)
    limit(&device, received_at_most(port), received_at_most(port));
  return device;
}
