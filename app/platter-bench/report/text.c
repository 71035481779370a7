// SPDX-License-Identifier: BSD-3-Clause
// A report on the terminal: conclusions last, where one looks first when it is done.
#include "report/report.h"

#include <string.h>

#include "cli/wrap.h"
#include "machine/words.h"
#include "report/cell.h"
#include "report/member.h"
#include "report/table.h"

enum { WIDTH = 100 };

static void print_list(const json_t *list, const char *heading, const char *first, FILE *out)
{
  size_t i;
  json_t *text;
  if (json_array_size(list) == 0)
    return;
  if (heading != NULL)
    fprintf(out, "\n%s\n", heading);
  json_array_foreach(list, i, text)
  {
    wrap_paragraph(first, json_string_value(text), WIDTH, out);
  }
}

static void print_machine(const json_t *report, FILE *out)
{
  char versions[256];
  json_t *brief = machine_brief(json_object_get(report, "machine"));
  snprintf(versions, sizeof(versions), "platter %s, %s; %s", member_text(report, "platter"),
           member_text(report, "dpdk"), member_text(report, "date"));
  print_list(brief, NULL, "  ", out);
  wrap_paragraph("  ", versions, WIDTH, out);
  json_decref(brief);
}

static void print_settings(json_t *settings, FILE *out)
{
  char all[2048] = "", value[256];
  size_t length = 0;
  const char *name;
  json_t *setting;
  json_object_foreach(settings, name, setting)
  {
    cell_text(setting, "", value, sizeof(value));
    if (length < sizeof(all))
      length += snprintf(all + length, sizeof(all) - length, "%s%s: %s", length > 0 ? "; " : "",
                         name, value);
  }
  if (length > 0)
    wrap_paragraph("  ", all, WIDTH, out);
}

static void print_tables(const json_t *tables, FILE *out)
{
  size_t i;
  json_t *table;
  json_array_foreach(tables, i, table)
  {
    putc('\n', out);
    wrap_paragraph("", member_text(table, "title"), WIDTH, out);
    if (*member_text(table, "note") != '\0')
      wrap_paragraph("", member_text(table, "note"), WIDTH, out);
    putc('\n', out);
    table_print(table, WIDTH, out);
  }
}

void report_print(const json_t *report, FILE *out)
{
  wrap_paragraph("", member_text(report, "title"), WIDTH, out);
  putc('\n', out);
  print_list(json_object_get(report, "about"), NULL, "", out);
  if (json_array_size(json_object_get(report, "about")) > 0)
    putc('\n', out);
  print_machine(report, out);
  print_settings(json_object_get(report, "settings"), out);
  print_list(json_object_get(report, "warnings"), "Warnings", "  ! ", out);
  print_tables(json_object_get(report, "tables"), out);
  print_list(json_object_get(report, "conclusions"), "Conclusions", "  - ", out);
}
