// SPDX-License-Identifier: BSD-3-Clause
#include "compare/compare.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/notes.h"
#include "report/member.h"
#include "report/report.h"

static const double PERCENT = 100;

static double number(const json_t *figure, const char *key)
{
  const json_t *value = json_object_get(figure, key);
  return json_is_number(value) ? json_number_value(value) : INFINITY;
}

static bool is_limit(const json_t *figure)
{
  return isinf(number(figure, "high"));
}

enum verdict compare_figures(const json_t *a, const json_t *b)
{
  bool apart = number(a, "low") > number(b, "high") || number(b, "low") > number(a, "high");
  if (!apart)
    return is_limit(a) || is_limit(b) ? VERDICT_LIMIT : VERDICT_WITHIN;
  return number(a, "count") >= FIGURE_REPEATED && number(b, "count") >= FIGURE_REPEATED
             ? VERDICT_APART
             : VERDICT_NOT_SPREAD;
}

static const json_t *find(const json_t *report, const json_t *like)
{
  size_t i;
  json_t *figure;
  json_array_foreach(json_object_get(report, "figures"), i, figure)
  {
    if (strcmp(member_text(figure, "of"), member_text(like, "of")) == 0 &&
        strcmp(member_text(figure, "what"), member_text(like, "what")) == 0 &&
        strcmp(member_text(figure, "unit"), member_text(like, "unit")) == 0)
      return figure;
  }
  return NULL;
}

static void put_number(json_t *row, const json_t *figure)
{
  char text[96];
  double low = number(figure, "low"), high = number(figure, "high");
  if (is_limit(figure))
    snprintf(text, sizeof(text), "at least %.4g", number(figure, "value"));
  else if (low == high)
    snprintf(text, sizeof(text), "%.4g", number(figure, "value"));
  else
    snprintf(text, sizeof(text), "%.4g (%.4g to %.4g)", number(figure, "value"), low, high);
  json_array_append_new(row, json_string(text));
}

static double change(const json_t *a, const json_t *b)
{
  double from = number(a, "value");
  return from != 0 ? (number(b, "value") / from - 1) * PERCENT : NAN;
}

static void put_row(json_t *table, const json_t *a, const json_t *b)
{
  static const char *const text[] = {
      [VERDICT_APART] = "beyond the spread",
      [VERDICT_WITHIN] = "within the spread",
      [VERDICT_NOT_SPREAD] = "apart, but not repeated",
      [VERDICT_LIMIT] = "a lower limit",
  };
  double percent = change(a, b);
  json_t *row = report_row(table);
  json_array_append_new(row, report_text(member_text(a, "of")));
  json_array_append_new(row, report_text(member_text(a, "what")));
  json_array_append_new(row, report_text(member_text(a, "unit")));
  put_number(row, a);
  put_number(row, b);
  json_array_append_new(row, isfinite(percent) ? json_real(percent) : json_null());
  json_array_append_new(row, json_string(text[compare_figures(a, b)]));
}

static void put_about(json_t *report, const char *name, const json_t *of)
{
  report_paragraph(report, "%s: %s of platter %s with %s, %s, on %s.", name,
                   member_text(of, "report"), member_text(of, "platter"), member_text(of, "dpdk"),
                   member_text(of, "date"), member_text(json_object_get(of, "machine"), "cpu"));
}

// What was not the same in both.
static void warn(json_t *report, const json_t *a, const json_t *b)
{
  const char *key;
  json_t *value;
  const json_t *others = json_object_get(b, "settings");
  json_object_foreach(json_object_get(a, "settings"), key, value)
  {
    if (!json_equal(value, json_object_get(others, key)))
      report_warn(report, "The measurements differ in a setting: %s.", key);
  }
  if (!json_equal(json_object_get(a, "configuration"), json_object_get(b, "configuration")))
    report_warn(report, "The measurements differ in the configuration that ran.");
  const json_t *machine = json_object_get(a, "machine"), *other = json_object_get(b, "machine");
  static const char *const keys[] = {"cpu", "cores_usable", "kernel", "virtual"};
  for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
    if (!json_equal(json_object_get(machine, keys[i]), json_object_get(other, keys[i])))
      report_warn(report, "The machines differ (%s): so may all figures.", keys[i]);
}

struct tally {
  unsigned compared, verdict[VERDICT_LIMIT + 1], alone;
};

static struct tally put_table(json_t *report, const json_t *a, const json_t *b)
{
  static const char *const names[] = {"Of", "Figure", "Unit", "First", "Second"};
  struct tally tally = {0};
  size_t i;
  json_t *figure;
  json_t *table = report_table(report, "Figure by figure",
                               "In brackets the least and the greatest of the repetitions, or the "
                               "bounds of a search that ran once.");
  for (size_t c = 0; c < sizeof(names) / sizeof(*names); c++)
    report_column(table, names[c], "");
  report_column(table, "Change", "%");
  report_column(table, "Difference", "");
  json_array_foreach(json_object_get(a, "figures"), i, figure)
  {
    const json_t *other = find(b, figure);
    if (other == NULL) {
      tally.alone++;
      continue;
    }
    tally.compared++;
    tally.verdict[compare_figures(figure, other)]++;
    put_row(table, figure, other);
  }
  tally.alone += json_array_size(json_object_get(b, "figures")) - tally.compared;
  return tally;
}

static void conclude(json_t *report, const json_t *a, const json_t *b, const struct tally *t)
{
  size_t i;
  json_t *figure;
  json_array_foreach(json_object_get(a, "figures"), i, figure)
  {
    const json_t *other = find(b, figure);
    if (other != NULL && compare_figures(figure, other) == VERDICT_APART)
      report_conclude(report, "%s, %s: %+.3g%%, beyond the spread.", member_text(figure, "of"),
                      member_text(figure, "what"), change(figure, other));
  }
  report_conclude(
      report,
      "Of %u figures that both have, %u differ by more than their spread, %u do not, %u "
      "are apart but not repeated, and %u are lower limits that say nothing of it.",
      t->compared, t->verdict[VERDICT_APART], t->verdict[VERDICT_WITHIN],
      t->verdict[VERDICT_NOT_SPREAD], t->verdict[VERDICT_LIMIT]);
  if (t->alone > 0)
    report_conclude(report, "%u figures are in one of them only.", t->alone);
}

int compare_reports(json_t *report, const json_t *a, const json_t *b, char *error, size_t size)
{
  if (strcmp(member_text(a, "report"), member_text(b, "report")) != 0)
    return fail(error, size, -EINVAL, "they are of different commands: %s and %s",
                member_text(a, "report"), member_text(b, "report"));
  put_about(report, "First", a);
  put_about(report, "Second", b);
  const struct tally tally = put_table(report, a, b);
  if (tally.compared == 0)
    return fail(error, size, -EINVAL,
                "they have no figure of the same thing; `platter-bench throughput --json` writes "
                "what can be compared");
  warn(report, a, b);
  conclude(report, a, b, &tally);
  json_object_set(report, "machine", json_object_get(b, "machine"));
  return 0;
}
