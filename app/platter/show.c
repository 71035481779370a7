// SPDX-License-Identifier: BSD-3-Clause
#include "show.h"

#include <inttypes.h>
#include <string.h>

#include "datapath/reason.h"

enum { HANDOFFS_LISTED = 32 };

const char *show_number(double value, char *text)
{
  static const char *const steps[] = {"", " k", " M", " G", " T"};
  unsigned step = 0;
  while (value >= 999.5 && step < 4) {
    value /= 1000;
    step++;
  }
  int decimals = step == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  snprintf(text, 16, "%.*f%s", decimals, value, steps[step]);
  return text;
}

void show_ports(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    fprintf(out, "port %s: %s, %s, link %s", p->name, p->device, p->driver, p->link);
    if (strcmp(p->copies, "unknown") == 0)
      fprintf(out, "; whether the driver copies is unknown\n");
    else
      fprintf(out, "; the driver copies %s\n", p->copies);
  }
}

// Up to four workers one by one, more of them as the least and the most busy.
static void show_busy(const struct status *s, FILE *out)
{
  double least = 1, most = 0;
  for (unsigned i = 0; i < s->n_workers; i++) {
    double share = s->worker[i].busy_share;
    least = share < least ? share : least;
    most = share > most ? share : most;
    if (s->n_workers <= 4)
      fprintf(out, " %3.0f", 100 * share);
  }
  if (s->n_workers > 4)
    fprintf(out, " %.0f–%.0f", 100 * least, 100 * most);
}

void show_line(const struct status *s, bool heading, FILE *out)
{
  double received = 0, transmitted = 0;
  char text[6][16];

  for (unsigned i = 0; i < s->n_ports; i++) {
    received += s->port[i].received_pps;
    transmitted += s->port[i].transmitted_pps;
  }
  if (heading)
    fprintf(out, "%6s  %6s  %6s  %7s  %8s  %9s  %8s  %s\n", "time", "rx pps", "tx pps", "dropped",
            "nic drop", "in flight", "copied B", "workers busy, %");
  unsigned seconds = s->seconds;
  fprintf(out, "%3u:%02u  %6s  %6s  %7s  %8s  %9s  %8s ", seconds / 60, seconds % 60,
          show_number(received, text[0]), show_number(transmitted, text[1]),
          show_number(s->dropped, text[2]), show_number(status_nic_drop(s), text[3]),
          show_number(s->in_flight > 0 ? s->in_flight : 0, text[4]),
          show_number(status_copied_bytes(s), text[5]));
  show_busy(s, out);
  fputc('\n', out);
  fflush(out);
}

void show_link_changes(const struct status *s, struct show_links *seen, FILE *out)
{
  unsigned seconds = s->seconds;
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    uint64_t changes = p->link_changes - seen->changes[i];
    bool other = seen->begun && strcmp(seen->link[i], p->link) != 0;
    if (changes > 0 || other)
      fprintf(out, "%3u:%02u  port %s: link %s", seconds / 60, seconds % 60, p->name, p->link);
    if (changes > 1)
      fprintf(out, " (changed %" PRIu64 " times)", changes);
    if (changes > 0 || other)
      fputc('\n', out);
    seen->changes[i] = p->link_changes;
    snprintf(seen->link[i], sizeof(seen->link[i]), "%s", p->link);
  }
  seen->begun = true;
  fflush(out);
}

void show_progress(const struct status *s, uint64_t frames, uint64_t total, FILE *out)
{
  char text[2][16];
  unsigned seconds = s->seconds;
  fprintf(out, "%3u:%02u  %" PRIu64 " of %" PRIu64 " frames came in, dropped %s, nic drop %s\n",
          seconds / 60, seconds % 60, frames, total, show_number(s->dropped, text[0]),
          show_number(status_nic_drop(s), text[1]));
  fflush(out);
}

static void show_bridges(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_bridges; i++) {
    const struct status_bridge *b = &s->bridge[i];
    fprintf(out,
            "bridge %s: %u of %u addresses (%u static); learned %" PRIu64 ", moved %" PRIu64
            ", aged %" PRIu64 ", flushed %" PRIu64 "\n",
            b->name, b->entries, b->capacity, b->statics, b->learned, b->moved, b->aged,
            b->flushed);
    fprintf(out,
            "bridge %s: flooded %" PRIu64 " broadcast, %" PRIu64 " multicast, %" PRIu64
            " unknown\n",
            b->name, b->flooded_broadcast, b->flooded_multicast, b->flooded_unknown);
    if (b->rejected_full > 0)
      fprintf(out, "bridge %s: full: %" PRIu64 " times an address was not learned\n", b->name,
              b->rejected_full);
    if (b->rejected_limit > 0)
      fprintf(out, "bridge %s: %" PRIu64 " times a port was at its limit of addresses\n", b->name,
              b->rejected_limit);
    if (b->lost > 0)
      fprintf(out, "bridge %s: %" PRIu64 " times control did not hear of an address in time\n",
              b->name, b->lost);
  }
}

static void show_rules(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_rules; i++) {
    const struct status_rule *r = &s->rule[i];
    fprintf(out, "rule %s: %" PRIu64 " packets, %" PRIu64 " bytes", r->name, r->packets, r->bytes);
    if (r->cycles_per_packet > 0)
      fprintf(out, "; %.1f cycles/packet", r->cycles_per_packet);
    if (r->filter == STATUS_FILTER_INTERPRETED)
      fprintf(out, " (interpreted)");
    fputc('\n', out);
    if (r->lost > 0)
      fprintf(out,
              "rule %s: %" PRIu64 " references could not be made for want of an mbuf or slot\n",
              r->name, r->lost);
  }
}

static void show_times(const char *port, const char *what, uint64_t n, const char *more, FILE *out)
{
  if (n == 1)
    fprintf(out, "port %s: %s once%s\n", port, what, more);
  else if (n > 1)
    fprintf(out, "port %s: %s %" PRIu64 " times%s\n", port, what, n, more);
}

static void show_links(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    if (p->link_changes > 0)
      fprintf(out, "port %s: link changes: %" PRIu64 "; at the end it was %s\n", p->name,
              p->link_changes, p->link);
    show_times(p->name, "taken down", p->times_held, ", with the other side of its wire", out);
    show_times(p->name, "its device went", p->absences,
               strcmp(p->link, "absent") == 0 ? "; at the end it was away" : "", out);
  }
}

static void show_losses(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    if (p->missed > 0)
      fprintf(out, "port %s: the NIC dropped %" PRIu64 ": nobody polled in time\n", p->name,
              p->missed);
    if (p->no_mbuf > 0)
      fprintf(out, "port %s: %" PRIu64 " times no mbuf was left: raise memory.mbufs\n", p->name,
              p->no_mbuf);
    if (p->receive_errors > 0 || p->transmit_errors > 0)
      fprintf(out,
              "port %s: the driver counts %" PRIu64 " receive and %" PRIu64 " transmit errors\n",
              p->name, p->receive_errors, p->transmit_errors);
  }
}

static void show_drops(const struct status *s, FILE *out)
{
  for (unsigned r = 0; r < drop_reasons.count; r++)
    for (unsigned i = 0; i < s->n_ports; i++)
      if (s->port[i].dropped[r] > 0)
        fprintf(out, "dropped at %s: %" PRIu64 " %s (%s)\n", s->port[i].name, s->port[i].dropped[r],
                drop_reasons.label[r]->name, drop_reasons.label[r]->help);
}

static void show_copies(const struct status *s, FILE *out)
{
  fprintf(out, "copied between receive and transmit: %" PRIu64 " bytes\n", status_copied_bytes(s));
  for (unsigned i = 0; i < copy_sites.count; i++)
    if (s->copied[i].packets > 0)
      fprintf(out, "  %s: %" PRIu64 " packets, %" PRIu64 " bytes (%s)\n", copy_sites.label[i]->name,
              s->copied[i].packets, s->copied[i].bytes, copy_sites.label[i]->help);
}

static void show_accounting(const struct status *s, FILE *out)
{
  fprintf(out,
          "accounting: received %" PRIu64 " + cloned %" PRIu64 " = transmitted %" PRIu64
          " + dropped %" PRIu64 " + in flight %" PRId64,
          s->received, s->cloned, s->transmitted, s->dropped, s->in_flight);
  if (s->difference != 0)
    fprintf(out, "; off by %" PRId64, s->difference);
  fprintf(out, ": %s\n", status_closed(s) ? "closed" : "NOT CLOSED");
  for (unsigned i = 0; i < s->n_workers; i++)
    if (!s->worker[i].answers)
      fprintf(out, "worker %u on core %u does not come back from a driver (it has %s)\n", i,
              s->worker[i].cpu, s->worker[i].polls);
  if (!s->pools_checked)
    return;
  for (unsigned i = 0; i < s->n_pools; i++)
    if (s->pool[i].available + s->pool[i].kept != s->pool[i].size)
      fprintf(out, "pool %s: %u of %u mbufs came back\n", s->pool[i].name, s->pool[i].available,
              s->pool[i].size);
  if (s->pools_full)
    fprintf(out, "pools: every mbuf came back\n");
  for (unsigned i = 0; i < s->n_pools; i++)
    if (s->pool[i].kept > 0)
      fprintf(out, "pool %s: of them %u that a driver took at start and keeps\n", s->pool[i].name,
              s->pool[i].kept);
}

static void show_port_table(const struct status *s, FILE *out)
{
  int width = 4;
  for (unsigned i = 0; i < s->n_ports; i++)
    if ((int)strlen(s->port[i].name) > width)
      width = strlen(s->port[i].name);
  fprintf(out, "%-*s  %12s  %12s  %9s  %8s\n", width, "port", "received", "sent", "dropped",
          "nic drop");
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    fprintf(out, "%-*s  %12" PRIu64 "  %12" PRIu64 "  %9" PRIu64 "  %8" PRIu64 "\n", width, p->name,
            p->received, p->transmitted, status_port_dropped(p), status_port_nic_drop(p));
  }
}

// Over the whole run. A packet that came from another worker counts as one of this worker's.
static void show_workers(const struct status *s, FILE *out)
{
  fprintf(out, "%-6s  %4s  %6s  %13s  %10s  %13s  %13s\n", "worker", "core", "busy",
          "cycles/packet", "mean burst", "received", "taken over");
  for (unsigned i = 0; i < s->n_workers; i++) {
    const struct status_worker *w = &s->worker[i];
    uint64_t cycles = w->busy_cycles + w->idle_cycles, packets = w->received + w->taken;
    char each[16] = "-", burst[16] = "-";
    if (packets > 0)
      snprintf(each, sizeof(each), "%.1f", (double)w->busy_cycles / packets);
    if (w->bursts > 0)
      snprintf(burst, sizeof(burst), "%.1f", (double)w->received / w->bursts);
    fprintf(out, "%-6u  %4u  %5.1f%%  %13s  %10s  %13" PRIu64 "  %13" PRIu64 "\n", i, w->cpu,
            cycles > 0 ? 100.0 * w->busy_cycles / cycles : 0, each, burst, w->received, w->taken);
  }
}

static void show_handoffs(const struct status *s, FILE *out)
{
  unsigned used = 0;
  for (unsigned i = 0; i < s->n_handoffs; i++) {
    const struct status_handoff *h = &s->handoff[i];
    if (h->high_water > 0 && used++ < HANDOFFS_LISTED)
      fprintf(out, "handoff %u to %u for %s: at most %u of %u\n", h->from, h->to,
              s->port[h->port].name, h->high_water, h->size);
  }
  if (used > HANDOFFS_LISTED)
    fprintf(out, "… and %u handoffs more\n", used - HANDOFFS_LISTED);
}

void show_summary(const struct status *s, FILE *out)
{
  show_port_table(s, out);
  show_workers(s, out);
  show_handoffs(s, out);
  show_replays(s, out);
  show_bridges(s, out);
  show_rules(s, out);
  show_drops(s, out);
  show_losses(s, out);
  show_links(s, out);
  show_copies(s, out);
  show_accounting(s, out);
}
