// SPDX-License-Identifier: BSD-3-Clause
#include "config/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/text.h"

static bool read_name(const char *text, char *to)
{
  size_t length = strlen(text);
  if (length == 0 || length >= REPLAY_PATH_MAX)
    return false;
  memcpy(to, text, length + 1);
  return true;
}

static bool read_file(const char *text, struct config_replay *r)
{
  return read_name(text, r->file);
}

static bool read_out(const char *text, struct config_replay *r)
{
  return read_name(text, r->out);
}

static bool read_loop(const char *text, struct config_replay *r)
{
  size_t length = strlen(text);
  if (length == 0 || length > 18 || strspn(text, "0123456789") != length ||
      (length > 1 && text[0] == '0'))
    return false;
  r->loop = strtoull(text, NULL, 10);
  return true;
}

static bool read_rate(const char *text, struct config_replay *r)
{
  if (strcmp(text, "line") == 0)
    r->rate = REPLAY_LINE;
  else if (strcmp(text, "original") == 0)
    r->rate = REPLAY_ORIGINAL;
  else if (quantity_read(text, quantity_bits, &r->per_second))
    r->rate = REPLAY_BITS;
  else if (quantity_read(text, quantity_frames, &r->per_second))
    r->rate = REPLAY_FRAMES;
  else
    return false;
  return true;
}

static bool read_speed(const char *text, struct config_replay *r)
{
  return quantity_read(text, quantity_plain, &r->speed) && r->speed >= 1e-6 && r->speed <= 1e6;
}

static bool read_start(const char *text, struct config_replay *r)
{
  r->wait = strcmp(text, "wait") == 0;
  return r->wait || strcmp(text, "now") == 0;
}

static bool read_yes(const char *text, bool *yes)
{
  *yes = strcmp(text, "yes") == 0;
  return *yes || strcmp(text, "no") == 0;
}

static bool read_sound_part(const char *text, struct config_replay *r)
{
  return read_yes(text, &r->sound_part);
}

static bool read_skip_long(const char *text, struct config_replay *r)
{
  return read_yes(text, &r->skip_long);
}

static bool read_memory(const char *text, struct config_replay *r)
{
  double value;
  if (!quantity_read(text, quantity_bytes, &value) || value < REPLAY_MEMORY_MIN || value > 1e15)
    return false;
  r->memory = value;
  return true;
}

static const struct {
  const char *key;
  bool (*read)(const char *text, struct config_replay *replay);
  const char *expected;
} options[] = {
    {"file", read_file, "the name of a capture, of less than 1024 bytes"},
    {"out", read_out, "the name of a file, of less than 1024 bytes"},
    {"loop", read_loop, "a whole number, 0 for ever"},
    {"rate", read_rate,
     "line, original, or a number with bit, kbit, Mbit, Gbit, pps, kpps or Mpps behind it"},
    {"speed", read_speed, "a number from 0.000001 to 1000000"},
    {"start", read_start, "now or wait"},
    {"sound-part", read_sound_part, "yes or no"},
    {"skip-long", read_skip_long, "yes or no"},
    {"memory", read_memory, "a number of at least 1MB with kB, MB or GB behind it"},
};

enum { N_OPTIONS = sizeof(options) / sizeof(*options) };

static bool refuse_key(const char *text, size_t length, char *error, size_t size)
{
  struct text_nearest nearest = {.text = text, .length = length};
  for (unsigned i = 0; i < N_OPTIONS; i++)
    text_nearest_offer(&nearest, options[i].key);
  snprintf(error, size, "replay has no option '%s'%s", text_show(text, length).text,
           text_suggestion(&nearest).text);
  return false;
}

// One "key=value", which ends at a comma or with the text.
static bool read_option(const char *text, size_t length, struct config_replay *r, unsigned *seen,
                        char *error, size_t size)
{
  const char *equals = memchr(text, '=', length);
  size_t key = equals != NULL ? (size_t)(equals - text) : length;
  char value[REPLAY_PATH_MAX + 1];
  unsigned i = 0;

  while (i < N_OPTIONS && !text_is(text, key, options[i].key))
    i++;
  if (i == N_OPTIONS)
    return refuse_key(text, key, error, size);
  size_t left = equals != NULL ? length - key - 1 : 0;
  left = left < sizeof(value) ? left : sizeof(value) - 1; // too long already
  memcpy(value, text + length - (equals != NULL ? length - key - 1 : 0), left);
  value[left] = '\0';
  if (*seen & 1u << i) {
    snprintf(error, size, "replay option '%s' is there twice", options[i].key);
    return false;
  }
  *seen |= 1u << i;
  if (options[i].read(value, r))
    return true;
  snprintf(error, size, "replay option %s: expected %s, found '%s'", options[i].key,
           options[i].expected, text_show(value, left).text);
  return false;
}

bool replay_is(const char *device)
{
  return strcmp(device, "replay") == 0 || strncmp(device, "replay,", 7) == 0;
}

bool config_replay_read(const char *device, struct config_replay *r, char *error, size_t size)
{
  unsigned seen = 0;
  *r = (struct config_replay){.loop = 1, .speed = 1, .memory = REPLAY_MEMORY};
  const char *at = device + strcspn(device, ",");
  while (*at == ',') {
    at++;
    size_t length = strcspn(at, ",");
    if (!read_option(at, length, r, &seen, error, size))
      return false;
    at += length;
  }
  if (r->file[0] == '\0') {
    snprintf(error, size, "replay wants a capture: 'replay,file=FILE'");
    return false;
  }
  if (r->speed != 1 && r->rate != REPLAY_ORIGINAL) {
    snprintf(error, size, "replay option speed: only rate=original has a speed");
    return false;
  }
  return true;
}

static void describe_quantity(double value, const struct quantity_unit *units, char *text,
                              size_t size)
{
  const struct quantity_unit *unit = units;
  while (unit[1].name != NULL && value >= unit[1].value)
    unit++;
  snprintf(text, size, "%.6g %s%s", value / unit->value, unit->name,
           units == quantity_bits ? "/s" : "");
}

void config_replay_describe(const struct config_replay *r, char *text, size_t size)
{
  switch (r->rate) {
  case REPLAY_LINE:
    snprintf(text, size, "as fast as polled");
    break;
  case REPLAY_BITS:
    describe_quantity(r->per_second, quantity_bits, text, size);
    break;
  case REPLAY_FRAMES:
    describe_quantity(r->per_second, quantity_frames, text, size);
    break;
  case REPLAY_ORIGINAL:
    if (r->speed == 1)
      snprintf(text, size, "original timing");
    else
      snprintf(text, size, "original timing, %.6g times as fast", r->speed);
    break;
  }
}
