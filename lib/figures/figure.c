// SPDX-License-Identifier: BSD-3-Clause
#include "figures/figure.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

const char *figure_kind_name(enum figure_kind kind)
{
  static const char *const names[] = {"counter", "gauge", "state"};
  return names[kind];
}

const struct figure *figures_find(const struct figure_table *table, const char *name)
{
  for (unsigned i = 0; i < table->n_figures; i++)
    if (strcmp(table->figure[i].name, name) == 0)
      return &table->figure[i];
  abort(); // the name is a constant of the source
}

static json_t *real(double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text(const char *bytes)
{
  return bytes != NULL ? utf8_string(bytes) : json_null();
}

json_t *figures_value(const struct figure *f, const struct status *s, const void *thing)
{
  const void *at = (const char *)thing + f->offset;
  switch (f->type) {
  case FIGURE_UINT64:
    return json_integer((json_int_t) * (const uint64_t *)at);
  case FIGURE_INT64:
    return json_integer(*(const int64_t *)at);
  case FIGURE_UINT:
    return json_integer(*(const unsigned *)at);
  case FIGURE_INT:
    return json_integer(*(const int *)at);
  case FIGURE_REAL:
    return real(*(const double *)at);
  case FIGURE_TRUTH:
    return json_boolean(*(const bool *)at);
  case FIGURE_CHARS:
    return text(at);
  case FIGURE_POINTER:
    return text(*(const char *const *)at);
  case FIGURE_READ:
    break;
  }
  return f->read(s, thing);
}

json_t *figures_whole(json_t *value, bool is_whole)
{
  if (is_whole)
    return value;
  json_decref(value);
  return NULL;
}

static bool is_one(const struct figure_table *t)
{
  return t->count == NULL && t->size == 0;
}

unsigned figures_count(const struct figure_table *t, const struct status *s)
{
  if (is_one(t))
    return 1;
  if (t->count != NULL)
    return t->count(s);
  return t->labels != NULL ? t->labels->count
                           : *(const unsigned *)(const void *)((const char *)s + t->n_things);
}

const void *figures_at(const struct figure_table *t, const struct status *s, unsigned number)
{
  if (is_one(t))
    return s;
  return t->at != NULL ? t->at(s, number) : (const char *)s + t->array + number * t->size;
}

bool figures_numbered(const struct figure_table *t)
{
  return t->key == NULL && t->labels == NULL && !t->named;
}

void figures_key(const struct figure_table *t, const struct status *s, unsigned number, char *text)
{
  if (t->key != NULL)
    t->key(s, number, text, FIGURES_KEY_MAX);
  else if (t->labels != NULL)
    snprintf(text, FIGURES_KEY_MAX, "%s", t->labels->label[number]->name);
  else if (t->named)
    snprintf(text, FIGURES_KEY_MAX, "%s", (const char *)figures_at(t, s, number) + t->name);
  else
    snprintf(text, FIGURES_KEY_MAX, "%u", number);
}

json_t *figures_object(const struct figure_table *t, const struct status *s, const void *thing,
                       unsigned shown)
{
  json_t *object = json_object();
  bool all = object != NULL;
  for (unsigned i = 0; i < t->n_figures; i++)
    if (shown == 0 || t->figure[i].shown & shown)
      all &= json_object_set_new(object, t->figure[i].name,
                                 figures_value(&t->figure[i], s, thing)) == 0;
  return figures_whole(object, all);
}

// A thing: an object, or, where the label is all there is to say about it, a number.
static json_t *one(const struct figure_table *t, const struct status *s, unsigned number,
                   unsigned shown)
{
  const void *thing = figures_at(t, s, number);
  if (t->n_figures > 0)
    return figures_object(t, s, thing, shown);
  return json_integer((json_int_t) * (const uint64_t *)thing);
}

bool figures_list(const struct figure_table *t, const struct status *s, unsigned first,
                  unsigned most, unsigned shown, json_t *object)
{
  bool all = object != NULL;
  unsigned n = figures_count(t, s);
  for (unsigned i = first; i < n && i - first < most; i++) {
    char key[FIGURES_KEY_MAX];
    figures_key(t, s, i, key);
    all &= json_object_set_new(object, key, one(t, s, i, shown)) == 0;
  }
  return all;
}

json_t *figures_all(const struct figure_table *t, const struct status *s)
{
  if (is_one(t))
    return figures_object(t, s, s, 0);
  if (!figures_numbered(t)) {
    json_t *object = json_object();
    return figures_whole(object, figures_list(t, s, 0, UINT_MAX, 0, object));
  }
  json_t *list = json_array();
  bool all = list != NULL;
  for (unsigned i = 0; i < figures_count(t, s); i++)
    all &= json_array_append_new(list, one(t, s, i, 0)) == 0;
  return figures_whole(list, all);
}

// "ports.NAME.replay" goes into each of the ports that has one, by its key.
static bool set_inside(json_t *json, const char *path, const char *member, json_t *each)
{
  const char *key;
  json_t *value;
  char outer[32];
  snprintf(outer, sizeof(outer), "%.*s", (int)strcspn(path, "."), path);
  bool all = each != NULL;
  json_object_foreach(each, key, value) all &=
      json_object_set(json_object_get(json_object_get(json, outer), key), member, value) == 0;
  json_decref(each);
  return all;
}

// Where the path of a table leads: "ports" of "ports.NAME", "replay" of "ports.NAME.replay".
static bool set(json_t *json, const char *path, json_t *value)
{
  char first[32];
  const char *last = strrchr(path, '.');
  if (last != NULL && strchr(path, '.') != last)
    return set_inside(json, path, last + 1, value);
  snprintf(first, sizeof(first), "%.*s", (int)strcspn(path, "."), path);
  return json_object_set_new(json, first, value) == 0;
}

json_t *figures_json(const struct status *s)
{
  json_t *json = json_object();
  bool all = json != NULL;
  for (unsigned i = 0; i < n_figure_tables; i++)
    if (figure_tables[i]->path != NULL)
      all &= set(json, figure_tables[i]->path, figures_all(figure_tables[i], s));
  return figures_whole(json, all);
}

json_t *figures_queues(const struct layout *layout, const struct layout_queue *queue, unsigned n)
{
  json_t *list = json_array();
  bool all = list != NULL;
  for (unsigned i = 0; i < n; i++)
    all &= json_array_append_new(
               list, json_sprintf("%s/%u", layout->ports[queue[i].port].name, queue[i].queue)) == 0;
  return figures_whole(list, all);
}
