// SPDX-License-Identifier: BSD-3-Clause
#include "report/cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NO_BREAK "\u00a0"

enum { DIGITS = 3, SMALLEST = -6 }; // powers of ten below that are written as such

struct scale {
  double factor;
  const char *suffix; // prefix and unit
};

bool cell_unit_inside(const char *unit)
{
  static const char *const units[] = {"s", "Hz", "bit/s", "B/s", "pps"};
  for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
    if (strcmp(unit, units[i]) == 0)
      return true;
  return false;
}

// The largest prefix that leaves a number of at least 1.
static struct scale scale_of(double value, const char *unit, char *suffix, size_t size)
{
  static const struct scale prefixes[] = {{1e9, "G"},  {1e6, "M"},  {1e3, "k"}, {1, ""},
                                          {1e-3, "m"}, {1e-6, "µ"}, {1e-9, "n"}};
  const struct scale *prefix = prefixes + 3; // of 0
  if (!cell_unit_inside(unit))
    return (struct scale){1, ""};
  bool seconds = strcmp(unit, "s") == 0; // kiloseconds would be odd
  for (size_t i = seconds ? 3 : 0; value != 0 && i < sizeof(prefixes) / sizeof(*prefixes); i++) {
    prefix = &prefixes[i];
    if (fabs(value) >= prefix->factor)
      break;
  }
  snprintf(suffix, size, NO_BREAK "%s%s", prefix->suffix, unit);
  return (struct scale){prefix->factor, suffix};
}

// Commas between groups of three digits, from five digits on.
static void group(char *text, size_t size)
{
  size_t start = text[0] == '-', digits = strspn(text + start, "0123456789");
  if (digits < 5)
    return;
  for (size_t at = digits - 3; at > 0 && strlen(text) + 1 < size; at = at > 3 ? at - 3 : 0) {
    char *comma = text + start + at;
    memmove(comma + 1, comma, strlen(comma) + 1);
    *comma = ',';
  }
}

static void significant(double value, char *text, size_t size)
{
  char rounded[32];
  snprintf(rounded, sizeof(rounded), "%.*e", DIGITS - 1, value); // d.dde±xx
  int magnitude = 0;
  sscanf(strchr(rounded, 'e') + 1, "%d", &magnitude);
  double shown = 0;
  sscanf(rounded, "%lf", &shown);
  if (shown == 0)
    snprintf(text, size, "0");
  else if (magnitude < SMALLEST)
    snprintf(text, size, "%s", rounded);
  else
    snprintf(text, size, "%.*f", magnitude < DIGITS - 1 ? DIGITS - 1 - magnitude : 0, shown);
  group(text, size);
}

void cell_range(const json_t *median, const json_t *low, const json_t *high, const char *unit,
                char *text, size_t size)
{
  char middle[64], from[64], to[64], suffix[32];
  if (!json_is_number(median)) {
    snprintf(text, size, "–");
    return;
  }
  struct scale scale = scale_of(json_number_value(median), unit, suffix, sizeof(suffix));
  significant(json_number_value(median) / scale.factor, middle, sizeof(middle));
  if (!json_is_number(low) || !json_is_number(high)) {
    snprintf(text, size, "%s%s", middle, scale.suffix);
    return;
  }
  significant(json_number_value(low) / scale.factor, from, sizeof(from));
  significant(json_number_value(high) / scale.factor, to, sizeof(to));
  if (strcmp(from, to) == 0)
    snprintf(text, size, "%s%s", middle, scale.suffix);
  else
    snprintf(text, size, "%s%s (%s" NO_BREAK "to" NO_BREAK "%s)", middle, scale.suffix, from, to);
}

static void spread_text(const json_t *spread, const char *unit, char *text, size_t size)
{
  if (json_is_true(json_object_get(spread, "conclusive")))
    cell_range(json_object_get(spread, "median"), json_object_get(spread, "low"),
               json_object_get(spread, "high"), unit, text, size);
  else
    snprintf(text, size, "too %s to tell",
             json_integer_value(json_object_get(spread, "count")) < 3 ? "few" : "wide");
}

void cell_text(const json_t *cell, const char *unit, char *text, size_t size)
{
  if (json_is_string(cell)) {
    snprintf(text, size, "%s", json_string_value(cell));
  } else if (json_is_integer(cell) && !cell_unit_inside(unit)) {
    snprintf(text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(cell));
    group(text, size);
  } else if (json_is_object(cell)) {
    spread_text(cell, unit, text, size);
  } else if (json_is_boolean(cell)) {
    snprintf(text, size, json_is_true(cell) ? "yes" : "no");
  } else {
    cell_range(cell, NULL, NULL, unit, text, size);
  }
}

void cell_bytes(double bytes, char *text, size_t size)
{
  static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < sizeof(units) / sizeof(*units); unit++)
    bytes /= 1024;
  char number[64];
  if (bytes == floor(bytes))
    snprintf(number, sizeof(number), "%.0f", bytes);
  else
    significant(bytes, number, sizeof(number));
  snprintf(text, size, "%s" NO_BREAK "%s", number, units[unit]);
}
