// SPDX-License-Identifier: BSD-3-Clause
// What became of each replay port: asked and achieved, how late, how often it had to wait.
#include <inttypes.h>
#include <math.h>

#include "base/quantity.h"
#include "replay/schedule.h"
#include "show.h"

static void show_lateness(const struct replay_status *r, FILE *out)
{
  char text[4][SHOW_SIZE];
  show_text(out, "    ", "  late: half by %s or less, 99%% by %s, 99.9%% by %s, at most by %s",
            show_seconds(r->late_p50, text[0]), show_seconds(r->late_p99, text[1]),
            show_seconds(r->late_p999, text[2]), show_seconds(r->late_most, text[3]));
}

static void show_replay(const struct status_port *p, FILE *out)
{
  const struct replay_status *r = p->replay;
  char asked[64], number[2][SHOW_SIZE], laps[48] = "";
  config_replay_describe(&r->asked, asked, sizeof(asked));
  if (r->asked.loop != 0)
    snprintf(laps, sizeof(laps), " of %" PRIu64, r->asked.loop);
  show_text(out, "  ", "replay %s: %s, %" PRIu64 " frames, %" PRIu64 "%s laps%s, %s%s", p->name,
            r->asked.file, r->frames, r->laps, laps, r->sent % r->frames != 0 ? " and a part" : "",
            r->window ? "through a window" : "from memory",
            r->state == REPLAY_WAITING ? "; never begun" : "");
  show_text(out, "    ", "  asked: %s; achieved: %sbit/s, %spps", asked,
            show_number(r->achieved_bits, number[0]), show_number(r->achieved_pps, number[1]));
  if (r->stalls > 0)
    show_text(out, "    ", "  stalls: %" PRIu64 " polls found no frame %s", r->stalls,
              r->window ? "read yet" : "that its readers had let go");
  if (r->asked.rate != REPLAY_LINE)
    show_lateness(r, out);
  if (r->state == REPLAY_FAILED)
    show_text(out, "    ", "  FAILED: %s", r->error);
}

void show_replays(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++)
    if (s->port[i].replay != NULL)
      show_replay(&s->port[i], out);
}

bool show_replay_failures(const struct status *s, uint64_t *said, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct replay_status *r = s->port[i].replay;
    if (r == NULL || r->state != REPLAY_FAILED || *said & UINT64_C(1) << i)
      continue;
    *said |= UINT64_C(1) << i;
    fprintf(out, "platter: port %s sends no more: %s\n", s->port[i].name, r->error);
  }
  return *said != 0;
}

// Seconds that nobody has to be told of beforehand.
enum { NOTICEABLE = 2 };

void show_replay_time(const char *port, const struct config_replay *asked,
                      const struct schedule_times *times, uint64_t wire_bits, FILE *out)
{
  struct config_replay lap = *asked;
  char takes[32], gap[32], rate[64];
  if (asked->rate == REPLAY_LINE)
    return;
  bool endless = isinf(schedule_seconds(asked, times, wire_bits));
  lap.loop = endless ? 1 : asked->loop;
  double seconds = schedule_seconds(&lap, times, wire_bits);
  if (seconds < NOTICEABLE)
    return;
  quantity_time(seconds, takes, sizeof(takes));
  config_replay_describe(asked, rate, sizeof(rate));
  fprintf(out, "port %s: %s %s with %s", port, endless ? "a lap takes" : "takes", takes, rate);
  if (asked->rate == REPLAY_ORIGINAL && times->gap > 0) {
    quantity_time(times->gap / 1e9 / asked->speed, gap, sizeof(gap));
    fprintf(out, "; up to %s without a frame, behind frame %" PRIu64, gap, times->gap_after);
  }
  fputc('\n', out);
}

void show_replay_times(const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < s->n_ports; i++)
    if (s->port[i].replay != NULL)
      show_replay_time(s->port[i].name, &s->port[i].replay->asked, s->port[i].replay->times,
                       s->port[i].replay->wire_bits, out);
}
