// SPDX-License-Identifier: BSD-3-Clause
#include "config/errors.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

// The array has room for the next power of two: it grows when the number kept is one.
static bool make_room(struct config_errors *errors)
{
  if ((errors->kept & (errors->kept - 1)) != 0)
    return true;
  size_t room = errors->kept == 0 ? 1 : errors->kept * 2;
  struct config_error *error = realloc(errors->error, room * sizeof(*error));
  if (error == NULL)
    return false;
  errors->error = error;
  return true;
}

void config_error_add(struct config_errors *errors, struct config_place place, const char *format,
                      ...)
{
  errors->count++;
  if (errors->kept == CONFIG_ERRORS_MAX || !make_room(errors))
    return;
  char *text;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&text, format, arguments) < 0)
    text = NULL; // printed as what it is: no memory
  va_end(arguments);
  errors->error[errors->kept++] = (struct config_error){.place = place, .text = text};
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
  if (errors->kept > first)
    qsort(errors->error + first, errors->kept - first, sizeof(*errors->error), compare);
}

void config_errors_list(const struct config_errors *errors, const char *file, const char *label,
                        FILE *out)
{
  for (size_t i = 0; i < errors->kept; i++) {
    const struct config_error *error = &errors->error[i];
    fputs(file, out);
    if (error->place.line > 0)
      fprintf(out, ":%d:%d", error->place.line, error->place.column);
    fprintf(out, ": %s%s\n", label, error->text == NULL ? "out of memory" : error->text);
  }
  size_t more = errors->count - errors->kept;
  if (more > 0 && errors->kept == CONFIG_ERRORS_MAX)
    fprintf(out, "%s: %s%zu more like these are not listed\n", file, label, more);
  else if (more > 0)
    fprintf(out, "%s: out of memory: %zu messages are lost\n", file, more);
}

void config_errors_print(const struct config_errors *errors, const char *file, FILE *out)
{
  config_errors_list(errors, file, "", out);
}

void config_errors_free(struct config_errors *errors)
{
  for (size_t i = 0; i < errors->kept; i++)
    free(errors->error[i].text);
  free(errors->error);
  *errors = (struct config_errors){0};
}
