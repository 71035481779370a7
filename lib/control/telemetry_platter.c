// SPDX-License-Identifier: BSD-3-Clause
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_version.h>

#include "config/text.h"
#include "control/telemetry_commands.h"
#include "control/telemetry_data.h"
#include "datapath/reason.h"

// Lists that can be long come in pages, which clients that think of DPDK's 16 KiB can read.
enum { HANDOFFS_SHOWN = 128 };

static json_t *describe_port(const struct status_port *p)
{
  json_t *d = json_object();
  bool absent = strcmp(p->link, "absent") == 0; // what it did before is over
  data_text(d, "device", "%s", p->device);
  data_text(d, "driver", "%s", p->driver);
  data_text(d, "driver_copies", "%s", p->copies);
  data_text(d, "link", "%s", p->link);
  data_number(d, "link_mbps", p->link_mbps);
  data_number(d, "link_changes", p->link_changes);
  data_number(d, "times_held", p->times_held);
  data_number(d, "circling_seconds", p->circling_seconds);
  data_number(d, "absences", p->absences);
  data_number(d, "mtu", p->mtu);
  data_text(d, "vlan_strip", "%s", p->strips ? "nic" : "software");
  data_text(d, "vlan_insert", "%s", p->inserts ? "nic" : "software");
  data_text(d, "overload", "%s", p->wait ? "wait" : "drop");
  data_number(d, "rx_queues", p->rx_queues);
  data_number(d, "tx_queues", p->tx_queues);
  data_number(d, "received", p->received);
  data_number(d, "received_bytes", p->received_bytes);
  data_text(d, "received_pps", "%.0f", absent ? 0 : p->received_pps);
  data_number(d, "transmitted", p->transmitted);
  data_number(d, "transmitted_bytes", p->transmitted_bytes);
  data_text(d, "transmitted_pps", "%.0f", absent ? 0 : p->transmitted_pps);
  if (!p->missed_uncounted)
    data_number(d, "nic_missed", p->missed);
  else
    data_text(d, "nic_missed", "not counted");
  data_number(d, "no_mbuf", p->no_mbuf);
  data_number(d, "receive_errors", p->receive_errors);
  data_number(d, "transmit_errors", p->transmit_errors);
  json_t *dropped = data_dict(d, "dropped");
  for (unsigned r = 0; r < drop_reasons.count; r++)
    if (p->dropped[r] > 0)
      data_number(dropped, drop_reasons.label[r]->name, p->dropped[r]);
  return d;
}

static json_t *describe_replay(const struct replay_status *r)
{
  json_t *d = json_object();
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
  return d;
}

static json_t *describe_worker(const struct status_worker *w)
{
  json_t *d = json_object();
  uint64_t bursts = w->bursts > 0 ? w->bursts : 1;
  data_number(d, "core", w->cpu);
  data_number(d, "node", w->node);
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
  return d;
}

static json_t *info(const struct appliance *a, const char *parameter)
{
  const struct status *s = &a->status;
  json_t *d = json_object();
  data_text(d, "version", "%s", PLATTER_VERSION);
  data_text(d, "dpdk", "%s", rte_version());
  data_number(d, "pid", getpid());
  data_text(d, "prefix", "%s", a->prefix);
  data_number(d, "uptime_seconds", s->seconds);
  data_text(d, "rates_end_seconds", "%.3f", s->rates_end);
  data_text(d, "rates_span_seconds", "%.3f", s->rates_span);
  data_text(d, "layout", "%s", layout_kind_name(s->layout));
  data_text(d, "memory", "%s", s->hugepages ? "hugepages" : "ordinary pages");
  data_number(d, "ports", s->n_ports);
  data_number(d, "workers", s->n_workers);
  data_number(d, "handoffs", s->n_handoffs);
  return d;
}

static json_t *ports(const struct appliance *a, const char *parameter)
{
  json_t *d = json_object();
  for (unsigned i = 0; i < a->status.n_ports; i++) {
    const struct status_port *p = &a->status.port[i];
    json_t *inner = data_dict(d, p->name);
    data_number(inner, "received", p->received);
    data_number(inner, "transmitted", p->transmitted);
    data_number(inner, "dropped", status_port_dropped(p));
    if (status_port_nic_drop_known(p))
      data_number(inner, "nic_drop", status_port_nic_drop(p));
    else
      data_text(inner, "nic_drop", "not counted");
    data_text(inner, "link", "%s", p->link);
  }
  return d;
}

static const struct status_port *find_port(const struct status *s, const char *name)
{
  for (unsigned i = 0; i < s->n_ports; i++)
    if (strcmp(s->port[i].name, name) == 0)
      return &s->port[i];
  return NULL;
}

static json_t *port(const struct appliance *a, const char *parameter)
{
  const struct status_port *port = find_port(&a->status, parameter);
  return port != NULL ? describe_port(port)
                      : data_error("no port of this name; /platter/ports lists them");
}

static json_t *replay(const struct appliance *a, const char *parameter)
{
  const struct status_port *port = find_port(&a->status, parameter);
  if (port == NULL)
    return data_error("no port of this name; /platter/ports lists them");
  return port->replays ? describe_replay(&port->replay)
                       : data_error("no replay port, but %s", port->driver);
}

static json_t *workers(const struct appliance *a, const char *parameter)
{
  json_t *d = json_object();
  for (unsigned i = 0; i < a->status.n_workers; i++) {
    const struct status_worker *w = &a->status.worker[i];
    char key[16];
    snprintf(key, sizeof(key), "%u", i);
    json_t *inner = data_dict(d, key);
    data_number(inner, "core", w->cpu);
    data_text(inner, "busy", "%.1f%%", 100 * w->busy_share);
    data_number(inner, "received", w->received);
    data_number(inner, "transmitted", w->transmitted);
  }
  return d;
}

// Reads a whole number below `end`, digits only.
static bool read_number(const char *text, unsigned end, unsigned *number)
{
  return end > 0 && text_number(text, strlen(text), 0, end - 1, number);
}

static json_t *worker(const struct appliance *a, const char *parameter)
{
  const struct status *s = &a->status;
  unsigned number;
  if (!read_number(parameter, s->n_workers, &number))
    return data_error("no worker of this number; there are 0 to %u", s->n_workers - 1);
  return describe_worker(&s->worker[number]);
}

static json_t *handoffs(const struct appliance *a, const char *parameter)
{
  const struct status *s = &a->status;
  unsigned first = 0;
  if (*parameter != '\0' && !read_number(parameter, s->n_handoffs, &first))
    return data_error("no handoff of this number; there are %u, from 0", s->n_handoffs);
  unsigned end = RTE_MIN(first + HANDOFFS_SHOWN, s->n_handoffs);
  json_t *d = json_object();
  data_number(d, "total", s->n_handoffs);
  data_number(d, "first", first);
  data_number(d, "shown", end - first);
  for (unsigned i = first; i < end; i++) {
    const struct status_handoff *h = &s->handoff[i];
    char key[CONFIG_NAME_MAX + 32];
    snprintf(key, sizeof(key), "%u_to_%u_%s", h->from, h->to, s->port[h->port].name);
    json_t *inner = data_dict(d, key);
    data_number(inner, "size", h->size);
    data_number(inner, "held", h->held);
    data_number(inner, "high_water", h->high_water);
  }
  return d;
}

static json_t *drops(const struct appliance *a, const char *parameter)
{
  json_t *d = json_object();
  for (unsigned r = 0; r < drop_reasons.count; r++)
    data_number(d, drop_reasons.label[r]->name, status_dropped(&a->status, r));
  return d;
}

static json_t *copies(const struct appliance *a, const char *parameter)
{
  json_t *d = json_object();
  for (unsigned i = 0; i < copy_sites.count; i++) {
    json_t *inner = data_dict(d, copy_sites.label[i]->name);
    data_number(inner, "packets", a->status.copied[i].packets);
    data_number(inner, "bytes", a->status.copied[i].bytes);
  }
  return d;
}

static json_t *accounting(const struct appliance *a, const char *parameter)
{
  const struct status *s = &a->status;
  json_t *d = json_object();
  data_number(d, "received", s->received);
  data_number(d, "cloned", s->cloned);
  data_number(d, "transmitted", s->transmitted);
  data_number(d, "dropped", s->dropped);
  data_number(d, "in_flight", s->in_flight);
  data_number(d, "difference", s->difference);
  data_text(d, "closed", "%s", status_closed(s) ? "yes" : "no");
  return d;
}

static const struct telemetry_command commands[] = {
    {"/platter/info", "Version, process, layout. No parameter", TELEMETRY_NONE, info},
    {"/platter/ports", "Packets and link by port. No parameter", TELEMETRY_NONE, ports},
    {"/platter/port", "All about one port. Parameter: its name", TELEMETRY_NEEDED, port},
    {"/platter/replay", "A replay port: asked and achieved, lateness, stalls. Parameter: its name",
     TELEMETRY_NEEDED, replay},
    {"/platter/workers", "Busy share and packets by worker. No parameter", TELEMETRY_NONE, workers},
    {"/platter/worker", "All about one worker. Parameter: its number", TELEMETRY_NEEDED, worker},
    {"/platter/handoffs",
     "Rings between workers: fill and high-water mark. Parameter: number of the first to show",
     TELEMETRY_OPTIONAL, handoffs},
    {"/platter/drops", "Packets dropped, by reason. No parameter", TELEMETRY_NONE, drops},
    {"/platter/copies", "Packets and bytes copied, by site. No parameter", TELEMETRY_NONE, copies},
    {"/platter/bridge",
     "A bridge: its addresses, what was learned and flooded. Parameter: its name", TELEMETRY_NEEDED,
     telemetry_bridge},
    {"/platter/fdb",
     "Addresses of a bridge. Parameters: its name, and the place to begin at (`next` of the answer "
     "before)",
     TELEMETRY_OPTIONAL, telemetry_fdb},
    {"/platter/rules",
     "Rules: what matched, and what that costs. Parameter: number of the first to show",
     TELEMETRY_OPTIONAL, telemetry_rules},
    {"/platter/accounting",
     "received + cloned = transmitted + dropped + in_flight + difference. No parameter",
     TELEMETRY_NONE, accounting},
};

const struct telemetry_commands telemetry_platter = {commands, RTE_DIM(commands)};
