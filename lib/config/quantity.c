// SPDX-License-Identifier: BSD-3-Clause
#include "config/quantity.h"

#include <stdlib.h>
#include <string.h>

const struct quantity_unit quantity_bits[] = {
    {"bit", 1}, {"kbit", 1e3}, {"Mbit", 1e6}, {"Gbit", 1e9}, {NULL}};
const struct quantity_unit quantity_frames[] = {{"pps", 1}, {"kpps", 1e3}, {"Mpps", 1e6}, {NULL}};
const struct quantity_unit quantity_bytes[] = {
    {"kB", 1024}, {"MB", 1024.0 * 1024}, {"GB", 1024.0 * 1024 * 1024}, {NULL}};
const struct quantity_unit quantity_plain[] = {{"", 1}, {NULL}};

bool quantity_read(const char *text, const struct quantity_unit *units, double *value)
{
  size_t whole = strspn(text, "0123456789"), part = 0;
  if (whole == 0 || whole > 15)
    return false;
  if (text[whole] == '.') {
    part = strspn(text + whole + 1, "0123456789");
    if (part == 0 || part > 9)
      return false;
    part++;
  }
  char number[32];
  memcpy(number, text, whole + part);
  number[whole + part] = '\0';
  for (; units->name != NULL; units++)
    if (strcmp(text + whole + part, units->name) == 0) {
      *value = strtod(number, NULL) * units->value;
      return *value > 0;
    }
  return false;
}
