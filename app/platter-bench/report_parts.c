// SPDX-License-Identifier: BSD-3-Clause
#include "report_parts.h"

#include <string.h>

#include "machine_words.h"
#include "report_cell.h"

static const char *string(const json_t *object, const char *key)
{
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

void part_text(const char *text, FILE *out)
{
  for (; *text != '\0'; text++) {
    switch (*text) {
    case '&':
      fputs("&amp;", out);
      break;
    case '<':
      fputs("&lt;", out);
      break;
    case '>':
      fputs("&gt;", out);
      break;
    case '"':
      fputs("&quot;", out);
      break;
    default:
      putc(*text, out);
    }
  }
}

// <element>text</element>
static void put(const char *element, const char *text, FILE *out)
{
  fprintf(out, "<%s>", element);
  part_text(text, out);
  fprintf(out, "</%s>\n", element);
}

static void put_each(const char *element, const json_t *list, FILE *out)
{
  size_t i;
  json_t *text;
  json_array_foreach(list, i, text) put(element, json_string_value(text), out);
}

void part_byline(const json_t *report, FILE *out)
{
  const json_t *machine = json_object_get(report, "machine");
  const char *virtual = string(machine, "virtual");
  const char *date = string(report, "date"); // 2026-01-01T00:00:00Z
  fprintf(out, "%.10s %.5s UTC · ", date, strlen(date) > 11 ? date + 11 : "");
  part_text(string(machine, "cpu"), out);
  if (*virtual != '\0') {
    fputs(" in a virtual machine, ", out);
    part_text(virtual, out);
  }
  fputs(" · platter ", out);
  part_text(string(report, "platter"), out);
  fputs(", ", out);
  part_text(string(report, "dpdk"), out);
}

void part_about(const json_t *report, FILE *out)
{
  const json_t *about = json_object_get(report, "about");
  if (json_array_size(about) == 0)
    return;
  fputs("<div class=\"about\">\n", out);
  put_each("p", about, out);
  fputs("</div>\n", out);
}

void part_conclusions(const json_t *report, FILE *out)
{
  const json_t *conclusions = json_object_get(report, "conclusions");
  size_t warnings = json_array_size(json_object_get(report, "warnings"));
  if (json_array_size(conclusions) > 0) {
    fputs("<section class=\"conclusions\">\n<h2>What the figures say</h2>\n<ul>\n", out);
    put_each("li", conclusions, out);
    fputs("</ul>\n</section>\n", out);
  }
  if (warnings > 0)
    fprintf(out,
            "<p class=\"bear\"><a href=\"#warnings\">%zu warning%s</a> bear%s on these "
            "figures.</p>\n",
            warnings, warnings == 1 ? "" : "s", warnings == 1 ? "s" : "");
}

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
  json_array_foreach(rows, r, row) if (is_figure(json_array_get(row, column))) return true;
  return false;
}

static void put_table(const json_t *table, FILE *out)
{
  const json_t *columns = json_object_get(table, "columns"), *rows = json_object_get(table, "rows");
  size_t r, c;
  json_t *row, *cell, *column;
  open_table(string(table, "title"), out);
  json_array_foreach(columns, c, column)
      put_heading_cell(string(column, "name"), string(column, "unit"), has_figures(rows, c), out);
  fputs("</tr></thead>\n<tbody>\n", out);
  json_array_foreach(rows, r, row)
  {
    fputs("<tr>", out);
    json_array_foreach(row, c, cell)
        put_cell(cell, string(json_array_get(columns, c), "unit"), c == 0, out);
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
        "which half of the repetitions lie.</p>\n",
        out);
  json_array_foreach(tables, i, table)
  {
    fputs("<div class=\"block\">\n", out);
    put("h3", string(table, "title"), out);
    if (*string(table, "note") != '\0') {
      fputs("<p class=\"note\">", out);
      part_text(string(table, "note"), out);
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
  open_table(string(chart, "title"), out);
  put_heading_cell(string(chart, "x"), "", false, out);
  json_array_foreach(json_object_get(chart, "series"), s, series)
      put_heading_cell(string(series, "name"), string(chart, "y"), true, out);
  fputs("</tr></thead>\n<tbody>\n", out);
  for (size_t i = 0; i < labels; i++)
    put_chart_row(chart, i, out);
  close_table(out);
  fputs("</details>\n", out);
}

static void put_chart(const json_t *chart, size_t i, FILE *out)
{
  fputs("<figure>\n<figcaption>\n", out);
  put("h3", string(chart, "title"), out);
  if (*string(chart, "note") != '\0')
    put("p", string(chart, "note"), out);
  fputs("</figcaption>\n", out);
  fprintf(out, "<div class=\"canvas\"><canvas id=\"chart-%zu\" role=\"img\" aria-label=\"", i);
  part_text(string(chart, "title"), out);
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
        "middle half of the repetitions. Where a line has a gap or a bar is missing, the "
        "repetitions are too far apart to tell, or there was nothing to measure.</p>\n"
        "<noscript><p>Scripts are off: the figures are in the tables.</p></noscript>\n"
        "<div class=\"charts\">\n",
        out);
  json_array_foreach(charts, i, chart) put_chart(chart, i, out);
  fputs("</div>\n</section>\n", out);
}

static void put_pair(const char *name, const char *text, FILE *out)
{
  put("dt", name, out);
  put("dd", text, out);
}

void part_machine(const json_t *report, FILE *out)
{
  json_t *words = machine_words(json_object_get(report, "machine")), *line;
  size_t i;
  fputs("<section>\n<h2>Machine</h2>\n<dl>\n", out);
  json_array_foreach(words, i, line) put_pair(json_string_value(json_array_get(line, 0)),
                                              json_string_value(json_array_get(line, 1)), out);
  put_pair("platter", string(report, "platter"), out);
  put_pair("Built on", string(report, "dpdk"), out);
  fputs("</dl>\n</section>\n", out);
  json_decref(words);
}

void part_settings(const json_t *report, FILE *out)
{
  json_t *settings = json_object_get(report, "settings"), *setting;
  const char *name;
  char text[1024];
  if (json_object_size(settings) == 0)
    return;
  fputs("<section>\n<h2>Settings</h2>\n<dl>\n", out);
  json_object_foreach(settings, name, setting)
  {
    cell_text(setting, "", text, sizeof(text));
    put_pair(name, text, out);
  }
  fputs("</dl>\n</section>\n", out);
}

void part_configuration(const json_t *report, FILE *out)
{
  const char *yaml = string(report, "configuration");
  if (*yaml == '\0')
    return;
  fputs("<section>\n<h2>Configuration</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"Configuration\"><pre>",
        out);
  part_text(yaml, out);
  fputs("</pre></div>\n</section>\n", out);
}

void part_captures(const json_t *report, FILE *out)
{
  const json_t *captures = json_object_get(report, "captures");
  size_t i;
  json_t *capture;
  if (json_array_size(captures) == 0)
    return;
  fputs("<section>\n<h2>Captures</h2>\n<dl>\n", out);
  json_array_foreach(captures, i, capture)
  {
    char frames[32], bytes[32];
    cell_text(json_object_get(capture, "frames"), "", frames, sizeof(frames));
    cell_text(json_object_get(capture, "bytes"), "", bytes, sizeof(bytes));
    put("dt", string(capture, "name"), out);
    fprintf(out, "<dd>%s frames, %s bytes, SHA-256 <code>%s</code></dd>\n", frames, bytes,
            string(capture, "sha256"));
  }
  fputs("</dl>\n</section>\n", out);
}

void part_warnings(const json_t *report, FILE *out)
{
  const json_t *warnings = json_object_get(report, "warnings");
  if (json_array_size(warnings) == 0)
    return;
  fputs("<section class=\"warnings\" id=\"warnings\">\n<h2>Warnings</h2>\n<ul>\n", out);
  put_each("li", warnings, out);
  fputs("</ul>\n</section>\n", out);
}
