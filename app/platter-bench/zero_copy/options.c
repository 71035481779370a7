// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"

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

typedef bool take_word(struct zero_copy_options *o, const char *word, size_t length);

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

static bool take_size(struct zero_copy_options *o, const char *word, size_t length)
{
  unsigned size = TRAFFIC_IMIX;
  if (!text_is(word, length, "imix") && !text_is(word, length, "IMIX") &&
      !text_number(word, length, TRAFFIC_SIZE_MIN, TRAFFIC_SIZE_MAX, &size))
    return false;
  return add_number(o->size, &o->n_sizes, TRAFFIC_SIZES_MAX, size);
}

static bool take_copies(struct zero_copy_options *o, const char *word, size_t length)
{
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

static bool take_path(struct zero_copy_options *o, const char *word, size_t length)
{
  return take_name(path_names, o->path, PATHS, word, length);
}

static bool take_set(struct zero_copy_options *o, const char *word, size_t length)
{
  return take_name(set_names, o->set, SETS, word, length);
}

// "a,b,c", word by word.
static enum status_code take_list(const struct command *command, struct zero_copy_options *o,
                                  const char *option, const char *expected, const char *list,
                                  take_word *take)
{
  for (;;) {
    size_t length = strcspn(list, ",");
    if (!take(o, list, length))
      return usage_error(command, "%s: expected %s, found '%s'", option, expected,
                         text_show(list, length).text);
    if (list[length] == '\0')
      return STATUS_OK;
    list += length + 1;
  }
}

static enum status_code take_repeat(const struct command *command, struct zero_copy_options *o,
                                    const char *value)
{
  if (text_number(value, strlen(value), 1, SAMPLES_MAX, &o->repeat))
    return STATUS_OK;
  return usage_error(command, "--repeat: expected 1 to %d, found '%s'", SAMPLES_MAX,
                     text_show(value, strlen(value)).text);
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

static enum status_code take_option(const struct command *command, struct zero_copy_options *o,
                                    int option, const char *value)
{
  switch (option) {
  case 's':
    return take_list(command, o, "--sizes", "different sizes of 60 to 9216, or imix", value,
                     take_size);
  case 'c':
    return take_list(command, o, "--copies", "different numbers of 0 to 16", value, take_copies);
  case 'l':
    return take_list(command, o, "--layouts", "run-to-completion, pipeline or both", value,
                     take_path);
  case 'w':
    return take_list(command, o, "--sets", "in-cache, out-of-cache or both", value, take_set);
  case 'r':
    return take_repeat(command, o, value);
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
  int option;
  *o = (struct zero_copy_options){0};
  while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
    if (option == '?' || option == ':')
      return option_error(command, option, argv);
    enum status_code status = take_option(command, o, option, optarg);
    if (status != STATUS_OK)
      return status;
  }
  if (optind != argc)
    return usage_error(command, "it takes options only, found '%s'", argv[optind]);
  fill_in(o);
  return STATUS_OK;
}
