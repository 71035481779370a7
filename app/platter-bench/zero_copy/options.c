// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"

const char *const path_names[PATHS] = {"run-to-completion", "pipeline"};
const char *const set_names[SETS] = {"in-cache", "out-of-cache"};
const char *const set_titles[SETS] = {"in cache", "out of cache"};

static const unsigned sizes_usual[] = {64, 128, 256, 512, 1024, 1518, 9000, TRAFFIC_IMIX};
static const unsigned sizes_quick[] = {64, 512, 1518, 9000, TRAFFIC_IMIX};
static const unsigned copies_usual[] = {0, 1, 2, 4};

enum {
  ROUNDS = 3,
  ROUNDS_QUICK = 2,
  REPEAT = 9,
  REPEAT_QUICK = 6,
};
static const double SECONDS = 0.15, SECONDS_QUICK = 0.08;

struct traffic_text traffic_show(unsigned size)
{
  struct traffic_text text = {"IMIX"};
  if (size != TRAFFIC_IMIX)
    snprintf(text.text, sizeof(text.text), "%u bytes", size);
  return text;
}

static bool add_number(unsigned *list, unsigned *n, unsigned most, unsigned number)
{
  for (unsigned i = 0; i < *n; i++)
    if (list[i] == number)
      return false;
  if (*n == most)
    return false;
  list[(*n)++] = number;
  return true;
}

static bool take_size(void *options, const char *word, size_t length)
{
  struct zero_copy_options *o = options;
  unsigned size = TRAFFIC_IMIX;
  if (!text_is(word, length, "imix") && !text_is(word, length, "IMIX") &&
      !text_number(word, length, TRAFFIC_SIZE_MIN, TRAFFIC_SIZE_MAX, &size))
    return false;
  return add_number(o->size, &o->n_sizes, TRAFFIC_SIZES_MAX, size);
}

static bool take_copies(void *options, const char *word, size_t length)
{
  struct zero_copy_options *o = options;
  unsigned copies;
  return text_number(word, length, 0, COPIES_MOST, &copies) &&
         add_number(o->copies, &o->n_copies, COPIES_MAX, copies);
}

static bool take_name(const char *const *names, bool *chosen, unsigned n, const char *word,
                      size_t length)
{
  for (unsigned i = 0; i < n; i++)
    if (text_is(word, length, names[i]))
      return chosen[i] = true;
  return false;
}

static bool take_path(void *options, const char *word, size_t length)
{
  struct zero_copy_options *o = options;
  return take_name(path_names, o->path, PATHS, word, length);
}

static bool take_set(void *options, const char *word, size_t length)
{
  struct zero_copy_options *o = options;
  return take_name(set_names, o->set, SETS, word, length);
}

static enum status_code take_seconds(const struct command *command, struct zero_copy_options *o,
                                     const char *value)
{
  char *end;
  o->seconds = strtod(value, &end);
  if (end != value && *end == '\0' && o->seconds >= 0.01 && o->seconds <= 60)
    return STATUS_OK;
  return usage_error(command, "--seconds: expected 0.01 to 60, found '%s'",
                     text_show(value, strlen(value)).text);
}

static enum status_code take_option(const struct command *command, void *options, int option,
                                    const char *value)
{
  struct zero_copy_options *o = options;
  switch (option) {
  case 's':
    return list_option(command, "--sizes", "different sizes of 60 to 9216, or imix", value,
                       take_size, o);
  case 'c':
    return list_option(command, "--copies", "different numbers of 0 to 16", value, take_copies, o);
  case 'l':
    return list_option(command, "--layouts", "run-to-completion, pipeline or both", value,
                       take_path, o);
  case 'w':
    return list_option(command, "--sets", "in-cache, out-of-cache or both", value, take_set, o);
  case 'r':
    return repeat_option(command, value, &o->repeat);
  case 't':
    return take_seconds(command, o, value);
  case 'j':
    o->json = value;
    return STATUS_OK;
  case 'h':
    o->html = value;
    return STATUS_OK;
  default: // 'q'
    o->quick = true;
    return STATUS_OK;
  }
}

// IMIX, which is 0, stands behind all sizes.
static int compare_sizes(const void *a, const void *b)
{
  unsigned x = *(const unsigned *)a - 1, y = *(const unsigned *)b - 1;
  return (x > y) - (x < y);
}

static int compare_copies(const void *a, const void *b)
{
  unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
  return (x > y) - (x < y);
}

static unsigned fill_numbers(unsigned *list, const unsigned *usual, size_t bytes)
{
  memcpy(list, usual, bytes);
  return bytes / sizeof(*usual);
}

// What was not asked for.
static void fill_in(struct zero_copy_options *o)
{
  if (o->n_sizes == 0 && o->quick)
    o->n_sizes = fill_numbers(o->size, sizes_quick, sizeof(sizes_quick));
  else if (o->n_sizes == 0)
    o->n_sizes = fill_numbers(o->size, sizes_usual, sizeof(sizes_usual));
  if (o->n_copies == 0)
    o->n_copies = fill_numbers(o->copies, copies_usual, sizeof(copies_usual));
  if (!o->path[0] && !o->path[1])
    o->path[0] = o->path[1] = true;
  if (!o->set[0] && !o->set[1]) {
    o->set[SET_IN_CACHE] = true;
    o->set[SET_OUT_OF_CACHE] = !o->quick;
  }
  if (o->repeat == 0)
    o->repeat = o->quick ? REPEAT_QUICK : REPEAT;
  if (o->seconds == 0)
    o->seconds = o->quick ? SECONDS_QUICK : SECONDS;
  o->rounds = o->quick ? ROUNDS_QUICK : ROUNDS;
  if (o->rounds > o->repeat)
    o->rounds = o->repeat;
  qsort(o->size, o->n_sizes, sizeof(*o->size), compare_sizes);
  qsort(o->copies, o->n_copies, sizeof(*o->copies), compare_copies);
}

enum status_code zero_copy_options_parse(const struct command *command, int argc, char **argv,
                                         struct zero_copy_options *o)
{
  static const struct option known[] = {
      {"sizes", required_argument, NULL, 's'},   {"copies", required_argument, NULL, 'c'},
      {"layouts", required_argument, NULL, 'l'}, {"sets", required_argument, NULL, 'w'},
      {"repeat", required_argument, NULL, 'r'},  {"seconds", required_argument, NULL, 't'},
      {"json", required_argument, NULL, 'j'},    {"html", required_argument, NULL, 'h'},
      {"quick", no_argument, NULL, 'q'},         {0}};
  *o = (struct zero_copy_options){0};
  enum status_code status = options_take(command, argc, argv, known, take_option, o);
  if (status == STATUS_OK)
    fill_in(o);
  return status;
}
