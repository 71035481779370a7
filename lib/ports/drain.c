// SPDX-License-Identifier: BSD-3-Clause
// What a driver has taken is counted as transmitted, but lies in a transmit ring until the device
// has sent it, and stopping the device throws it away. So the rings are looked at first.
//
// Drivers tell in different ways how far they are: by the state of each descriptor, or only by what
// a clean-up frees. Most virtual devices tell nothing, and send (or copy) within the burst.
#include "base/clock.h"
#include "ports/port.h"

enum { IDLE_TURNS = 100, QUIET_TURNS = 5 }; // of a millisecond each

// Descriptors of a queue that the device is not done with, or -ENOTSUP. All are looked at: drivers
// do not agree on whether the first is the oldest packet's or the next one's.
static int busy_descriptors(const struct port *port, unsigned queue)
{
  int busy = 0;
  for (unsigned i = 0; i < port->transmit_descriptors; i++) {
    int state = rte_eth_tx_descriptor_status(port->id, queue, i);
    if (state < 0)
      return i == 0 ? state : busy;
    busy += state == RTE_ETH_TX_DESC_FULL;
  }
  return busy;
}

// Ends early where nothing moves: a link that is down, or a descriptor in the middle of a packet,
// which some devices never report.
static unsigned wait_for_descriptors(const struct port *port, unsigned queue, double deadline)
{
  int busy = busy_descriptors(port, queue), least = busy;
  for (unsigned idle = 0; busy > 0 && idle < IDLE_TURNS && clock_now() < deadline; idle++) {
    clock_rest(0.001);
    busy = busy_descriptors(port, queue);
    if (busy < least) {
      least = busy;
      idle = 0;
    }
  }
  return busy > 0 ? busy : 0;
}

static void clean_up(const struct port *port, unsigned queue, double deadline)
{
  for (unsigned quiet = 0; quiet < QUIET_TURNS && clock_now() < deadline; quiet++) {
    int freed = rte_eth_tx_done_cleanup(port->id, queue, 0);
    if (freed < 0)
      return;
    if (freed > 0)
      quiet = 0;
    clock_rest(0.001);
  }
}

unsigned port_drain(const struct port *port, double deadline)
{
  unsigned left = 0;
  for (unsigned q = 0; port->started && q < port->tx_queues; q++)
    if (busy_descriptors(port, q) >= 0)
      left += wait_for_descriptors(port, q, deadline);
    else
      clean_up(port, q, deadline);
  return left;
}

void port_reclaim(const struct port *port)
{
  if (!port->started || !port->facts.special->keeps_mbufs)
    return;
  for (unsigned q = 0; q < port->tx_queues; q++)
    rte_eth_tx_burst(port->id, q, NULL, 0);
}
