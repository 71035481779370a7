// SPDX-License-Identifier: BSD-3-Clause
#include "ports/device/arguments.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct argument {
  const char *key;
  size_t key_length;
  const char *value; // up to the next comma; "" without '='
};

// Finds the next "key=value" or "key" at *arguments and moves *arguments on. False at the end.
static bool next_argument(const char **arguments, struct argument *argument)
{
  const char *start = *arguments + strspn(*arguments, ",");
  size_t length = strcspn(start, ",");
  size_t key_length = strcspn(start, "=,");
  *arguments = start + length;
  argument->key = start;
  argument->key_length = key_length;
  argument->value = start[key_length] == '=' ? start + key_length + 1 : "";
  return length > 0;
}

static bool key_is(const struct argument *argument, const char *key)
{
  return strlen(key) == argument->key_length &&
         memcmp(argument->key, key, argument->key_length) == 0;
}

unsigned arguments_count(const char *arguments, const char *key)
{
  struct argument argument;
  unsigned n = 0;
  while (next_argument(&arguments, &argument))
    n += key_is(&argument, key);
  return n;
}

unsigned arguments_number(const char *arguments, const char *key, unsigned missing)
{
  struct argument argument;
  unsigned long value = missing;
  while (next_argument(&arguments, &argument)) {
    if (!key_is(&argument, key))
      continue;
    char *end;
    value = strtoul(argument.value, &end, 10);
    if (!isdigit((unsigned char)argument.value[0]) || (*end != '\0' && *end != ',') ||
        value > UINT16_MAX)
      value = 0;
  }
  return (unsigned)value;
}

void arguments_text(const char *arguments, const char *key, char *text, size_t size)
{
  struct argument argument;
  while (next_argument(&arguments, &argument)) {
    size_t length = strcspn(argument.value, ",");
    if (!key_is(&argument, key) || length >= size)
      continue;
    memcpy(text, argument.value, length);
    text[length] = '\0';
  }
}
