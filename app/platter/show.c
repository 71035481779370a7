// SPDX-License-Identifier: BSD-3-Clause
#include "show.h"

#include <inttypes.h>
#include <string.h>

#include "show_table.h"

void show_notes(const struct layout *layout, FILE *out)
{
  if (layout->n_notes > 0)
    putc('\n', out);
  for (unsigned i = 0; i < layout->n_notes; i++)
    show_text(out, "  ", "note: %s", layout->notes[i]);
}

// Of all ports: more than the number where one of them does not count.
static const char *show_nic_drop(const struct status *s, char *text)
{
  double sum = show_sum(&figures_port, "nic_drop", s);
  bool all = true;
  for (unsigned i = 0; i < s->n_ports; i++)
    all &= status_port_nic_drop_known(&s->port[i]);
  show_number(sum, text);
  if (!all)
    strcpy(sum > 0 ? text + strlen(text) : text, sum > 0 ? "+" : "?");
  return text;
}

void show_ports(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    bool unknown = strcmp(p->copies, "unknown") == 0;
    show_text(out, "  ", "port %s: %s, %s, link %s; %s%s", p->name, p->device, p->driver, p->link,
              unknown ? "whether the driver copies is unknown" : "the driver copies ",
              unknown ? "" : p->copies);
  }
}

// Up to four workers one by one, more of them as the least and the most busy.
static void show_busy(const struct status *s, FILE *out)
{
  double least = 1, most = 0;
  for (unsigned i = 0; i < s->n_workers; i++) {
    double share = s->worker[i].busy;
    least = share < least ? share : least;
    most = share > most ? share : most;
    if (s->n_workers <= 4)
      fprintf(out, " %3.0f", 100 * share);
  }
  if (s->n_workers > 4)
    fprintf(out, " %.0f–%.0f", 100 * least, 100 * most);
}

// Of a span's time. Less is the kernel's own work.
static const double NOTICEABLE = 0.05;

// Which workers did not have their cores to themselves: what the line above is worth.
static void show_stolen(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_workers; i++)
    if (s->worker[i].stolen >= NOTICEABLE)
      show_text(out, "  ",
                "        worker %u: %.1f%% of its time stolen: other programs had core %u", i,
                100 * s->worker[i].stolen, s->worker[i].cpu);
}

void show_line(const struct status *s, bool heading, FILE *out)
{
  double received = show_sum(&figures_port, "received_pps", s);
  double transmitted = show_sum(&figures_port, "transmitted_pps", s);
  char text[6][SHOW_SIZE];

  if (heading)
    fprintf(out,
            "%22s  %9s  %27s\n"
            "%6s  %6s  %6s  %9s  %7s  %8s  %8s  %s\n",
            "--per second--", "--now----", "------since the start------", "time", "rx pps",
            "tx pps", "in flight", "dropped", "nic drop", "copied B", "workers busy, %");
  unsigned seconds = s->rates_end;
  fprintf(out, "%3u:%02u  %6s  %6s  %9s  %7s  %8s  %8s ", seconds / 60, seconds % 60,
          show_number(received, text[0]), show_number(transmitted, text[1]),
          s->consistent ? show_number(s->in_flight, text[2]) : "?",
          show_number(show_sum(&figures_accounting, "dropped", s), text[3]),
          show_nic_drop(s, text[4]), show_number(show_sum(&figures_copies, "bytes", s), text[5]));
  show_busy(s, out);
  fputc('\n', out);
  show_stolen(s, out);
  fflush(out);
}

enum { CIRCLING_SAID_EVERY = 60 }; // seconds

void show_circling(const struct status *s, struct show_circling *said, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    uint64_t seconds = s->port[i].circling_seconds;
    bool still = seconds > said->seconds[i];
    said->seconds[i] = seconds;
    if (!still || (said->said[i] > 0 && s->seconds < said->said[i] + CIRCLING_SAID_EVERY))
      continue;
    said->said[i] = s->seconds;
    fprintf(out,
            "platter: warning: port %s: the same frames come in again and again; if nobody sends "
            "them on purpose, they go round: look whether two ports are on one cable or one "
            "switch\n",
            s->port[i].name);
  }
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
          show_nic_drop(s, text[1]));
  fflush(out);
}
