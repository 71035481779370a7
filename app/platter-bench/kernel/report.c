// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "kernel/conclude.h"

double sample_user(const struct sample *s)
{
  return s->user;
}

double sample_system(const struct sample *s)
{
  return s->system;
}

double sample_receiver(const struct sample *s)
{
  return s->receiver.user + s->receiver.system;
}

static double voluntary(const struct sample *s)
{
  return s->voluntary;
}

static double involuntary(const struct sample *s)
{
  return s->involuntary;
}

static double minor(const struct sample *s)
{
  return s->minor;
}

static double major(const struct sample *s)
{
  return s->major;
}

static void add_text(json_t *row, const char *text)
{
  json_array_append_new(row, report_text(text));
}

static void add_rate(json_t *row, const struct point *p, double (*of)(const struct sample *))
{
  json_array_append_new(row, json_real(point_per_gigabyte(p, of)));
}

static void ways_table(json_t *report, const struct points *points)
{
  json_t *table = report_table(report, "The ways", "");
  report_column(table, "Way", "");
  report_column(table, "Copies that it avoids", "");
  report_column(table, "To", "");
  report_column(table, "This kernel", "");
  for (unsigned w = 0; w < WAYS; w++) {
    if (!points->options.way[w])
      continue;
    char here[256];
    bool missing = points->why[w][0] != '\0';
    snprintf(here, sizeof(here), "%s%s", missing ? "has none: " : "has it", points->why[w]);
    json_t *row = report_row(table);
    add_text(row, ways[w]->name);
    add_text(row, ways[w]->avoids);
    add_text(row, !ways[w]->route[ROUTE_FILE]     ? "socket"
                  : !ways[w]->route[ROUTE_SOCKET] ? "file"
                                                  : "file, socket");
    add_text(row, here);
  }
}

// Ways that were asked for and are not there: one row each, so that nobody takes them for
// forgotten.
static void missing_rows(json_t *table, const struct points *points, enum route route,
                         unsigned columns)
{
  for (unsigned w = 0; w < WAYS; w++) {
    if (!points->options.way[w] || !ways[w]->route[route] || points->why[w][0] == '\0')
      continue;
    json_t *row = report_row(table);
    add_text(row, "every size");
    add_text(row, ways[w]->name);
    add_text(row, "this kernel has none");
    for (unsigned i = 3; i < columns; i++)
      add_text(row, "");
  }
}

static json_t *start_row(json_t *table, const struct point *p)
{
  json_t *row = report_row(table);
  add_text(row, size_show(p->job.size).text);
  add_text(row, p->job.way->name);
  return row;
}

struct column {
  const char *name, *unit;
};

// A row for each point of the route; `fill` adds the cells behind size and way.
static void route_table(json_t *report, const struct points *points, enum route route,
                        const char *what, const char *note, const struct column *columns,
                        unsigned n, void (*fill)(json_t *row, const struct point *point))
{
  char title[64];
  snprintf(title, sizeof(title), "%s: %s", route_title(route), what);
  json_t *table = report_table(report, title, note);
  report_column(table, "Size", "");
  report_column(table, "Way", "");
  for (unsigned i = 0; i < n; i++)
    report_column(table, columns[i].name, columns[i].unit);
  for (unsigned i = 0; i < points->n; i++)
    if (points->point[i].job.route == route)
      fill(start_row(table, &points->point[i]), &points->point[i]);
  missing_rows(table, points, route, n + 2);
}

static void fill_cost(json_t *row, const struct point *p)
{
  struct spread throughput = point_throughput(p), cpu = point_cpu(p);
  json_array_append_new(row, report_spread(&throughput));
  json_array_append_new(row, report_spread(&cpu));
  add_rate(row, p, sample_user);
  add_rate(row, p, sample_system);
  if (p->job.route == ROUTE_SOCKET)
    add_rate(row, p, sample_receiver);
}

static void cost_table(json_t *report, const struct points *points, enum route route)
{
  static const struct column columns[] = {{"Throughput", "GB/s"},
                                          {"CPU", "s/GB"},
                                          {"user", "s/GB"},
                                          {"system", "s/GB"},
                                          {"receiver's CPU", "s/GB"}};
  route_table(
      report, points, route, "throughput and CPU time",
      "CPU seconds of the sender for each gigabyte (10^9 bytes). The kernel parts user from system "
      "by its clock tick: only over all samples together does that say something.",
      columns, route == ROUTE_SOCKET ? 5 : 4, fill_cost);
}

static void fill_counts(json_t *row, const struct point *p)
{
  struct told told = point_told(p);
  add_rate(row, p, voluntary);
  add_rate(row, p, involuntary);
  add_rate(row, p, minor);
  add_rate(row, p, major);
  add_text(row, p->job.way->asks ? told_show(p->job.way, &told).text : "cannot be asked");
}

static void count_table(json_t *report, const struct points *points, enum route route)
{
  static const struct column columns[] = {{"voluntary switches", "1/GB"},
                                          {"involuntary switches", "1/GB"},
                                          {"minor faults", "1/GB"},
                                          {"major faults", "1/GB"},
                                          {"copied by the CPU", ""}};
  route_table(
      report, points, route, "what the kernel counted",
      "For each gigabyte, over all samples, of the sender. Copied by the CPU: of what the kernel "
      "was asked not to copy, what it says it copied; the other ways cannot be asked.",
      columns, 5, fill_counts);
}

static json_t *raw_sample(const struct sample *s)
{
  return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "bytes",
                   (json_int_t)s->bytes, "seconds", s->seconds, "user", s->user, "system",
                   s->system, "receiver_user", s->receiver.user, "receiver_system",
                   s->receiver.system, "voluntary", (json_int_t)s->voluntary, "involuntary",
                   (json_int_t)s->involuntary, "minor_faults", (json_int_t)s->minor, "major_faults",
                   (json_int_t)s->major, "asked_not_to_copy", (json_int_t)s->asked, "copied",
                   (json_int_t)s->copied, "untold", (json_int_t)s->untold);
}

static void raw_points(json_t *report, const struct points *points)
{
  for (unsigned i = 0; i < points->n; i++) {
    const struct point *p = &points->point[i];
    json_t *samples = json_array();
    for (unsigned k = 0; k < p->count; k++)
      json_array_append_new(samples, raw_sample(&p->sample[k]));
    report_point(report,
                 json_pack("{s:s, s:s, s:I, s:I, s:b, s:o}", "way", p->job.way->name, "route",
                           route_names[p->job.route], "size", (json_int_t)p->job.size, "transfers",
                           (json_int_t)p->job.transfers, "identical", true, "samples", samples));
  }
  for (unsigned w = 0; w < WAYS; w++)
    if (points->options.way[w] && points->why[w][0] != '\0')
      report_point(report, json_pack("{s:s, s:o}", "way", ways[w]->name, "missing",
                                     report_text(points->why[w])));
}

// Nobody asked for the disk: what had to be read from it was not in memory any more.
static void warn(json_t *report, const struct points *points, const struct file_system *system)
{
  uint64_t faults = 0;
  for (unsigned i = 0; i < points->n; i++)
    for (unsigned k = 0; k < points->point[i].count; k++)
      faults += points->point[i].sample[k].major;
  if (faults > 0)
    report_warn(report,
                "%" PRIu64 " page faults went to the disk: the page cache was not warm throughout.",
                faults);
  if (system->memory)
    report_warn(report, "%s is %s, in memory: a file system on a disk has more to do for a file.",
                points->options.directory, system->name);
  if (points->options.repeat < 3)
    report_warn(report, "Fewer than 3 repetitions: nothing can be concluded.");
}

static void settings(json_t *report, const struct points *points, const struct file_system *system)
{
  const struct kernel_options *o = &points->options;
  char sizes[SIZES_MAX * 16] = "";
  for (unsigned i = 0, at = 0; i < o->n_sizes && at < sizeof(sizes); i++)
    at += snprintf(sizes + at, sizeof(sizes) - at, "%s%s", i > 0 ? ", " : "",
                   size_show(o->size[i]).text);
  report_setting(report, "sizes", report_text(sizes));
  report_setting(report, "repetitions", json_integer(o->repeat));
  report_setting(report, "buffer", report_text(size_show(o->buffer).text));
  report_setting(report, "directory", report_text(o->directory));
  report_setting(report, "file system", report_text(system->name));
  report_setting(
      report, "page cache",
      report_text(
          "warm; the input is written just before, and read through by each comparison; memory "
          "for the output is taken and given back before each sample"));
  report_setting(report, "durability", report_text("none: no fsync is in the time"));
}

void kernel_report(json_t *report, const struct points *points, const struct file_system *system)
{
  report_paragraph(
      report, "The ways that the operating system offers to move a file to another file or into a "
              "TCP connection on 127.0.0.1, on the same bytes. After each sample the output was "
              "compared with the input, byte for byte, and was identical.");
  report_paragraph(
      report, "Small sizes are moved many times in a sample. What a program keeps from file to "
              "file (buffers, a pipe, a ring) is made before; mapping a file is part of each "
              "transfer. The input is in the page cache, the output is a new file that is not "
              "forced to the disk. A transfer ends when the program may write to its memory again. "
              "The receiver is a process of its own that keeps all bytes.");
  settings(report, points, system);
  warn(report, points, system);
  ways_table(report, points);
  for (enum route r = 0; r < ROUTES; r++)
    if (points->options.route[r]) {
      cost_table(report, points, r);
      count_table(report, points, r);
      kernel_charts(report, points, r);
    }
  kernel_conclude(report, points);
  raw_points(report, points);
}
