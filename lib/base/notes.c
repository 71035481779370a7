// SPDX-License-Identifier: BSD-3-Clause
#include "base/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void notes_add(struct notes *notes, const char *format, ...)
{
  char *text;
  va_list args;
  va_start(args, format);
  int length = vasprintf(&text, format, args);
  va_end(args);
  if (length < 0) {
    notes->lost++;
    return;
  }
  char **longer = realloc(notes->text, (notes->count + 1) * sizeof(*longer));
  if (longer == NULL) {
    free(text);
    notes->lost++;
    return;
  }
  notes->text = longer;
  notes->text[notes->count++] = text;
}

void notes_free(struct notes *notes)
{
  for (size_t i = 0; i < notes->count; i++)
    free(notes->text[i]);
  free(notes->text);
  *notes = (struct notes){0};
}

int fail(char *error, size_t size, int code, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  vsnprintf(error, size, format, args);
  va_end(args);
  return code;
}
