// SPDX-License-Identifier: BSD-3-Clause
// The end of a run or a replay, for a person: the tables of figures, and sentences on what is out
// of the ordinary.
#include <inttypes.h>
#include <string.h>

#include "datapath/burst.h"
#include "datapath/reason.h"
#include "show.h"
#include "show_table.h"

enum { HANDOFFS_LISTED = 32 };

static void show_times(const char *port, const char *what, uint64_t n, const char *more, FILE *out)
{
  if (n == 1)
    show_text(out, "  ", "port %s: %s once%s", port, what, more);
  else if (n > 1)
    show_text(out, "  ", "port %s: %s %" PRIu64 " times%s", port, what, n, more);
}

static void show_links(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    if (p->link_changes > 0)
      show_text(out, "  ", "port %s: link changes: %" PRIu64 "; at the end it was %s", p->name,
                p->link_changes, p->link);
    if (p->circling_seconds > 0)
      fprintf(out,
              "port %s: for %" PRIu64 " seconds the same frames came in again and again: are two "
              "ports on one cable or one switch?\n",
              p->name, p->circling_seconds);
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
      show_text(out, "  ", "port %s: the NIC dropped %" PRIu64 ": nobody polled in time", p->name,
                p->missed);
    if (p->no_mbuf > 0)
      show_text(out, "  ", "port %s: %" PRIu64 " times no mbuf was left: raise memory.mbufs",
                p->name, p->no_mbuf);
    if (p->receive_errors > 0 || p->transmit_errors > 0)
      show_text(out, "  ",
                "port %s: the driver counts %" PRIu64 " receive and %" PRIu64 " transmit errors",
                p->name, p->receive_errors, p->transmit_errors);
  }
}

static void show_drops(const struct status *s, FILE *out)
{
  for (unsigned r = 0; r < drop_reasons.count; r++)
    for (unsigned i = 0; i < s->n_ports; i++)
      if (s->port[i].dropped[r] > 0)
        show_text(out, "  ", "dropped at %s: %" PRIu64 " %s (%s)", s->port[i].name,
                  s->port[i].dropped[r], drop_reasons.label[r]->name, drop_reasons.label[r]->help);
}

static void show_copies(const struct status *s, FILE *out)
{
  show_text(out, "  ", "copied between receive and transmit: %.0f bytes",
            show_sum(&figures_copies, "bytes", s));
  for (unsigned i = 0; i < copy_sites.count; i++)
    if (s->copied[i].packets > 0)
      show_text(out, "  ", "  %s: %" PRIu64 " packets, %" PRIu64 " bytes (%s)",
                copy_sites.label[i]->name, s->copied[i].packets, s->copied[i].bytes,
                copy_sites.label[i]->help);
}

static void show_accounting(const struct status *s, FILE *out)
{
  char off[64] = "";
  if (s->difference != 0)
    snprintf(off, sizeof(off), "; off by %" PRId64, s->difference);
  show_text(out, "  ", "accounting: received %" PRIu64 " + cloned %" PRIu64, s->received,
            s->cloned);
  show_text(out, "    ",
            "  = transmitted %" PRIu64 " + dropped %" PRIu64 " + in flight %" PRId64 "%s: %s",
            s->transmitted, s->dropped, s->in_flight, off,
            status_closed(s) ? "closed" : "NOT CLOSED");
  for (unsigned i = 0; i < s->n_workers; i++)
    if (!s->worker[i].answers)
      show_text(out, "  ", "worker %u on core %u does not come back from %s", i, s->worker[i].cpu,
                *s->worker[i].place != '\0' ? s->worker[i].place : "what it does");
  if (!s->pools_checked)
    return;
  for (unsigned i = 0; i < s->n_pools; i++)
    if (s->pool[i].available + s->pool[i].kept != s->pool[i].size)
      show_text(out, "  ", "pool %s: %u of %u mbufs came back", s->pool[i].name,
                s->pool[i].available, s->pool[i].size);
  if (s->pools_full)
    show_text(out, "  ", "pools: every mbuf came back");
  for (unsigned i = 0; i < s->n_pools; i++)
    if (s->pool[i].kept > 0)
      show_text(out, "  ", "pool %s: of them %u that a driver took at start and keeps",
                s->pool[i].name, s->pool[i].kept);
}

// A ring that was full is no fault: where packets wait, that is how a slow port slows those that
// feed it; where they are dropped, the drops are listed.
static void show_handoff(const struct status *s, const struct status_handoff *h, FILE *out)
{
  const struct status_port *to = &s->port[h->port];
  char what[128];
  if (h->high_water + BURST_MAX <= h->size)
    snprintf(what, sizeof(what), "held up to %u of %u", h->high_water, h->size);
  else if (to->wait)
    snprintf(what, sizeof(what), "full at times (%u); worker %u waited, none lost", h->high_water,
             h->from);
  else
    snprintf(what, sizeof(what), "full at times (%u); what found no room is counted as dropped",
             h->high_water);
  show_text(out, "  ", "handoff %u to %u for %s: %s", h->from, h->to, to->name, what);
}

static void show_handoffs(const struct status *s, FILE *out)
{
  unsigned used = 0;
  for (unsigned i = 0; i < s->n_handoffs; i++)
    if (s->handoff[i].high_water > 0 && used++ < HANDOFFS_LISTED)
      show_handoff(s, &s->handoff[i], out);
  if (used > HANDOFFS_LISTED)
    show_text(out, "  ", "… and %u handoffs more", used - HANDOFFS_LISTED);
}

void show_summary(const struct status *s, FILE *out)
{
  show_table(&figures_port, s, out);
  show_table(&figures_worker, s, out);
  show_handoffs(s, out);
  show_replays(s, out);
  show_things(&figures_bridge, s, out);
  show_things(&figures_rule, s, out);
  show_drops(s, out);
  show_losses(s, out);
  show_links(s, out);
  show_copies(s, out);
  show_accounting(s, out);
}
