// SPDX-License-Identifier: BSD-3-Clause
// platter figures: the tables of figures themselves, for a person, as JSON, and as the page of the
// documentation (figures.md), which a test compares with it.
#include "figures/figure.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/wrap.h"
#include "command.h"
#include "json.h"

enum { COLUMNS = 80, ROWS_MAX = 2 * LABELS_MAX };

// Rows of a table: its figures, and what is counted by label.
struct row {
  const char *name, *unit, *help;
  enum figure_kind kind;
  unsigned shown;
};

static int by_name(const void *a, const void *b)
{
  return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

static unsigned rows(const struct figure_table *t, struct row *row)
{
  unsigned n = 0;
  for (unsigned i = 0; i < t->n_figures; i++) {
    const struct figure *f = &t->figure[i];
    row[n++] = (struct row){f->name, f->unit, f->help, f->kind, f->shown};
  }
  if (t->labels == NULL || t->n_figures > 0)
    return n;
  for (unsigned i = 0; i < t->labels->count; i++) {
    const struct label *l = t->labels->label[i];
    row[n++] = (struct row){l->name, t->unit, l->help, FIGURE_COUNTER, FIGURE_NONZERO};
  }
  qsort(row, n, sizeof(*row), by_name); // their numbers are the linker's
  return n;
}

// "LSW": in the list, in the summary, in the line of --watch.
static const char *letters(unsigned shown, char *text)
{
  sprintf(text, "%c%c%c", shown & FIGURE_LISTED ? 'L' : '-',
          shown & (FIGURE_SUMMARY | FIGURE_NONZERO) ? 'S' : '-', shown & FIGURE_LIVE ? 'W' : '-');
  return text;
}

static void print_text(void)
{
  struct row row[ROWS_MAX];
  char before[COLUMNS], shown[4];
  int name = 0, unit = 0;
  for (unsigned t = 0; t < n_figure_tables; t++)
    for (unsigned i = rows(figure_tables[t], row); i-- > 0;) {
      name = (int)strlen(row[i].name) > name ? (int)strlen(row[i].name) : name;
      unit = (int)strlen(row[i].unit) > unit ? (int)strlen(row[i].unit) : unit;
    }
  printf("L: also in telemetry's list of all; S: in the summary, if it is not 0;\n"
         "W: in the line of --watch\n");
  for (unsigned t = 0; t < n_figure_tables; t++) {
    const struct figure_table *table = figure_tables[t];
    printf("\n%s: telemetry %s%s%s\n", table->thing, table->command,
           table->path != NULL ? ", JSON " : "", table->path != NULL ? table->path : "");
    wrap_paragraph("  ", table->about, COLUMNS, stdout);
    unsigned n = rows(table, row);
    for (unsigned i = 0; i < n; i++) {
      snprintf(before, sizeof(before), "  %-*s  %-7s  %-*s  %s  ", name, row[i].name,
               figure_kind_name(row[i].kind), unit, row[i].unit, letters(row[i].shown, shown));
      wrap_paragraph(before, row[i].help, COLUMNS, stdout);
    }
  }
}

static void print_markdown(void)
{
  struct row row[ROWS_MAX];
  char shown[4];
  printf(
      "# What platter counts\n\n"
      "Made by `platter figures --markdown`. Each figure has one name, in telemetry (`platter\n"
      "telemetry COMMAND`), in what `platter run --json` and `platter replay --json` print at\n"
      "the end, in the summary and here. Numbers are in the unit named; shares are from 0 to 1;\n"
      "what is not known is null. L: also in telemetry's list of all things of the kind; S: in\n"
      "the summary for a person, if it is not 0; W: in the line of `--watch`.\n");
  for (unsigned t = 0; t < n_figure_tables; t++) {
    const struct figure_table *table = figure_tables[t];
    printf("\n## %s\n\n%s Telemetry: `%s`.", table->thing, table->about, table->command);
    if (table->path != NULL)
      printf(" JSON: `%s`.", table->path);
    printf("\n\n| figure | kind | unit | | |\n|---|---|---|---|---|\n");
    unsigned n = rows(table, row);
    for (unsigned i = 0; i < n; i++)
      printf("| `%s` | %s | %s | %s | %s |\n", row[i].name, figure_kind_name(row[i].kind),
             row[i].unit, letters(row[i].shown, shown), row[i].help);
  }
}

static json_t *describe(const struct figure_table *table)
{
  struct row row[ROWS_MAX];
  json_t *list = json_array();
  unsigned n = rows(table, row);
  for (unsigned i = 0; i < n; i++)
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "name",
                                          row[i].name, "kind", figure_kind_name(row[i].kind),
                                          "unit", row[i].unit, "help", row[i].help, "listed",
                                          (row[i].shown & FIGURE_LISTED) != 0, "summary",
                                          (row[i].shown & (FIGURE_SUMMARY | FIGURE_NONZERO)) != 0,
                                          "watch", (row[i].shown & FIGURE_LIVE) != 0));
  return json_pack("{s:s, s:s, s:s?, s:s, s:o}", "thing", table->thing, "telemetry", table->command,
                   "json", table->path, "about", table->about, "figures", list);
}

static bool print_json(void)
{
  json_t *all = json_array();
  for (unsigned t = 0; t < n_figure_tables; t++)
    if (json_array_append_new(all, describe(figure_tables[t])) != 0) {
      json_decref(all);
      all = NULL;
    }
  return json_print(all);
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static const struct option options[] = {
      {"json", no_argument, NULL, 'j'}, {"markdown", no_argument, NULL, 'm'}, {0}};
  int option, form = 't';
  while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
    if (option != 'j' && option != 'm')
      return option_error(command, option, argv);
    form = option;
  }
  if (optind < argc)
    return usage_error(command, "it takes no argument; found '%s'", argv[optind]);
  if (form == 'j')
    return print_json() ? STATUS_OK : STATUS_FAILED;
  if (form == 'm')
    print_markdown();
  else
    print_text();
  return STATUS_OK;
}

const struct command command_figures = {
    .name = "figures",
    .summary = "list what is counted, with units",
    .help = "Usage: platter figures [--json | --markdown]\n"
            "\n"
            "Lists what platter counts and shows: of each figure the name, whether it is a\n"
            "counter (it only grows), a gauge or a state, the unit, where it is shown, and\n"
            "what it is. A figure has the same name in telemetry, in --json and in the\n"
            "summary.\n"
            "\n"
            "  --json       the list as JSON\n"
            "  --markdown   as the page of the documentation\n"
            "\n"
            "Example: platter figures\n",
    .run = run,
};
