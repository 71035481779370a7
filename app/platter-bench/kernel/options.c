// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "config/text.h"

static const uint64_t SIZE_LARGEST = 16ULL << 30;
static const uint64_t sizes_usual[] = {4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20,
                                       4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30};
static const uint64_t sizes_quick[] = {4 << 10, 64 << 10, 1 << 20, 16 << 20};

uint64_t size_parse(const char *text, size_t length)
{
  static const char units[] = "KMG";
  size_t digits = 0;
  uint64_t size = 0;
  for (; digits < length && digits < 12 && text[digits] >= '0' && text[digits] <= '9'; digits++)
    size = size * 10 + (text[digits] - '0');
  text += digits;
  length -= digits;
  if (length > 0) {
    const char *unit = strchr(units, text[0] & ~0x20);
    bool known = length == 1 || (length == 3 && strncasecmp(text + 1, "iB", 2) == 0);
    if (text[0] == '\0' || unit == NULL || *unit == '\0' || !known)
      return 0;
    size <<= 10 * (unit - units + 1);
  }
  return digits > 0 && size <= SIZE_LARGEST ? size : 0;
}

static int compare_sizes(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

// Takes the words of a list one by one, "a,b,c". False where one is not taken: `list` is it.
static bool each_word(const char **list,
                      bool (*take)(struct kernel_options *o, const char *word, size_t length),
                      struct kernel_options *o)
{
  for (;;) {
    size_t length = strcspn(*list, ",");
    if (!take(o, *list, length))
      return false;
    if ((*list)[length] == '\0')
      return true;
    *list += length + 1;
  }
}

static bool take_size(struct kernel_options *o, const char *word, size_t length)
{
  uint64_t size = size_parse(word, length);
  if (size == 0 || o->n_sizes == SIZES_MAX)
    return false;
  for (unsigned i = 0; i < o->n_sizes; i++)
    if (o->size[i] == size)
      return false;
  o->size[o->n_sizes++] = size;
  return true;
}

static bool take_way(struct kernel_options *o, const char *word, size_t length)
{
  int way = way_find(word, length);
  if (way >= 0)
    o->way[way] = true;
  return way >= 0;
}

static bool take_route(struct kernel_options *o, const char *word, size_t length)
{
  for (unsigned r = 0; r < ROUTES; r++)
    if (text_is(word, length, route_names[r]))
      return o->route[r] = true;
  return false;
}

static enum status_code bad_word(const struct command *command, const char *option,
                                 const char *expected, const char *word)
{
  return usage_error(command, "%s: expected %s, found '%s'", option, expected,
                     text_show(word, strcspn(word, ",")).text);
}

static enum status_code bad_way(const struct command *command, const char *word)
{
  size_t length = strcspn(word, ",");
  struct text_nearest nearest = {.text = word, .length = length};
  for (unsigned w = 0; w < WAYS; w++)
    text_nearest_offer(&nearest, ways[w]->name);
  return usage_error(command, "--ways: there is no way '%s'%s", text_show(word, length).text,
                     text_suggestion(&nearest).text);
}

static enum status_code take_option(const struct command *command, struct kernel_options *o,
                                    int option, const char *value)
{
  const char *list = value;
  switch (option) {
  case 's':
    o->n_sizes = 0;
    if (!each_word(&list, take_size, o))
      return bad_word(command, "--sizes", "up to 32 different sizes as 4K,1M,1G of at most 16G",
                      list);
    break;
  case 'w':
    memset(o->way, 0, sizeof(o->way));
    if (!each_word(&list, take_way, o))
      return bad_way(command, list);
    break;
  case 't':
    memset(o->route, 0, sizeof(o->route));
    if (!each_word(&list, take_route, o))
      return bad_word(command, "--routes", "file, socket or both as file,socket", list);
    break;
  case 'r':
    if (!text_number(value, strlen(value), 1, SAMPLES_MAX, &o->repeat))
      return usage_error(command, "--repeat: expected 1 to %d, found '%s'", SAMPLES_MAX,
                         text_show(value, strlen(value)).text);
    break;
  case 'b':
    o->buffer = size_parse(value, strlen(value));
    if (o->buffer < 4096 || o->buffer > 16 << 20 || o->buffer % 4096 != 0)
      return usage_error(command, "--buffer: expected 4K to 16M, a multiple of 4K, found '%s'",
                         text_show(value, strlen(value)).text);
    break;
  case 'd':
    o->directory = value;
    break;
  case 'j':
    o->json = value;
    break;
  case 'h':
    o->html = value;
    break;
  default: // 'q'
    o->quick = true;
  }
  return STATUS_OK;
}

// What was not asked for.
static void fill_in(struct kernel_options *o)
{
  if (o->repeat == 0)
    o->repeat = 5;
  if (o->n_sizes == 0 && o->quick) {
    memcpy(o->size, sizes_quick, sizeof(sizes_quick));
    o->n_sizes = sizeof(sizes_quick) / sizeof(*sizes_quick);
  } else if (o->n_sizes == 0) {
    memcpy(o->size, sizes_usual, sizeof(sizes_usual));
    o->n_sizes = sizeof(sizes_usual) / sizeof(*sizes_usual);
  }
  qsort(o->size, o->n_sizes, sizeof(*o->size), compare_sizes);
  if (o->directory == NULL)
    o->directory = files_directory();
}

// That some way takes some route.
static bool any_point(const struct kernel_options *o)
{
  for (unsigned w = 0; w < WAYS; w++)
    for (unsigned r = 0; r < ROUTES; r++)
      if (o->way[w] && o->route[r] && ways[w]->route[r])
        return true;
  return false;
}

enum status_code kernel_options_parse(const struct command *command, int argc, char **argv,
                                      struct kernel_options *o)
{
  static const struct option known[] = {
      {"sizes", required_argument, NULL, 's'},  {"ways", required_argument, NULL, 'w'},
      {"routes", required_argument, NULL, 't'}, {"repeat", required_argument, NULL, 'r'},
      {"buffer", required_argument, NULL, 'b'}, {"dir", required_argument, NULL, 'd'},
      {"json", required_argument, NULL, 'j'},   {"html", required_argument, NULL, 'h'},
      {"quick", no_argument, NULL, 'q'},        {0}};
  int option;
  *o = (struct kernel_options){.buffer = TRANSFER_BUFFER};
  memset(o->way, true, sizeof(o->way));
  memset(o->route, true, sizeof(o->route));
  while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
    if (option == '?' || option == ':')
      return option_error(command, option, argv);
    enum status_code status = take_option(command, o, option, optarg);
    if (status != STATUS_OK)
      return status;
  }
  if (optind != argc)
    return usage_error(command, "it takes options only, found '%s'", argv[optind]);
  if (!any_point(o))
    return usage_error(command, "none of these ways takes this route");
  fill_in(o);
  return STATUS_OK;
}
