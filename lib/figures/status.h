// SPDX-License-Identifier: BSD-3-Clause
// Everything that platter shows, gathered in one struct: the status line, the summary, JSON and
// telemetry all print from it and from nothing else. What each member is called and means stands
// in the tables of figures (figure.h). Texts that are pointers belong to whoever gathered it.
#ifndef FIGURES_STATUS_H
#define FIGURES_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "figures/replay_status.h"
#include "layout/layout.h"
#include "packet/copier.h"
#include "packet/label.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  STATUS_HANDOFFS_MAX = LAYOUT_WORKERS_MAX * LAYOUT_PORTS_MAX,
  STATUS_POOLS_MAX = 2 * 32 + CONFIG_PORTS_MAX, // two a NUMA node, one a replay port
};

struct status_port {
  char name[CONFIG_NAME_MAX + 1];
  const char *device; // as in the configuration, or what stands in for it
  char driver[32];    // as the ethdev reports it
  char copies[64];    // what the driver copies inside itself: "nothing", "on receive and transmit"
  int node;
  unsigned rx_queues;
  unsigned tx_queues;
  unsigned mtu;
  bool strips, inserts; // its NIC takes VLAN tags off, and puts them on
  bool wait;            // overload
  uint64_t absences;    // how often it went
  char link[64];        // "up", "down", "down (follows left)", "absent"
  unsigned link_mbps;   // 0: unknown
  uint64_t link_changes;
  uint64_t circling_seconds; // in which the same frames came in again and again
  uint64_t times_held;       // down, because the other side of its wire had no link
  uint64_t received;         // by platter's workers, packets
  uint64_t transmitted;
  uint64_t dropped[LABELS_MAX]; // by reason
  uint64_t received_bytes;      // by the driver, as the next four
  uint64_t transmitted_bytes;
  uint64_t missed;       // dropped by the NIC: nobody polled in time
  bool missed_uncounted; // nobody knows what the device drops, and `missed` says nothing
  uint64_t no_mbuf;      // the pool was empty
  uint64_t receive_errors;
  uint64_t transmit_errors; // lost in the driver after it took them
  double received_pps;      // over rates_span
  double transmitted_pps;
  const struct replay_status *replay; // of a replay port; else NULL
};

struct status_worker {
  unsigned cpu;
  int node;
  const struct layout_worker *plan; // its queues
  bool answers;   // false: it did not give a snapshot in time; the figures are old
  char place[64]; // where it is, if it does not answer: see stall_place
  uint64_t received, cloned, taken, transmitted, dropped, handed, pending;
  uint64_t bursts;
  uint64_t waits;
  uint64_t busy_cycles, idle_cycles;
  double busy;              // share of its cycles, 0 to 1, over rates_span
  double stolen;            // share of time that its core did something else, over rates_span
  double stolen_seconds;    // the same in seconds, all in all
  double cycles_per_packet; // busy, over rates_span; 0: no packets
};

struct status_handoff {
  unsigned from, to, port; // workers, port
  unsigned size;
  unsigned held;
  unsigned high_water;
};

struct status_bridge {
  char name[CONFIG_NAME_MAX + 1];
  bool vlans;
  unsigned ageing; // seconds; 0: never
  unsigned capacity;
  unsigned entries; // static ones too
  unsigned statics;
  uint64_t learned, moved, aged, flushed;
  uint64_t rejected_full;  // not learned: the table was full
  uint64_t rejected_limit; // not learned, or not moved: the port's limit
  uint64_t lost;           // not heard: a worker's ring to control was full
  uint64_t flooded_broadcast, flooded_multicast, flooded_unknown; // packets
  unsigned n_ports;
  unsigned port[CONFIG_PORTS_MAX];         // the ports' numbers
  unsigned port_entries[CONFIG_PORTS_MAX]; // learned there, in the order of `port`
};

enum status_filter {
  STATUS_FILTER_NONE, // every packet matches
  STATUS_FILTER_NATIVE,
  STATUS_FILTER_INTERPRETED,
};

struct status_rule {
  char name[CONFIG_NAME_MAX + 1];
  char match[128]; // as in the configuration, shortened
  bool egress;
  enum status_filter filter;
  uint64_t packets; // that matched
  uint64_t bytes;
  uint64_t lost;            // references that could not be made: no mbuf, or no slot in the burst
  double cycles_per_packet; // of those looked at; 0: none were timed yet
};

// An entry of a bridge's table.
struct bridge_row {
  uint8_t address[6];
  unsigned vlan; // 0: the bridge knows none
  char port[CONFIG_NAME_MAX + 1];
  bool fixed;   // static
  unsigned age; // seconds since it was last confirmed
};

struct status_pool {
  char name[32];
  unsigned size;
  unsigned kept;      // by drivers that do not give all back when closed
  unsigned available; // when last looked at: see status.pools_checked
};

struct status {
  const char *version, *dpdk, *prefix; // platter's, DPDK's; of the runtime directory
  int pid;
  double seconds;    // since the first packet could be received
  double rates_end;  // when the span ended that rates and shares are of, in these seconds
  double rates_span; // how long it was: about a second; once stopped, all of them
  bool running;
  bool stuck; // a worker did not end
  bool hugepages;
  unsigned n_ports;
  struct status_port port[CONFIG_PORTS_MAX];
  const struct layout *layout;
  unsigned n_workers;
  struct status_worker worker[LAYOUT_WORKERS_MAX];
  unsigned n_pools;
  struct status_pool pool[STATUS_POOLS_MAX];
  struct copy_count copied[LABELS_MAX]; // by copy site
  uint64_t by_reason[LABELS_MAX];       // dropped, over all ports
  unsigned n_bridges;
  struct status_bridge bridge[CONFIG_PORTS_MAX / 2];
  unsigned n_rules;
  struct status_rule rule[CONFIG_RULES_MAX];

  // The equation: received + cloned = transmitted + dropped + in_flight + difference.
  uint64_t received, cloned, transmitted, dropped;
  int64_t in_flight; // if not consistent, perhaps wrong, even below 0
  int64_t difference;
  bool consistent;    // the counters of all workers are of one moment; not if one does not answer
  bool pools_checked; // after the ports were closed: every mbuf should be back
  bool pools_full;

  // Last, and mostly unused: whoever clears a status stops before it.
  unsigned n_handoffs;
  struct status_handoff handoff[STATUS_HANDOFFS_MAX];
};

// Whether the accounting closes: no difference; no worker that did not end; once stopped, nothing
// in flight and pools full.
bool status_closed(const struct status *status);

// Packets of a port that platter dropped, for any reason.
uint64_t status_port_dropped(const struct status_port *port);

// Frames that never reached a worker: dropped by the NIC or the driver, for want of a poll in time
// or of an mbuf.
uint64_t status_port_nic_drop(const struct status_port *port);
bool status_port_nic_drop_known(const struct status_port *port); // false: 0, and not counted

#ifdef __cplusplus
}
#endif
#endif
