// SPDX-License-Identifier: BSD-3-Clause
// What a person sees on the terminal.
#ifndef PLATTER_SHOW_H
#define PLATTER_SHOW_H

#include <stdio.h>

#include "figures/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SHOW_SIZE = 24 }; // bytes of a number as text

// In `text` of SHOW_SIZE bytes, which is returned: "1.20 M", three figures and a unit step;
// "3.43 ms", of seconds; "41.1", "1630", "2.60 M", of cycles.
const char *show_number(double value, char *text);
const char *show_seconds(double seconds, char *text);
const char *show_cycles(double cycles, char *text);

// One paragraph in lines of up to 80 columns, all but the first behind `indent`.
void show_text(FILE *out, const char *indent, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// What the layout has to say beside its table.
void show_notes(const struct layout *layout, FILE *out);

// The ports with their devices, and which of those copy inside themselves.
void show_ports(const struct status *status, FILE *out);

// One line for each span that rates are of; `heading`: the line that names the columns before it.
void show_line(const struct status *status, bool heading, FILE *out);

// A line for each port whose link is not what it was at the last call, or has changed in between.
// `seen`: the links as they were then; before the first call, zero.
struct show_links {
  bool begun;
  uint64_t changes[CONFIG_PORTS_MAX];
  char link[CONFIG_PORTS_MAX][64];
};

void show_link_changes(const struct status *status, struct show_links *seen, FILE *out);

// Says at which ports frames go round, each at most once a minute. `said`: when that was last said
// of each, zero before the first call.
struct show_circling {
  uint64_t seconds[CONFIG_PORTS_MAX];
  double said[CONFIG_PORTS_MAX]; // 0: never
};
void show_circling(const struct status *status, struct show_circling *said, FILE *out);

// The status line for a replay, which has an end: so many frames of all have come in.
void show_progress(const struct status *status, uint64_t frames, uint64_t total, FILE *out);

// The end: per port, per worker, handoffs, drops by reason, copies by site, the equation.
void show_summary(const struct status *status, FILE *out);

// Of the end, what concerns replay ports.
void show_replays(const struct status *status, FILE *out);

// How long a replay will take, where frames have a time: "takes 2 h 5 min with original timing; up
// to 59 min behind frame 3". Nothing, where they have none. `wire_bits`: see schedule_seconds.
void show_replay_time(const char *port, const struct config_replay *asked,
                      const struct schedule_times *times, uint64_t wire_bits, FILE *out);

// The same of all replay ports of the status.
void show_replay_times(const struct status *status, FILE *out);

// Says which replay ports could not be read on, each once: those in `said`, a bit by port, have
// been named. Returns whether there is any.
bool show_replay_failures(const struct status *status, uint64_t *said, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
