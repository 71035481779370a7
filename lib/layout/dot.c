// SPDX-License-Identifier: BSD-3-Clause
#include "layout/dot.h"

void dot_escape(const char *text, FILE *out)
{
  for (; *text != '\0'; text++)
    switch (*text) {
    case '"':
    case '\\':
      fprintf(out, "\\%c", *text);
      break;
    case '&':
      fputs("&amp;", out);
      break;
    case '\n':
      fputs("\\n", out);
      break;
    default:
      fputc(*text, out);
    }
}
