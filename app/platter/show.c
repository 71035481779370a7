// SPDX-License-Identifier: BSD-3-Clause
#include "show.h"

#include <inttypes.h>
#include <string.h>

#include "datapath/reason.h"

// "1.20 M": three figures and a unit step, in `text` of at least 16 bytes.
static const char *short_number(double value, char *text)
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

static uint64_t copied_bytes(const struct status *s)
{
  uint64_t sum = 0;
  for (unsigned i = 0; i < copy_sites.count; i++)
    sum += s->copied[i].bytes;
  return sum;
}

void show_ports(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    fprintf(out, "port %s: %s, %s, link %s", p->name, p->device, p->driver,
            p->link_up ? "up" : "down");
    if (p->copies[0] != '\0')
      fprintf(out, "; the driver copies %s", p->copies);
    fputc('\n', out);
  }
}

void show_line(const struct status *s, bool heading, FILE *out)
{
  double received = 0, transmitted = 0;
  char text[5][16];

  for (unsigned i = 0; i < s->n_ports; i++) {
    received += s->port[i].received_pps;
    transmitted += s->port[i].transmitted_pps;
  }
  if (heading)
    fprintf(out, "%8s  %10s  %10s  %9s  %9s  %9s  %s\n", "time", "rx pps", "tx pps", "dropped",
            "in flight", "copied B", "workers busy");
  unsigned seconds = s->seconds;
  fprintf(out, "%5u:%02u  %10s  %10s  %9s  %9s  %9s ", seconds / 60, seconds % 60,
          short_number(received, text[0]), short_number(transmitted, text[1]),
          short_number(s->dropped, text[2]),
          short_number(s->in_flight > 0 ? s->in_flight : 0, text[3]),
          short_number(copied_bytes(s), text[4]));
  for (unsigned i = 0; i < s->n_workers && i < 4; i++)
    fprintf(out, " %.0f%%", 100 * s->worker[i].busy_share);
  fprintf(out, "%s\n", s->n_workers > 4 ? " …" : "");
  fflush(out);
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
  fprintf(out, "copied between receive and transmit: %" PRIu64 " bytes\n", copied_bytes(s));
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

void show_summary(const struct status *s, FILE *out)
{
  int width = 4;
  for (unsigned i = 0; i < s->n_ports; i++)
    if ((int)strlen(s->port[i].name) > width)
      width = strlen(s->port[i].name);
  fprintf(out, "%-*s  %14s  %14s  %12s\n", width, "port", "received", "sent", "dropped");
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    uint64_t dropped = 0;
    for (unsigned r = 0; r < drop_reasons.count; r++)
      dropped += p->dropped[r];
    fprintf(out, "%-*s  %14" PRIu64 "  %14" PRIu64 "  %12" PRIu64 "\n", width, p->name, p->received,
            p->transmitted, dropped);
  }
  show_drops(s, out);
  show_losses(s, out);
  show_copies(s, out);
  show_accounting(s, out);
}
