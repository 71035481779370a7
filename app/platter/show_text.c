// SPDX-License-Identifier: BSD-3-Clause
// Numbers and sentences as a person reads them.
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/wrap.h"
#include "show.h"

enum { COLUMNS = 80 };

const char *show_number(double value, char *text)
{
  static const char *const steps[] = {"", " k", " M", " G", " T"};
  unsigned step = 0;
  while (value >= 999.5 && step < 4) {
    value /= 1000;
    step++;
  }
  int decimals = step == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  snprintf(text, SHOW_SIZE, "%.*f%s", decimals, value, steps[step]);
  return text;
}

const char *show_seconds(double seconds, char *text)
{
  static const struct {
    const char *name;
    double value;
  } units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
  unsigned unit = 0;
  while (unit < 3 && seconds >= 0.9995 * units[unit + 1].value)
    unit++;
  double value = seconds / units[unit].value;
  int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  snprintf(text, SHOW_SIZE, "%.*f %s", unit == 0 ? 0 : decimals, value, units[unit].name);
  return text;
}

const char *show_cycles(double cycles, char *text)
{
  if (cycles >= 1e6)
    return show_number(cycles, text);
  snprintf(text, SHOW_SIZE, "%.*f", cycles < 999.95 ? 1 : 0, cycles);
  return text;
}

void show_text(FILE *out, const char *indent, const char *format, ...)
{
  char *text;
  va_list arguments;
  va_start(arguments, format);
  int length = vasprintf(&text, format, arguments);
  va_end(arguments);
  if (length < 0) {
    fputs("(no memory to show a line)\n", out);
    return;
  }
  const char *rest = text;
  size_t bytes = wrap_line(&rest, COLUMNS);
  wrap_put(text, bytes, out);
  putc('\n', out);
  while (*rest != '\0') {
    const char *line = rest;
    fputs(indent, out);
    wrap_put(line, wrap_line(&rest, COLUMNS - strlen(indent)), out);
    putc('\n', out);
  }
  free(text);
}
