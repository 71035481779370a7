// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/report.h"

#include <math.h>
#include <stdio.h>

#include "report/report.h"
#include "zero_copy/traffic.h"

static const struct column {
  const char *name, *unit;
  size_t samples; // offset in struct spot
} columns[] = {
    {"Rate", "Mpps", offsetof(struct spot, mpps)},
    {"Rate", "Gbit/s", offsetof(struct spot, gbits)},
    {"Cycles", "per packet", offsetof(struct spot, cycles)},
    {"Copied", "bytes per packet", offsetof(struct spot, copied)},
    {"Busy", "%", offsetof(struct spot, busy)},
    {"Inside p50", "µs", offsetof(struct spot, p50)},
    {"Inside p99", "µs", offsetof(struct spot, p99)},
    {"Inside p99.9", "µs", offsetof(struct spot, p999)},
};

enum { COPIED = 3, COLUMNS = sizeof(columns) / sizeof(*columns) };

static struct spread spread_of(const struct spot *spot, size_t samples)
{
  return samples_spread((const struct samples *)((const char *)spot + samples));
}

static const char *const path_titles[PATHS] = {"run to completion on one core",
                                               "pipeline on two cores"};

// What is the same in all samples has been counted: all its digits.
static json_t *cell(const struct spread *spread)
{
  if (spread->count > 0 && spread->least == spread->most && spread->least == floor(spread->least))
    return json_integer(spread->least);
  return report_spread(spread);
}

static void put_row(json_t *table, const struct spot *spot)
{
  json_t *row = report_row(table);
  if (spot->size == TRAFFIC_IMIX)
    json_array_append_new(row, json_string("IMIX"));
  else
    json_array_append_new(row, json_integer(spot->size));
  json_array_append_new(row, json_integer(spot->copies));
  for (unsigned c = 0; c < COLUMNS; c++) {
    struct spread spread = spread_of(spot, columns[c].samples);
    json_array_append_new(row, c == COPIED ? cell(&spread) : report_spread(&spread));
  }
}

static void put_table(json_t *report, const struct grid *grid, enum path path, enum working_set set)
{
  char title[128];
  snprintf(title, sizeof(title), "Frames %s, %s", set_titles[set], path_titles[path]);
  json_t *table =
      report_table(report, title,
                   "Gbit/s of frames as they lie in memory, without check sum, preamble and gap. "
                   "Cycles of all workers, in turns that moved packets. Busy: the share of such "
                   "turns in the time of all workers. Inside: from receive to transmit, at full "
                   "load, with the time in queues.");
  report_column(table, "Frame", "bytes");
  report_column(table, "Copies", "");
  for (unsigned c = 0; c < COLUMNS; c++)
    report_column(table, columns[c].name, columns[c].unit);
  for (unsigned i = 0; i < grid->n; i++)
    if (grid->spot[i].path == path && grid->spot[i].set == set)
      put_row(table, &grid->spot[i]);
}

struct drawn {
  const char *what, *unit;
  size_t samples;
  bool log;
};

static void put_chart(json_t *report, const struct grid *grid, const struct zero_copy_options *o,
                      enum path path, enum working_set set, const struct drawn *drawn)
{
  char title[128], name[32];
  snprintf(title, sizeof(title), "%s by frame size: %s, %s", drawn->what, path_titles[path],
           set_titles[set]);
  json_t *chart = report_chart(report, "line", title, "frame size, bytes", drawn->unit, drawn->log);
  for (unsigned s = 0; s < o->n_sizes; s++) {
    snprintf(name, sizeof(name), "%u", o->size[s]);
    report_label(chart, o->size[s] != TRAFFIC_IMIX ? name : "IMIX");
  }
  for (unsigned c = 0; c < o->n_copies; c++) {
    snprintf(name, sizeof(name), "%u %s", o->copies[c], o->copies[c] == 1 ? "copy" : "copies");
    json_t *series = report_series(chart, o->copies[c] != 0 ? name : "by reference");
    for (unsigned s = 0; s < o->n_sizes; s++) {
      struct spread spread =
          spread_of(grid_find(grid, path, set, o->size[s], o->copies[c]), drawn->samples);
      report_value(series, &spread);
    }
  }
}

static void put_points(json_t *report, const struct grid *grid)
{
  for (unsigned i = 0; i < grid->n; i++) {
    const struct spot *spot = &grid->spot[i];
    report_point(report, json_pack("{s:s, s:s, s:o, s:f, s:i, s:O}", "layout",
                                   path_names[spot->path], "set", set_names[spot->set], "frame",
                                   spot->size == TRAFFIC_IMIX ? json_string("imix")
                                                              : json_integer(spot->size),
                                   "mean_bytes", traffic_mean(spot->size), "copies", spot->copies,
                                   "samples", spot->raw));
  }
}

void zero_copy_report(json_t *report, const struct grid *grid, const struct zero_copy_options *o)
{
  static const struct drawn drawn[] = {
      {"Throughput", "Mpps", offsetof(struct spot, mpps), true},
      {"Cycles per packet", "cycles", offsetof(struct spot, cycles), true},
  };
  for (unsigned path = 0; path < PATHS; path++)
    for (unsigned set = 0; set < SETS; set++) {
      if (!o->path[path] || !o->set[set])
        continue;
      put_table(report, grid, path, set);
      for (unsigned d = 0; d < sizeof(drawn) / sizeof(*drawn); d++)
        put_chart(report, grid, o, path, set, &drawn[d]);
    }
  put_points(report, grid);
}
