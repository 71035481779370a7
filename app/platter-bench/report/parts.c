// SPDX-License-Identifier: BSD-3-Clause
#include "report/parts.h"

#include <string.h>

#include "machine/words.h"
#include "report/cell.h"
#include "report/member.h"

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

void part_element(const char *element, const char *text, FILE *out)
{
  fprintf(out, "<%s>", element);
  part_text(text, out);
  fprintf(out, "</%s>\n", element);
}

static void put_each(const char *element, const json_t *list, FILE *out)
{
  size_t i;
  json_t *text;
  json_array_foreach(list, i, text)
  {
    part_element(element, json_string_value(text), out);
  }
}

void part_byline(const json_t *report, FILE *out)
{
  const json_t *machine = json_object_get(report, "machine");
  const char *virtual = member_text(machine, "virtual");
  const char *date = member_text(report, "date"); // 2026-01-01T00:00:00Z
  fprintf(out, "%.10s %.5s UTC · ", date, strlen(date) > 11 ? date + 11 : "");
  part_text(member_text(machine, "cpu"), out);
  if (*virtual != '\0') {
    fputs(" in a virtual machine, ", out);
    part_text(virtual, out);
  }
  fputs(" · platter ", out);
  part_text(member_text(report, "platter"), out);
  fputs(", ", out);
  part_text(member_text(report, "dpdk"), out);
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

static void put_pair(const char *name, const char *text, FILE *out)
{
  part_element("dt", name, out);
  part_element("dd", text, out);
}

void part_machine(const json_t *report, FILE *out)
{
  json_t *words = machine_words(json_object_get(report, "machine")), *line;
  size_t i;
  fputs("<section>\n<h2>Machine</h2>\n<dl>\n", out);
  json_array_foreach(words, i, line)
  {
    put_pair(json_string_value(json_array_get(line, 0)), json_string_value(json_array_get(line, 1)),
             out);
  }
  put_pair("platter", member_text(report, "platter"), out);
  put_pair("Built on", member_text(report, "dpdk"), out);
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
  const char *yaml = member_text(report, "configuration");
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
    part_element("dt", member_text(capture, "name"), out);
    fprintf(out, "<dd>%s frames, %s bytes, SHA-256 <code>%s</code></dd>\n", frames, bytes,
            member_text(capture, "sha256"));
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
