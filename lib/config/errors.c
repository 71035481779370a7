// SPDX-License-Identifier: BSD-3-Clause
#include "config/errors.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

// The array has room for the next power of two: it grows when the count is one.
static bool make_room(struct config_errors *errors)
{
  if ((errors->count & (errors->count - 1)) != 0)
    return true;
  size_t room = errors->count == 0 ? 1 : errors->count * 2;
  struct config_error *error = realloc(errors->error, room * sizeof(*error));
  if (error == NULL)
    return false;
  errors->error = error;
  return true;
}

void config_error_add(struct config_errors *errors, struct config_place place, const char *format,
                      ...)
{
  if (!make_room(errors))
    return;
  char *text;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&text, format, arguments) < 0)
    text = NULL; // printed as what it is: no memory
  va_end(arguments);
  errors->error[errors->count++] = (struct config_error){.place = place, .text = text};
}

static int compare(const void *a, const void *b)
{
  const struct config_error *x = a;
  const struct config_error *y = b;
  if (x->place.line != y->place.line)
    return x->place.line < y->place.line ? -1 : 1;
  if (x->place.column != y->place.column)
    return x->place.column < y->place.column ? -1 : 1;
  // qsort need not keep the order of equals: the text makes it the same every time.
  return strcmp(x->text == NULL ? "" : x->text, y->text == NULL ? "" : y->text);
}

void config_errors_sort(struct config_errors *errors, size_t first)
{
  if (errors->count > first)
    qsort(errors->error + first, errors->count - first, sizeof(*errors->error), compare);
}

void config_errors_print(const struct config_errors *errors, const char *file, FILE *out)
{
  for (size_t i = 0; i < errors->count; i++) {
    const struct config_error *error = &errors->error[i];
    fputs(file, out);
    if (error->place.line > 0)
      fprintf(out, ":%d:%d", error->place.line, error->place.column);
    fprintf(out, ": %s\n", error->text == NULL ? "out of memory" : error->text);
  }
}

void config_errors_free(struct config_errors *errors)
{
  for (size_t i = 0; i < errors->count; i++)
    free(errors->error[i].text);
  free(errors->error);
  *errors = (struct config_errors){0};
}
