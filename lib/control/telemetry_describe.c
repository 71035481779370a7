// SPDX-License-Identifier: BSD-3-Clause
#include "control/telemetry_describe.h"

#include "control/telemetry_data.h"
#include "datapath/reason.h"

void describe_port(const struct status_port *p, struct rte_tel_data *d)
{
  data_text(d, "device", "%s", p->device);
  data_text(d, "driver", "%s", p->driver);
  data_text(d, "driver_copies", "%s", p->copies);
  data_text(d, "link", "%s", p->link);
  data_number(d, "link_mbps", p->link_mbps);
  data_number(d, "link_changes", p->link_changes);
  data_number(d, "times_held", p->times_held);
  data_number(d, "absences", p->absences);
  data_number(d, "mtu", p->mtu);
  data_text(d, "vlan_strip", "%s", p->strips ? "nic" : "software");
  data_text(d, "vlan_insert", "%s", p->inserts ? "nic" : "software");
  data_text(d, "overload", "%s", p->wait ? "wait" : "drop");
  data_number(d, "rx_queues", p->rx_queues);
  data_number(d, "tx_queues", p->tx_queues);
  data_number(d, "received", p->received);
  data_number(d, "received_bytes", p->received_bytes);
  data_text(d, "received_pps", "%.0f", p->received_pps);
  data_number(d, "transmitted", p->transmitted);
  data_number(d, "transmitted_bytes", p->transmitted_bytes);
  data_text(d, "transmitted_pps", "%.0f", p->transmitted_pps);
  data_number(d, "nic_missed", p->missed);
  data_number(d, "no_mbuf", p->no_mbuf);
  data_number(d, "receive_errors", p->receive_errors);
  data_number(d, "transmit_errors", p->transmit_errors);
  struct rte_tel_data *dropped = data_dict(d, "dropped");
  for (unsigned r = 0; dropped != NULL && r < drop_reasons.count; r++)
    if (p->dropped[r] > 0)
      data_number(dropped, drop_reasons.label[r]->name, p->dropped[r]);
}

void describe_replay(const struct replay_status *r, struct rte_tel_data *d)
{
  char asked[64];
  config_replay_describe(&r->asked, asked, sizeof(asked));
  data_text(d, "file", "%s", r->asked.file);
  data_text(d, "state", "%s", replay_state_name(r->state));
  if (r->state == REPLAY_FAILED)
    data_text(d, "error", "%s", r->error);
  data_text(d, "memory", "%s", r->window ? "window" : "whole file");
  data_number(d, "copies", r->copies);
  data_number(d, "loop", r->asked.loop);
  data_number(d, "laps", r->laps);
  data_number(d, "frames", r->frames);
  data_number(d, "sent", r->sent);
  data_number(d, "sent_bytes", r->bytes);
  data_number(d, "stalls", r->stalls);
  data_text(d, "asked", "%s", asked);
  data_text(d, "achieved_pps", "%.0f", r->frames_per_second);
  data_text(d, "achieved_bits", "%.0f", r->bits_per_second);
  data_text(d, "seconds", "%.3f", r->seconds);
  data_text(d, "late_us_p50", "%.3f", r->late_p50 * 1e6);
  data_text(d, "late_us_p99", "%.3f", r->late_p99 * 1e6);
  data_text(d, "late_us_p999", "%.3f", r->late_p999 * 1e6);
  data_text(d, "late_us_most", "%.3f", r->late_most * 1e6);
}

void describe_worker(const struct status_worker *w, struct rte_tel_data *d)
{
  uint64_t bursts = w->bursts > 0 ? w->bursts : 1;
  data_number(d, "core", w->cpu);
  data_signed(d, "node", w->node);
  data_text(d, "answers", "%s", w->answers ? "yes" : "no: its figures are old");
  data_text(d, "busy", "%.1f%%", 100 * w->busy_share);
  data_text(d, "cycles_per_packet", "%.1f", w->cycles_per_packet);
  data_text(d, "mean_burst", "%.1f", (double)w->received / bursts);
  data_number(d, "busy_cycles", w->busy_cycles);
  data_number(d, "idle_cycles", w->idle_cycles);
  data_number(d, "bursts", w->bursts);
  data_number(d, "waits", w->waits);
  data_number(d, "received", w->received);
  data_number(d, "taken", w->taken);
  data_number(d, "cloned", w->cloned);
  data_number(d, "transmitted", w->transmitted);
  data_number(d, "handed", w->handed);
  data_number(d, "dropped", w->dropped);
  data_number(d, "pending", w->pending);
  data_text(d, "polls", "%s", w->polls);
  data_text(d, "owns", "%s", w->owns);
}
