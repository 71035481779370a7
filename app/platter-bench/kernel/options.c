// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arguments.h"
#include "base/text.h"

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
    if (text[0] == '\0' || unit == NULL || *unit == '\0' || !known || size > SIZE_LARGEST)
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

static bool take_size(void *options, const char *word, size_t length)
{
  struct kernel_options *o = options;
  uint64_t size = size_parse(word, length);
  if (size == 0 || o->n_sizes == SIZES_MAX)
    return false;
  for (unsigned i = 0; i < o->n_sizes; i++)
    if (o->size[i] == size)
      return false;
  o->size[o->n_sizes++] = size;
  return true;
}

static bool take_way(void *options, const char *word, size_t length)
{
  struct kernel_options *o = options;
  int way = way_find(word, length);
  if (way >= 0)
    o->way[way] = true;
  return way >= 0;
}

static bool take_route(void *options, const char *word, size_t length)
{
  struct kernel_options *o = options;
  for (unsigned r = 0; r < ROUTES; r++)
    if (text_is(word, length, route_names[r]))
      return o->route[r] = true;
  return false;
}

// Names the nearest way, where one is near.
static enum status_code take_ways(const struct command *command, struct kernel_options *o,
                                  const char *list)
{
  memset(o->way, 0, sizeof(o->way));
  const char *word = list_take(list, take_way, o);
  if (word == NULL)
    return STATUS_OK;
  size_t length = strcspn(word, ",");
  struct text_nearest nearest = {.text = word, .length = length};
  for (unsigned w = 0; w < WAYS; w++)
    text_nearest_offer(&nearest, ways[w]->name);
  return usage_error(command, "--ways: there is no way '%s'%s", text_show(word, length).text,
                     text_suggestion(&nearest).text);
}

static enum status_code take_buffer(const struct command *command, struct kernel_options *o,
                                    const char *value)
{
  o->buffer = size_parse(value, strlen(value));
  if (o->buffer >= 4096 && o->buffer <= 16 << 20 && o->buffer % 4096 == 0)
    return STATUS_OK;
  return usage_error(command, "--buffer: expected 4K to 16M, a multiple of 4K, found '%s'",
                     text_show(value, strlen(value)).text);
}

static enum status_code take_option(const struct command *command, void *options, int option,
                                    const char *value)
{
  struct kernel_options *o = options;
  switch (option) {
  case 's':
    o->n_sizes = 0;
    return list_option(command, "--sizes", "up to 32 different sizes as 4K,1M,1G of at most 16G",
                       value, take_size, o);
  case 'w':
    return take_ways(command, o, value);
  case 't':
    memset(o->route, 0, sizeof(o->route));
    return list_option(command, "--routes", "file, socket or both as file,socket", value,
                       take_route, o);
  case 'r':
    return repeat_option(command, value, &o->repeat);
  case 'b':
    return take_buffer(command, o, value);
  case 'd':
    o->directory = value;
    return STATUS_OK;
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
  *o = (struct kernel_options){.buffer = TRANSFER_BUFFER};
  memset(o->way, true, sizeof(o->way));
  memset(o->route, true, sizeof(o->route));
  enum status_code status = options_take(command, argc, argv, known, take_option, o);
  if (status != STATUS_OK)
    return status;
  if (!any_point(o))
    return usage_error(command, "none of these ways takes this route");
  fill_in(o);
  return STATUS_OK;
}
