// SPDX-License-Identifier: BSD-3-Clause
// A report as a page that needs nothing but itself. All text, tables and figures stand in it as
// HTML; a script draws the charts from the report, which is in the page as JSON.
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/file.h"
#include "report/member.h"
#include "report/parts.h"

// page.S
extern const char page_template[], page_style[], page_script[], page_library[];

static void put_name(const json_t *report, FILE *out)
{
  part_text(member_text(report, "report"), out);
}

static void put_title(const json_t *report, FILE *out)
{
  part_text(member_text(report, "title"), out);
}

static void put_version(const json_t *report, FILE *out)
{
  part_text(member_text(report, "platter"), out);
}

static void put_style(const json_t *report, FILE *out)
{
  fputs(page_style, out);
}

static void put_script(const json_t *report, FILE *out)
{
  fputs(page_script, out);
}

static void put_library(const json_t *report, FILE *out)
{
  fputs(page_library, out);
}

// '<' only stands inside of JSON's strings, where it may be written so; without it no text can end
// the element or open a comment.
static void put_json(const json_t *report, FILE *out)
{
  char *text = json_dumps(report, JSON_COMPACT);
  for (const char *c = text; c != NULL && *c != '\0'; c++)
    if (*c == '<')
      fputs("\\u003c", out);
    else
      putc(*c, out);
  free(text);
}

// Puts what stands for {{name}} in the template.
static void put_part(const char *name, size_t length, const json_t *report, FILE *out)
{
  static const struct {
    const char *name;
    void (*put)(const json_t *report, FILE *out);
  } parts[] = {
      {"name", put_name},
      {"title", put_title},
      {"version", put_version},
      {"style", put_style},
      {"script", put_script},
      {"library", put_library},
      {"json", put_json},
      {"byline", part_byline},
      {"about", part_about},
      {"conclusions", part_conclusions},
      {"charts", part_charts},
      {"tables", part_tables},
      {"machine", part_machine},
      {"settings", part_settings},
      {"configuration", part_configuration},
      {"captures", part_captures},
      {"warnings", part_warnings},
  };
  for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
    if (strlen(parts[i].name) == length && strncmp(parts[i].name, name, length) == 0)
      parts[i].put(report, out);
}

static void put_page(const json_t *report, FILE *out)
{
  const char *at = page_template;
  for (const char *open; (open = strstr(at, "{{")) != NULL;) {
    const char *close = strstr(open, "}}");
    fwrite(at, 1, open - at, out);
    put_part(open + 2, close - open - 2, report, out);
    at = close + 2;
  }
  fputs(at, out);
}

int report_write_html(const json_t *report, const char *path, char *error, size_t size)
{
  char *page = NULL;
  size_t length;
  FILE *out = report_whole(report) ? open_memstream(&page, &length) : NULL;
  if (out != NULL)
    put_page(report, out);
  bool whole = out != NULL && !ferror(out) && report_whole(report);
  if (out != NULL && fclose(out) != 0)
    whole = false;
  int status = -ENOMEM;
  if (whole)
    status = file_write(path, page, length, error, size);
  else
    snprintf(error, size, "cannot write %s: the report is not whole, memory ran out", path);
  free(page);
  return status;
}
