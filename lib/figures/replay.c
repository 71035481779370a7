// SPDX-License-Identifier: BSD-3-Clause
#include <stdio.h>

#include "base/utf8.h"
#include "figures/figure.h"

#define THING struct replay_status

static json_t *state(const struct status *s, const void *thing)
{
  const struct replay_status *r = thing;
  return json_string(replay_state_name(r->state));
}

static json_t *error(const struct status *s, const void *thing)
{
  const struct replay_status *r = thing;
  return r->state == REPLAY_FAILED ? utf8_string(r->error) : json_null();
}

static json_t *asked(const struct status *s, const void *thing)
{
  const struct replay_status *r = thing;
  char text[64];
  config_replay_describe(&r->asked, text, sizeof(text));
  return json_string(text);
}

static json_t *memory(const struct status *s, const void *thing)
{
  const struct replay_status *r = thing;
  return json_string(r->window ? "window" : "whole file");
}

static const struct figure replay[] = {
    {"file", "", FIGURE_STATE, FIGURE_SUMMARY, "the capture", FIGURE_OF(asked.file)},
    {"state", "", FIGURE_STATE, 0, "waiting, running, finished or failed", FIGURE_BY(state)},
    {"error", "", FIGURE_STATE, FIGURE_NONZERO, "why it failed; else null", FIGURE_BY(error)},
    {"memory", "", FIGURE_STATE, 0, "whole file, or window: read while it is sent",
     FIGURE_BY(memory)},
    {"copies", "copies", FIGURE_GAUGE, 0, "of the file that are in memory", FIGURE_OF(copies)},
    {"loop", "laps", FIGURE_GAUGE, 0, "that were asked for; 0: without end", FIGURE_OF(asked.loop)},
    {"laps", "laps", FIGURE_COUNTER, FIGURE_SUMMARY, "done, whole ones", FIGURE_OF(laps)},
    {"frames", "packets", FIGURE_GAUGE, FIGURE_SUMMARY, "of the file", FIGURE_OF(frames)},
    {"sent", "packets", FIGURE_COUNTER, 0, "frames of all laps", FIGURE_OF(sent)},
    {"sent_bytes", "bytes", FIGURE_COUNTER, 0, "their bytes", FIGURE_OF(sent_bytes)},
    {"stalls", "polls", FIGURE_COUNTER, FIGURE_NONZERO, "that found no frame ready",
     FIGURE_OF(stalls)},
    {"asked", "", FIGURE_STATE, FIGURE_SUMMARY, "the rate", FIGURE_BY(asked)},
    {"achieved_pps", "pps", FIGURE_GAUGE, FIGURE_SUMMARY, "over all of its time",
     FIGURE_OF(achieved_pps)},
    {"achieved_bits", "bit/s", FIGURE_GAUGE, FIGURE_SUMMARY, "the same on the wire",
     FIGURE_OF(achieved_bits)},
    {"seconds", "seconds", FIGURE_GAUGE, 0, "since it began, until it ended", FIGURE_OF(seconds)},
    {"late_p50", "seconds", FIGURE_GAUGE, FIGURE_SUMMARY, "half of the frames were no later",
     FIGURE_OF(late_p50)},
    {"late_p99", "seconds", FIGURE_GAUGE, FIGURE_SUMMARY, "99% of the frames were no later",
     FIGURE_OF(late_p99)},
    {"late_p999", "seconds", FIGURE_GAUGE, FIGURE_SUMMARY, "99.9% of the frames were no later",
     FIGURE_OF(late_p999)},
    {"late_most", "seconds", FIGURE_GAUGE, FIGURE_SUMMARY, "the latest frame",
     FIGURE_OF(late_most)},
};

// The port of the replay of that number.
static const struct status_port *port(const struct status *s, unsigned number)
{
  unsigned i = 0;
  while (s->port[i].replay == NULL || number-- > 0)
    i++;
  return &s->port[i];
}

static unsigned count(const struct status *s)
{
  unsigned n = 0;
  for (unsigned i = 0; i < s->n_ports; i++)
    n += s->port[i].replay != NULL;
  return n;
}

static const void *at(const struct status *s, unsigned number)
{
  return port(s, number)->replay;
}

static void key(const struct status *s, unsigned number, char *text, size_t size)
{
  snprintf(text, size, "%s", port(s, number)->name);
}

const struct figure_table figures_replay = {
    .thing = "replay",
    .command = "/platter/replay,NAME",
    .path = "ports.NAME.replay",
    .about = "Each replay port, beside what every port has.",
    .figure = replay,
    .n_figures = sizeof(replay) / sizeof(*replay),
    .count = count,
    .at = at,
    .key = key,
};
