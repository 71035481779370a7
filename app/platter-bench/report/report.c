// SPDX-License-Identifier: BSD-3-Clause
// A report is built out of jansson's values. Whether memory ran out is noted where memory is asked
// for, once for all of them, those included that commands put into it themselves.
#include "report/report.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include <rte_version.h>
#include <sha2.h>

#include "base/utf8.h"
#include "machine/machine.h"

static atomic_bool memory_out;

static void *allocate(size_t size)
{
  void *memory = malloc(size);
  if (memory == NULL)
    atomic_store(&memory_out, true);
  return memory;
}

static json_t *text(const char *bytes)
{
  return utf8_string(bytes != NULL ? bytes : "");
}

static json_t *utc(void)
{
  char date[32];
  time_t now = time(NULL);
  struct tm tm;
  gmtime_r(&now, &tm);
  strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
  return json_string(date);
}

json_t *report_new(const char *name, const char *title)
{
  json_set_alloc_funcs(allocate, free);
  atomic_store(&memory_out, false);
  return json_pack("{s:o, s:o, s:[], s:s, s:s, s:o, s:o, s:{}, s:n, s:[], s:[], s:[], s:[], s:[],"
                   " s:[], s:[]}",
                   "report", text(name), "title", text(title), "about", "platter", PLATTER_VERSION,
                   "dpdk", rte_version(), "date", utc(), "machine", machine_new(""), "settings",
                   "configuration", "captures", "warnings", "conclusions", "tables", "charts",
                   "figures", "points");
}

void report_end(json_t *report)
{
  json_t *machine = json_object_get(report, "machine");
  machine_end(machine, "");
  json_t *warnings = machine_warnings(machine);
  json_array_extend(json_object_get(report, "warnings"), warnings);
  json_decref(warnings);
}

// A row without a cell, or a series without a value, would put figures under the wrong heading.
static bool rows_whole(const json_t *table)
{
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(table, "rows"), i, row)
  {
    if (json_array_size(row) != json_array_size(json_object_get(table, "columns")))
      return false;
  }
  return true;
}

static bool series_whole(const json_t *chart)
{
  size_t i, labels = json_array_size(json_object_get(chart, "labels"));
  json_t *series;
  json_array_foreach(json_object_get(chart, "series"), i, series)
  {
    if (json_array_size(json_object_get(series, "value")) != labels)
      return false;
  }
  return true;
}

bool report_whole(const json_t *report)
{
  size_t i;
  json_t *part;
  if (report == NULL || atomic_load(&memory_out))
    return false;
  json_array_foreach(json_object_get(report, "tables"), i, part)
  {
    if (!rows_whole(part))
      return false;
  }
  json_array_foreach(json_object_get(report, "charts"), i, part)
  {
    if (!series_whole(part))
      return false;
  }
  return true;
}

static void append_text(json_t *report, const char *list, const char *format, va_list args)
{
  char *line;
  if (vasprintf(&line, format, args) < 0) {
    atomic_store(&memory_out, true);
    return;
  }
  json_array_append_new(json_object_get(report, list), text(line));
  free(line);
}

void report_paragraph(json_t *report, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  append_text(report, "about", format, args);
  va_end(args);
}

void report_warn(json_t *report, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  append_text(report, "warnings", format, args);
  va_end(args);
}

void report_conclude(json_t *report, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  append_text(report, "conclusions", format, args);
  va_end(args);
}

void report_setting(json_t *report, const char *name, json_t *value)
{
  json_object_set_new(json_object_get(report, "settings"), name, value);
}

void report_configuration(json_t *report, const char *yaml)
{
  json_object_set_new(report, "configuration", yaml != NULL ? text(yaml) : json_null());
}

int report_capture(json_t *report, const char *name, const char *path, size_t frames)
{
  char hash[SHA256_DIGEST_STRING_LENGTH];
  struct stat file;
  if (stat(path, &file) != 0 || SHA256File(path, hash) == NULL)
    return -errno;
  json_array_append_new(json_object_get(report, "captures"),
                        json_pack("{s:o, s:I, s:I, s:s}", "name", text(name), "frames",
                                  (json_int_t)frames, "bytes", (json_int_t)file.st_size, "sha256",
                                  hash));
  return 0;
}

// Appends an object to a list of `parent` and returns it, borrowed.
static json_t *append(json_t *parent, const char *list, json_t *object)
{
  return json_array_append_new(json_object_get(parent, list), object) == 0 ? object : NULL;
}

json_t *report_table(json_t *report, const char *title, const char *note)
{
  return append(report, "tables",
                json_pack("{s:o, s:o, s:[], s:[]}", "title", text(title), "note", text(note),
                          "columns", "rows"));
}

void report_column(json_t *table, const char *name, const char *unit)
{
  append(table, "columns", json_pack("{s:o, s:o}", "name", text(name), "unit", text(unit)));
}

json_t *report_row(json_t *table)
{
  return append(table, "rows", json_array());
}

json_t *report_text(const char *bytes)
{
  return text(bytes);
}

static json_t *number(double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

json_t *report_spread(const struct spread *spread)
{
  if (spread->count == 0)
    return json_null();
  return json_pack("{s:o, s:o, s:o, s:I, s:b}", "median", number(spread->median), "low",
                   number(spread->low), "high", number(spread->high), "count",
                   (json_int_t)spread->count, "conclusive", spread->conclusive);
}

json_t *report_chart(json_t *report, const char *kind, const char *title, const char *x,
                     const char *y, bool log)
{
  return append(report, "charts",
                json_pack("{s:o, s:s, s:s, s:o, s:o, s:b, s:[], s:[]}", "title", text(title),
                          "note", "", "kind", kind, "x", text(x), "y", text(y), "log", log,
                          "labels", "series"));
}

void report_chart_note(json_t *chart, const char *note)
{
  json_object_set_new(chart, "note", text(note));
}

void report_label(json_t *chart, const char *label)
{
  json_array_append_new(json_object_get(chart, "labels"), text(label));
}

json_t *report_series(json_t *chart, const char *name)
{
  return append(chart, "series",
                json_pack("{s:o, s:[], s:[], s:[]}", "name", text(name), "value", "low", "high"));
}

void report_value(json_t *series, const struct spread *spread)
{
  bool shown = spread->conclusive;
  json_array_append_new(json_object_get(series, "value"),
                        shown ? number(spread->median) : json_null());
  json_array_append_new(json_object_get(series, "low"), shown ? number(spread->low) : json_null());
  json_array_append_new(json_object_get(series, "high"),
                        shown ? number(spread->high) : json_null());
}

void report_figure(json_t *report, const struct figure *f)
{
  append(report, "figures",
         json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "of", text(f->of), "what", text(f->what),
                   "unit", text(f->unit), "value", number(f->value), "low", number(f->low), "high",
                   number(f->high), "count", (json_int_t)f->count));
}

void report_point(json_t *report, json_t *point)
{
  json_array_append_new(json_object_get(report, "points"), point);
}
