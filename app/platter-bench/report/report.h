// SPDX-License-Identifier: BSD-3-Clause
// What a measurement says, in one form for all of platter-bench: a JSON object, which a program may
// read (--json), from which the terminal's tables and the page (--html) are made and from nothing
// else. Whoever measures fills it by the functions below; nothing here knows what was measured.
//
//   { "report": "kernel", "title": "…", "about": ["paragraph", …],
//     "platter": "0.1.0", "dpdk": "DPDK 22.11.11", "date": "2026-01-01T00:00:00Z",
//     "machine": { see machine.h },
//     "settings": { "repetitions": 5, … }, "configuration": "the YAML that ran, or none",
//     "captures": [ { "name", "frames", "bytes", "sha256" } ],
//     "warnings": ["one core is shared with …"],
//     "conclusions": ["By reference …"],
//     "tables": [ { "title", "note", "columns": [ { "name", "unit" } ], "rows": [ [cell, …] ] } ],
//     "charts": [ { "title", "note", "kind": "line"|"bar", "x": "frame size, bytes", "y": "Mpps",
//                   "log": false, "labels": ["64", …],
//                   "series": [ { "name", "value": [n|null, …], "low": […], "high": […] } ] } ],
//     "figures": [ { "of": "64 bytes", "what": "NDR", "unit": "frames/s", "value": n, "low": n,
//                    "high": n | null (at least), "count": n } ],
//     "points": [ anything: the raw figures, sample by sample ] }
//
// A cell is a text, a number, or what report_spread gives: { "median", "low", "high", "count",
// "conclusive" }, shown as "12.3 (11.9 to 12.6)", or as "too wide to tell" where inconclusive.
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "report/stats.h"

#ifdef __cplusplus
extern "C" {
#endif

// All functions that return json_t give borrowed references into `report`, but for report_new,
// report_spread and report_text. They return NULL (or do nothing) where memory ran out or an
// argument is NULL: report_whole tells, also where a row lacks a cell or a series a value. The
// caller releases the report with json_decref.
json_t *report_new(const char *name, const char *title); // with versions, date and machine
bool report_whole(const json_t *report);

// The measuring is done: adds what was seen of the machine meanwhile, and its warnings.
void report_end(json_t *report);

void report_paragraph(json_t *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void report_warn(json_t *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report_conclude(json_t *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report_setting(json_t *report, const char *name, json_t *value); // takes `value`
void report_configuration(json_t *report, const char *yaml);          // what ran
// Reads the file for its hash. Returns 0, or -errno.
int report_capture(json_t *report, const char *name, const char *path, size_t frames);

json_t *report_table(json_t *report, const char *title, const char *note);
void report_column(json_t *table, const char *name, const char *unit); // unit: may be ""
json_t *report_row(json_t *table);                                     // an array: append cells
json_t *report_spread(const struct spread *spread);                    // a new reference: a cell
json_t *report_text(const char *bytes); // the same; what is no UTF-8 in it becomes '?'

json_t *report_chart(json_t *report, const char *kind, const char *title, const char *x,
                     const char *y, bool log);
void report_chart_note(json_t *chart, const char *note);
void report_label(json_t *chart, const char *label);
json_t *report_series(json_t *chart, const char *name);
// One value for each label, in order; inconclusive ones leave a gap.
void report_value(json_t *series, const struct spread *spread);

// What a measurement comes to, for programs (--csv) and to compare it with another (`compare`).
struct figure {
  const char *of, *what, *unit;
  double value;
  double low, high; // of all repetitions; `high` INFINITY: the value is at least that
  size_t count;     // of repetitions: from FIGURE_REPEATED on they tell a spread
};

enum { FIGURE_REPEATED = 3 };

void report_figure(json_t *report, const struct figure *figure);

void report_point(json_t *report, json_t *point); // takes `point`

// Prints what it is about, machine in brief, warnings, tables (wrapped to fit 100 columns) and
// conclusions.
void report_print(const json_t *report, FILE *out);

// Write the report to a file, whole or not at all (a temporary beside it, renamed). Return 0, or
// -errno and a sentence in `error`.
int report_write_json(const json_t *report, const char *path, char *error, size_t size);
int report_write_csv(const json_t *report, const char *path, char *error, size_t size); // figures
int report_write_html(const json_t *report, const char *path, char *error, size_t size);

// What --json and --html ask for, either of them or NULL. Checks that there is a place for them, to
// be asked before minutes are spent; prints the report and writes them. Return as above.
int report_check_files(const char *json, const char *html, char *error, size_t size);
int report_publish(const json_t *report, const char *json, const char *html, char *error,
                   size_t size);

#ifdef __cplusplus
}
#endif
#endif
