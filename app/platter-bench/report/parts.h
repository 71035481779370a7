// SPDX-License-Identifier: BSD-3-Clause
// The parts of a report's page, as HTML. Every text is escaped; a part about which the report says
// nothing is left out.
#ifndef BENCH_REPORT_PARTS_H
#define BENCH_REPORT_PARTS_H

#include <stdio.h>

#include <jansson.h>

void part_text(const char *text, FILE *out); // escaped, for elements and attributes in quotes
void part_element(const char *element, const char *text, FILE *out); // <element>text</element>
void part_byline(const json_t *report, FILE *out);
void part_about(const json_t *report, FILE *out);
void part_conclusions(const json_t *report, FILE *out);
void part_charts(const json_t *report, FILE *out);
void part_tables(const json_t *report, FILE *out);
void part_machine(const json_t *report, FILE *out);
void part_settings(const json_t *report, FILE *out);
void part_configuration(const json_t *report, FILE *out);
void part_captures(const json_t *report, FILE *out);
void part_warnings(const json_t *report, FILE *out);

#endif
