// SPDX-License-Identifier: BSD-3-Clause
// The life of one port: probed by its device string, asked for its facts, given queues and memory,
// started, watched, stopped and closed. Control thread only.
#ifndef PORTS_PORT_H
#define PORTS_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

#include "base/notes.h"
#include "config/config.h"
#include "datapath/datapath.h"
#include "datapath/memory.h"
#include "host/interface/packet_socket.h"
#include "ports/device/device.h"
#include "replay/replay.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  PORT_DESCRIPTORS = 1024, // of a queue, where the device prefers no other number
  PORT_SEGMENT = 2048,     // bytes of a frame in one mbuf, where the device can scatter
};

struct port {
  const struct config_port *config;
  const char *device;        // config->device, or what stands in for it
  struct device_facts facts; // what that string says
  bool probed;
  bool started;
  uint16_t id;                   // DPDK's port id, when probed
  struct rte_eth_dev_info info;  // when probed
  int node;                      // NUMA node, 0 where the device has none
  uint16_t mtu;                  // bytes, when configured
  uint16_t rx_queues;            // when configured
  uint16_t tx_queues;            // when configured; may be more than the layout uses
  uint16_t receive_descriptors;  // of a queue, when configured
  uint16_t transmit_descriptors; // of a queue, when configured
  unsigned room;                 // bytes of a frame in one mbuf of its pool, when started
  unsigned sender;               // the interface that it sends by, its number; 0: none
  unsigned kept;                 // mbufs that the driver took and will not give back at close
  bool leave_tags;               // asked: the NIC may take VLAN tags off and put them on
  bool strips, inserts;          // it does; when configured
  bool was_promiscuous;          // the kernel's interface was, before platter
  bool hears_all;                // by `membership`, a socket (packet_socket.h)
  int membership;
  struct packet_sockets sockets; // the driver's, where these are asked for what was lost
  char made[16];                 // the interface that the driver has made, where that is asked
  uint64_t lost;                 // so asked, by the present device
  bool losses_known;             // stats.imissed is all that was lost before a poll
  bool link_events;              // the driver tells of link changes; else control asks
  struct rte_eth_link link;
  struct port_outputs *outputs;        // files that the device writes (ports/output.h); else NULL
  struct replay_plan *replay_plan;     // a replay port's; else NULL
  struct replay *replay;               // when started
  struct replay_status *replay_status; // as control has read it last; when started
  uint32_t link_changes;               // the one who notices them: writes, control: reads
  const struct port *follows;  // held down because that port has no link (wires.h); else NULL
  uint32_t times_held;         // so far
  bool link_fixed;             // nobody can take its link down
  struct rte_eth_stats stats;  // of the device that is there
  bool leaving;                // its device wants to go. DPDK's threads: write, control: reads
  bool absent;                 // its device has gone, and may come back
  uint32_t absences;           // how often it went
  struct rte_eth_stats former; // the sums of the devices that went
};

// Before EAL starts: whether the device can be had at all, as far as that is certain. `bytes`: all
// memory that EAL will take. Returns 0, or -errno and a sentence in `error` that names the port, as
// all functions here do.
int port_check(const struct port *port, uint64_t bytes, char *error, size_t size);

// Finds or makes the device and reads its facts; where the port was absent, it is not any more.
int port_probe(struct port *port, char *error, size_t size);

// Transmit queues that the device has. What the device string says counts too: memif reports more
// than are connected.
unsigned port_max_tx_queues(const struct port *port);

// Sets queues, MTU, receive-side scaling and offloads. `strict`: an MTU that the device cannot have
// is an error; else (another device stands in for it) the MTU is let be. Adds to `warnings` what
// the device lacks and platter does without.
int port_configure(struct port *port, unsigned rx_queues, unsigned tx_queues, bool strict,
                   struct notes *warnings, char *error, size_t size);

// What workers must know of the device of a port that is started. The limits are of now: the MTU of
// a kernel's interface can be changed at any time.
struct datapath_device port_device(const struct port *port);

// Bytes of a frame that one mbuf has to hold for this port: 2048, more for jumbo frames where the
// driver cannot scatter them.
unsigned port_segment(const struct port *port);

// Sets up every queue with memory of the port's node and starts the device.
int port_start(struct port *port, struct memory *memory, struct notes *warnings, char *error,
               size_t size);

// Reads statistics and, where the driver does not report changes by itself, the link.
void port_update(struct port *port);

// Takes the link of a started port down, or up again: by its driver, or, where that cannot, by the
// kernel's interface that it stands on. Returns 0 or -errno; -ENOTSUP where neither can.
int port_set_link(const struct port *port, bool up);

// Whether it has a link, as of the last update. A port that is held down has none.
static inline bool port_link_up(const struct port *port)
{
  return port->follows == NULL && port->link.link_status == RTE_ETH_LINK_UP;
}

// When no worker runs: waits until the device has sent what is in its transmit rings, where the
// driver can tell. `deadline`: see clock.h. Returns how many descriptors it is not done with.
unsigned port_drain(const struct port *port, double deadline);

// When no worker runs: has a driver that keeps mbufs (struct port, kept) send and free more of what
// it has. Others do so at close.
void port_reclaim(const struct port *port);

// Stops receiving and transmitting. Any state.
void port_stop(struct port *port);

// Stops it, frees the driver's mbufs, removes the device. Any state.
void port_close(struct port *port);

// Whether the device of a started port is going or gone: a NIC that is unplugged, the kernel's
// interface below a virtual device that was deleted.
bool port_leaves(const struct port *port);

// Closes a port and lets its device go, that another may come in its place.
void port_discard(struct port *port);

// The same for one that no worker uses any more: keeps its statistics; it is absent then.
void port_remove(struct port *port);

// Whether there is something again where an absent port had its device: a PCI device at its
// address, an interface of its name.
bool port_returns(const struct port *port);

// Of all devices that the port had.
struct rte_eth_stats port_stats(const struct port *port);

bool port_is_memif(const struct port *port); // see memif_settle

#ifdef __cplusplus
}
#endif
#endif
