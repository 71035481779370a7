// SPDX-License-Identifier: BSD-3-Clause
// What the parts of the report have in common, and the parts.
#ifndef BENCH_THROUGHPUT_REPORT_PARTS_H
#define BENCH_THROUGHPUT_REPORT_PARTS_H

#include <jansson.h>

#include "throughput/measure.h"

struct report_heading {
  const char *name, *unit;
};

void put_columns(json_t *table, const struct report_heading *headings, size_t n);

// The first cell of a row: the size of its frames.
void put_frame(json_t *row, const struct measurement *measurement, const struct outcome *outcome);

json_t *scaled(const struct samples *from, double factor); // a cell: median and quartiles

// On a link, with preamble and gap, in bits a second.
double link_bits(const struct frames_wish *kind, double rate);

void search_about(json_t *report, const struct measurement *measurement);
void search_report(json_t *report, const struct measurement *measurement);
void search_conclude(json_t *report, const struct measurement *measurement,
                     const struct outcome *outcome);

// How several devices compare.
void devices_conclude(json_t *report, const struct measurement *measurement);

void throughput_figures(json_t *report, const struct measurement *measurement);

void curve_report(json_t *report, const struct measurement *measurement);

#endif
