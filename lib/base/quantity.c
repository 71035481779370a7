// SPDX-License-Identifier: BSD-3-Clause
#include "base/quantity.h"

#include <stdio.h>
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

void quantity_time(double seconds, char *text, size_t size)
{
  static const struct {
    const char *large, *small;
    double of_large, of_small; // seconds
  } units[] = {{"days", "h", 86400, 3600}, {"h", "min", 3600, 60}, {"min", "s", 60, 1}};

  for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
    // Rounded before it is taken apart, or 59.9 s would be 60 s.
    double rounded = (double)(unsigned long)(seconds / units[i].of_small + 0.5);
    double whole = (double)(unsigned long)(rounded * units[i].of_small / units[i].of_large);
    double rest = rounded - whole * units[i].of_large / units[i].of_small;
    if (seconds > 1e9 * 86400 || whole < (i == 0 ? 2 : 1))
      continue;
    int used = snprintf(text, size, "%.0f %s", whole, units[i].large);
    if (rest > 0 && used >= 0 && (size_t)used < size)
      snprintf(text + used, size - used, " %.0f %s", rest, units[i].small);
    return;
  }
  if (seconds > 1e9 * 86400)
    snprintf(text, size, "%.3g days", seconds / 86400);
  else
    snprintf(text, size, "%.3g s", seconds);
}
