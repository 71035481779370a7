// SPDX-License-Identifier: BSD-3-Clause
#include "cli/wrap.h"

#include <string.h>

static size_t character(const char *text) // bytes of the first one
{
  size_t bytes = 1;
  while ((text[bytes] & 0xc0) == 0x80)
    bytes++;
  return bytes;
}

unsigned wrap_width(const char *text, size_t bytes)
{
  unsigned width = 0;
  for (size_t at = 0; at < bytes; at++)
    width += (text[at] & 0xc0) != 0x80;
  return width;
}

unsigned wrap_longest_word(const char *text)
{
  unsigned longest = 0;
  while (*text != '\0') {
    size_t bytes = strcspn(text, " \n");
    unsigned width = wrap_width(text, bytes);
    longest = width > longest ? width : longest;
    text += bytes;
    text += strspn(text, " \n");
  }
  return longest;
}

size_t wrap_line(const char **text, unsigned width)
{
  const char *start = *text;
  size_t at = 0, fits = 0; // `fits`: up to the last space or the end
  for (unsigned columns = 0; start[at] != '\0' && columns < width; columns++) {
    if (start[at] == '\n')
      break;
    if (start[at] == ' ')
      fits = at;
    at += character(start + at);
  }
  if (start[at] == '\0' || start[at] == ' ' || start[at] == '\n' || fits == 0)
    fits = at; // whole, or a word too long for any line
  *text = start + fits;
  *text += strspn(*text, " ");
  if (**text == '\n')
    (*text)++;
  return fits;
}

void wrap_put(const char *text, size_t bytes, FILE *out)
{
  static const char no_break[] = "\u00a0";
  for (size_t at = 0; at < bytes; at++) {
    if (strncmp(text + at, no_break, sizeof(no_break) - 1) == 0) {
      putc(' ', out);
      at += sizeof(no_break) - 2;
    } else {
      putc(text[at], out);
    }
  }
}

void wrap_paragraph(const char *first, const char *text, unsigned width, FILE *out)
{
  unsigned indent = wrap_width(first, strlen(first));
  fputs(first, out);
  for (const char *rest = text; *rest != '\0';) {
    const char *line = rest;
    if (line != text)
      fprintf(out, "%*s", (int)indent, "");
    wrap_put(line, wrap_line(&rest, width - indent), out);
    putc('\n', out);
  }
}
