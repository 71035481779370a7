// SPDX-License-Identifier: BSD-3-Clause
// The page's tables, and its charts, each with its figures as a table.
#include "report/parts.h"

#include <stdbool.h>
#include <string.h>

#include "report/cell.h"
#include "report/member.h"

static void put_heading_cell(const char *name, const char *unit, bool number, FILE *out)
{
  fprintf(out, "<th scope=\"col\"%s>", number ? " class=\"number\"" : "");
  part_text(name, out);
  if (*unit != '\0' && !cell_unit_inside(unit)) {
    fputs(" <span>", out);
    part_text(unit, out);
    fputs("</span>", out);
  }
  fputs("</th>", out);
}

// A range is set smaller, behind the figure that it belongs to.
static void put_figure(const char *text, FILE *out)
{
  char figure[128];
  const char *range = strstr(text, " (");
  size_t length = range != NULL ? (size_t)(range - text) : strlen(text);
  snprintf(figure, sizeof(figure), "%.*s", (int)length, text);
  part_text(figure, out);
  if (range == NULL)
    return;
  fputs(" <small>", out);
  part_text(range + 1, out);
  fputs("</small>", out);
}

static void put_cell(const json_t *cell, const char *unit, bool first, FILE *out)
{
  char text[512];
  cell_text(cell, unit, text, sizeof(text));
  bool unsure = json_is_object(cell) && !json_is_true(json_object_get(cell, "conclusive"));
  const char *class = unsure                                         ? " class=\"unsure\""
                      : json_is_number(cell) || json_is_object(cell) ? " class=\"number\""
                                                                     : "";
  fprintf(out, first ? "<th scope=\"row\"%s>" : "<td%s>", class);
  if (json_is_string(cell))
    part_text(json_string_value(cell), out);
  else
    put_figure(text, out);
  fputs(first ? "</th>" : "</td>", out);
}

// A table too wide for the screen scrolls in a box of its own, by keys, too.
static void open_table(const char *label, FILE *out)
{
  fputs("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"", out);
  part_text(label, out);
  fputs("\"><table>\n<thead><tr>", out);
}

static void close_table(FILE *out)
{
  fputs("</tbody></table></div>\n", out);
}

static bool is_figure(const json_t *cell)
{
  return json_is_number(cell) || json_is_object(cell);
}

static bool has_figures(const json_t *rows, size_t column)
{
  size_t r;
  json_t *row;
  json_array_foreach(rows, r, row)
  {
    if (is_figure(json_array_get(row, column)))
      return true;
  }
  return false;
}

static void put_table(const json_t *table, FILE *out)
{
  const json_t *columns = json_object_get(table, "columns"), *rows = json_object_get(table, "rows");
  size_t r, c;
  json_t *row, *cell, *column, *before = NULL;
  open_table(member_text(table, "title"), out);
  json_array_foreach(columns, c, column)
  {
    put_heading_cell(member_text(column, "name"), member_text(column, "unit"), has_figures(rows, c),
                     out);
  }
  fputs("</tr></thead>\n<tbody>\n", out);
  json_array_foreach(rows, r, row)
  {
    bool begins = r > 0 && !json_equal(json_array_get(row, 0), json_array_get(before, 0));
    fputs(begins ? "<tr class=\"begins\">" : "<tr>", out);
    before = row;
    json_array_foreach(row, c, cell)
    {
      put_cell(cell, member_text(json_array_get(columns, c), "unit"), c == 0, out);
    }
    fputs("</tr>\n", out);
  }
  close_table(out);
}

void part_tables(const json_t *report, FILE *out)
{
  const json_t *tables = json_object_get(report, "tables");
  size_t i;
  json_t *table;
  if (json_array_size(tables) == 0)
    return;
  fputs("<section>\n<h2>Tables</h2>\n<p class=\"note\">Medians; in brackets the quartiles, between "
        "which half of the repetitions lie, where they differ.</p>\n",
        out);
  json_array_foreach(tables, i, table)
  {
    fputs("<div class=\"block\">\n", out);
    part_element("h3", member_text(table, "title"), out);
    if (*member_text(table, "note") != '\0') {
      fputs("<p class=\"note\">", out);
      part_text(member_text(table, "note"), out);
      fputs("</p>\n", out);
    }
    put_table(table, out);
    fputs("</div>\n", out);
  }
  fputs("</section>\n", out);
}

static void put_chart_row(const json_t *chart, size_t i, FILE *out)
{
  size_t s;
  json_t *series;
  char text[256];
  fputs("<tr><th scope=\"row\">", out);
  part_text(json_string_value(json_array_get(json_object_get(chart, "labels"), i)), out);
  fputs("</th>", out);
  json_array_foreach(json_object_get(chart, "series"), s, series)
  {
    cell_range(json_array_get(json_object_get(series, "value"), i),
               json_array_get(json_object_get(series, "low"), i),
               json_array_get(json_object_get(series, "high"), i), "", text, sizeof(text));
    fputs("<td class=\"number\">", out);
    put_figure(text, out);
    fputs("</td>", out);
  }
  fputs("</tr>\n", out);
}

static void put_chart_table(const json_t *chart, FILE *out)
{
  size_t s, labels = json_array_size(json_object_get(chart, "labels"));
  json_t *series;
  fputs("<details>\n<summary>The figures of this chart</summary>\n", out);
  open_table(member_text(chart, "title"), out);
  put_heading_cell(member_text(chart, "x"), "", false, out);
  json_array_foreach(json_object_get(chart, "series"), s, series)
  {
    put_heading_cell(member_text(series, "name"), member_text(chart, "y"), true, out);
  }
  fputs("</tr></thead>\n<tbody>\n", out);
  for (size_t i = 0; i < labels; i++)
    put_chart_row(chart, i, out);
  close_table(out);
  fputs("</details>\n", out);
}

static void put_chart(const json_t *chart, size_t i, FILE *out)
{
  fputs("<figure>\n<figcaption>\n", out);
  part_element("h3", member_text(chart, "title"), out);
  if (*member_text(chart, "note") != '\0')
    part_element("p", member_text(chart, "note"), out);
  fputs("</figcaption>\n", out);
  fprintf(out, "<div class=\"canvas\"><canvas id=\"chart-%zu\" role=\"img\" aria-label=\"", i);
  part_text(member_text(chart, "title"), out);
  fputs(". The figures follow as a table.\"></canvas></div>\n", out);
  put_chart_table(chart, out);
  fputs("</figure>\n", out);
}

void part_charts(const json_t *report, FILE *out)
{
  const json_t *charts = json_object_get(report, "charts");
  size_t i;
  json_t *chart;
  if (json_array_size(charts) == 0)
    return;
  fputs("<section>\n<h2>Charts</h2>\n<p class=\"note\">Medians. Shaded bands and whiskers hold the "
        "middle half of the repetitions. Where a line has a gap or a bar is a question mark, the "
        "repetitions are too far apart to tell, or there was nothing to measure.</p>\n"
        "<noscript><p>Scripts are off: the figures are in the tables.</p></noscript>\n"
        "<div class=\"charts\">\n",
        out);
  json_array_foreach(charts, i, chart)
  {
    put_chart(chart, i, out);
  }
  fputs("</div>\n</section>\n", out);
}
