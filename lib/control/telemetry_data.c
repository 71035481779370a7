// SPDX-License-Identifier: BSD-3-Clause
#include "control/telemetry_data.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

enum { TEXT_MAX = 512 };

static void add_text(json_t *data, const char *name, const char *format, va_list args)
{
  char text[TEXT_MAX];
  vsnprintf(text, sizeof(text), format, args);
  json_object_set_new(data, name, utf8_string(text));
}

void data_number(json_t *data, const char *name, int64_t value)
{
  json_object_set_new(data, name, json_integer(value));
}

void data_text(json_t *data, const char *name, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  add_text(data, name, format, args);
  va_end(args);
}

json_t *data_error(const char *format, ...)
{
  json_t *data = json_object();
  va_list args;
  va_start(args, format);
  add_text(data, "error", format, args);
  va_end(args);
  return data;
}
