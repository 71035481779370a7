// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/reason.h"
#include "figures/figure.h"

#define THING struct status_port

static json_t *strip(const struct status *s, const void *thing)
{
  const struct status_port *p = thing;
  return json_string(p->strips ? "nic" : "software");
}

static json_t *insert(const struct status *s, const void *thing)
{
  const struct status_port *p = thing;
  return json_string(p->inserts ? "nic" : "software");
}

static json_t *overload(const struct status *s, const void *thing)
{
  const struct status_port *p = thing;
  return json_string(p->wait ? "wait" : "drop");
}

static json_t *dropped(const struct status *s, const void *thing)
{
  return json_integer((json_int_t)status_port_dropped(thing));
}

static json_t *nic_drop(const struct status *s, const void *thing)
{
  return status_port_nic_drop_known(thing) ? json_integer((json_int_t)status_port_nic_drop(thing))
                                           : json_null();
}

static json_t *nic_missed(const struct status *s, const void *thing)
{
  const struct status_port *p = thing;
  return p->missed_uncounted ? json_null() : json_integer((json_int_t)p->missed);
}

static json_t *drops(const struct status *s, const void *thing)
{
  const struct status_port *p = thing;
  json_t *object = json_object();
  bool all = object != NULL;
  for (unsigned r = 0; r < drop_reasons.count; r++)
    if (p->dropped[r] > 0)
      all &= json_object_set_new(object, drop_reasons.label[r]->name,
                                 json_integer((json_int_t)p->dropped[r])) == 0;
  return figures_whole(object, all);
}

static const struct figure port[] = {
    {"device", "", FIGURE_STATE, 0, "as in the configuration", FIGURE_OF(device)},
    {"driver", "", FIGURE_STATE, 0, "DPDK's name of it", FIGURE_OF(driver)},
    {"driver_copies", "", FIGURE_STATE, 0, "what the driver copies inside itself",
     FIGURE_OF(copies)},
    {"link", "", FIGURE_STATE, FIGURE_LISTED, "up, down, down (follows PORT) or absent",
     FIGURE_OF(link)},
    {"link_mbps", "Mbit/s", FIGURE_GAUGE, 0, "of the link; 0: unknown", FIGURE_OF(link_mbps)},
    {"link_changes", "times", FIGURE_COUNTER, FIGURE_NONZERO, "the link went up or down",
     FIGURE_OF(link_changes)},
    {"times_held", "times", FIGURE_COUNTER, FIGURE_NONZERO,
     "taken down, because the other side of its wire had no link", FIGURE_OF(times_held)},
    {"absences", "times", FIGURE_COUNTER, FIGURE_NONZERO, "its device went", FIGURE_OF(absences)},
    {"circling_seconds", "seconds", FIGURE_COUNTER, FIGURE_NONZERO,
     "in which the same frames came in again and again", FIGURE_OF(circling_seconds)},
    {"mtu", "bytes", FIGURE_GAUGE, 0, "of its device", FIGURE_OF(mtu)},
    {"vlan_strip", "", FIGURE_STATE, 0, "who takes VLAN tags off: nic or software",
     FIGURE_BY(strip)},
    {"vlan_insert", "", FIGURE_STATE, 0, "who puts them on", FIGURE_BY(insert)},
    {"overload", "", FIGURE_STATE, 0, "what is done when there is no room: wait or drop",
     FIGURE_BY(overload)},
    {"rx_queues", "queues", FIGURE_GAUGE, 0, "receive queues", FIGURE_OF(rx_queues)},
    {"tx_queues", "queues", FIGURE_GAUGE, 0, "transmit queues", FIGURE_OF(tx_queues)},
    {"received", "packets", FIGURE_COUNTER, FIGURE_LISTED | FIGURE_SUMMARY,
     "taken off its receive queues", FIGURE_OF(received)},
    {"received_bytes", "bytes", FIGURE_COUNTER, 0, "by the driver's count",
     FIGURE_OF(received_bytes)},
    {"received_pps", "pps", FIGURE_GAUGE, FIGURE_LIVE, "over the last second",
     FIGURE_OF(received_pps)},
    {"transmitted", "packets", FIGURE_COUNTER, FIGURE_LISTED | FIGURE_SUMMARY,
     "taken by its driver", FIGURE_OF(transmitted)},
    {"transmitted_bytes", "bytes", FIGURE_COUNTER, 0, "by the driver's count",
     FIGURE_OF(transmitted_bytes)},
    {"transmitted_pps", "pps", FIGURE_GAUGE, FIGURE_LIVE, "over the last second",
     FIGURE_OF(transmitted_pps)},
    {"dropped", "packets", FIGURE_COUNTER, FIGURE_LISTED | FIGURE_SUMMARY,
     "by platter, for any reason", FIGURE_BY(dropped)},
    {"drops", "packets", FIGURE_COUNTER, FIGURE_NONZERO, "the same by reason, those that occurred",
     FIGURE_BY(drops)},
    {"nic_drop", "packets", FIGURE_COUNTER, FIGURE_LISTED | FIGURE_SUMMARY | FIGURE_LIVE,
     "lost before platter: nic_missed + no_mbuf; null: nobody counts", FIGURE_BY(nic_drop)},
    {"nic_missed", "packets", FIGURE_COUNTER, FIGURE_NONZERO,
     "dropped by the NIC, nobody polled in time; null: nobody counts", FIGURE_BY(nic_missed)},
    {"no_mbuf", "packets", FIGURE_COUNTER, FIGURE_NONZERO,
     "dropped by the driver for want of mbufs", FIGURE_OF(no_mbuf)},
    {"receive_errors", "packets", FIGURE_COUNTER, FIGURE_NONZERO, "by the driver's count",
     FIGURE_OF(receive_errors)},
    {"transmit_errors", "packets", FIGURE_COUNTER, FIGURE_NONZERO,
     "lost in the driver, which had taken them", FIGURE_OF(transmit_errors)},
};

const struct figure_table figures_port = {
    .thing = "port",
    .command = "/platter/port,NAME",
    .path = "ports.NAME",
    .about = "Each port; /platter/ports lists all of them.",
    .figure = port,
    .n_figures = sizeof(port) / sizeof(*port),
    FIGURES_IN(port, n_ports),
    FIGURES_NAMED,
};
