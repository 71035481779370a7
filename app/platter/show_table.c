// SPDX-License-Identifier: BSD-3-Clause
// Figures for a person: things of a kind as a table, one thing as a line. What they are called, and
// which there are, the tables of figures say.
#include "show_table.h"

#include <stdlib.h>
#include <string.h>

#include "show.h"

enum { COLUMNS_MAX = 16 };

const char *show_name(const struct figure *f, char *text)
{
  size_t at = 0;
  for (const char *c = f->name; *c != '\0' && at + 1 < SHOW_SIZE; c++)
    if (strncmp(c, "_per_", 5) == 0) {
      text[at++] = '/';
      c += 4;
    } else {
      text[at++] = *c == '_' ? ' ' : *c;
    }
  text[at] = '\0';
  return text;
}

static void show_real(const struct figure *f, double value, char *text, size_t size)
{
  char number[SHOW_SIZE];
  if (strcmp(f->unit, "share") == 0)
    snprintf(text, size, "%.1f%%", 100 * value);
  else if (strcmp(f->unit, "cycles") == 0)
    snprintf(text, size, "%s", show_cycles(value, number));
  else
    snprintf(text, size, "%.1f", value);
}

void show_value(const struct figure *f, const struct status *s, const void *thing, char *text,
                size_t size)
{
  json_t *value = figures_value(f, s, thing);
  if (json_is_integer(value))
    snprintf(text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
  else if (json_is_real(value))
    show_real(f, json_real_value(value), text, size);
  else if (json_is_string(value))
    snprintf(text, size, "%s", json_string_value(value));
  else if (json_is_boolean(value))
    snprintf(text, size, "%s", json_is_true(value) ? "yes" : "no");
  else
    snprintf(text, size, "%s", f->kind == FIGURE_COUNTER ? "not counted" : "-");
  json_decref(value);
}

static int wider(int width, const char *text)
{
  int length = strlen(text);
  return length > width ? length : width;
}

void show_table(const struct figure_table *t, const struct status *s, FILE *out)
{
  const struct figure *column[COLUMNS_MAX];
  char text[256], key[FIGURES_KEY_MAX], heading[SHOW_SIZE];
  int width[COLUMNS_MAX], first = wider(0, t->thing);
  unsigned n = 0, things = figures_count(t, s);

  for (unsigned i = 0; i < t->n_figures && n < COLUMNS_MAX; i++)
    if (t->figure[i].shown & FIGURE_SUMMARY)
      column[n++] = &t->figure[i];
  for (unsigned c = 0; c < n; c++) {
    width[c] = wider(0, show_name(column[c], heading));
    for (unsigned i = 0; i < things; i++) {
      show_value(column[c], s, figures_at(t, s, i), text, sizeof(text));
      width[c] = wider(width[c], text);
    }
  }
  for (unsigned i = 0; i < things; i++) {
    figures_key(t, s, i, key);
    first = wider(first, key);
  }
  fprintf(out, "%-*s", first, t->thing);
  for (unsigned c = 0; c < n; c++)
    fprintf(out, "  %*s", width[c], show_name(column[c], heading));
  fputc('\n', out);
  for (unsigned i = 0; i < things; i++) {
    figures_key(t, s, i, key);
    fprintf(out, "%-*s", first, key);
    for (unsigned c = 0; c < n; c++) {
      show_value(column[c], s, figures_at(t, s, i), text, sizeof(text));
      fprintf(out, "  %*s", width[c], text);
    }
    fputc('\n', out);
  }
}

static bool is_zero(const struct figure *f, const struct status *s, const void *thing)
{
  json_t *value = figures_value(f, s, thing);
  bool zero = !json_is_number(value) || json_number_value(value) == 0;
  json_decref(value);
  return zero;
}

void show_things(const struct figure_table *t, const struct status *s, FILE *out)
{
  for (unsigned i = 0; i < figures_count(t, s); i++) {
    char *line = NULL, text[256], heading[SHOW_SIZE];
    size_t size = 0;
    const void *thing = figures_at(t, s, i);
    FILE *to = open_memstream(&line, &size);
    if (to == NULL)
      continue;
    if (figures_numbered(t))
      show_value(figures_find(t, "name"), s, thing, text, sizeof(text));
    else
      figures_key(t, s, i, text);
    fprintf(to, "%s %s", t->thing, text);
    const char *before = ": ";
    for (unsigned f = 0; f < t->n_figures; f++) {
      const struct figure *figure = &t->figure[f];
      if (!(figure->shown & (FIGURE_SUMMARY | FIGURE_NONZERO)) ||
          (figure->shown & FIGURE_NONZERO && is_zero(figure, s, thing)))
        continue;
      show_value(figure, s, thing, text, sizeof(text));
      fprintf(to, "%s%s %s", before, show_name(figure, heading), text);
      before = ", ";
    }
    fclose(to);
    if (line != NULL)
      show_text(out, "  ", "%s", line);
    free(line);
  }
}

double show_sum(const struct figure_table *t, const char *name, const struct status *s)
{
  const struct figure *f = figures_find(t, name);
  double sum = 0;
  for (unsigned i = 0; i < figures_count(t, s); i++) {
    json_t *value = figures_value(f, s, figures_at(t, s, i));
    sum += json_number_value(value);
    json_decref(value);
  }
  return sum;
}
