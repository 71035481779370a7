// SPDX-License-Identifier: BSD-3-Clause
#include "base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// Decodes the UTF-8 character at `text`, of which `length` bytes (at least 1) are left. Returns how
// many bytes it has; a byte that begins no character counts as one of its own.
static size_t decode(const unsigned char *text, size_t length, uint32_t *code)
{
  size_t n = text[0] < 0xc0 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
  *code = text[0];
  if (n == 1 || n > length)
    return 1;
  uint32_t value = text[0] & (0xffU >> (n + 1));
  for (size_t i = 1; i < n; i++) {
    if ((text[i] & 0xc0) != 0x80)
      return 1;
    value = value << 6 | (text[i] & 0x3f);
  }
  *code = value;
  return n;
}

// What a terminal would obey rather than show: C0 and C1 controls, and the marks that break lines,
// reorder text or have no width.
static bool is_control(uint32_t code)
{
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

struct text_shown text_show(const char *text, size_t length)
{
  struct text_shown shown;
  size_t used = 0;
  size_t characters = 0;
  for (size_t at = 0; at < length; characters++) {
    if (characters == TEXT_SHOWN_MAX) {
      used += (size_t)snprintf(shown.text + used, sizeof(shown.text) - used, "...");
      break;
    }
    const unsigned char *here = (const unsigned char *)text + at;
    uint32_t code = 0;
    size_t n = decode(here, length - at, &code);
    if (is_control(code) || (n == 1 && code >= 0x80)) {
      used += (size_t)snprintf(shown.text + used, sizeof(shown.text) - used,
                               code < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)code);
    } else {
      memcpy(shown.text + used, here, n);
      used += n;
    }
    at += n;
  }
  shown.text[used] = '\0';
  return shown;
}

bool text_is(const char *text, size_t length, const char *word)
{
  return strlen(word) == length && memcmp(text, word, length) == 0;
}

bool text_number(const char *text, size_t length, unsigned min, unsigned max, unsigned *number)
{
  // Ten digits hold any unsigned, and cannot overflow the 64 bits that collect them.
  if (length == 0 || length > 10 || (text[0] == '0' && length > 1))
    return false;
  uint64_t value = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    value = value * 10 + (uint64_t)(text[i] - '0');
  }
  if (value < min || value > max)
    return false;
  *number = (unsigned)value;
  return true;
}

// Not isalnum: that follows the locale.
static bool is_letter_or_digit(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool text_is_name(const char *text, size_t length, const char *extra)
{
  if (length == 0 || length > TEXT_NAME_MAX)
    return false;
  for (size_t i = 0; i < length; i++) {
    if (!is_letter_or_digit(text[i]) && text[i] != '_' &&
        (text[i] == '\0' || strchr(extra, text[i]) == NULL))
      return false;
  }
  return true;
}

// How many single edits (a character more, less or other, or two neighbours swapped) lead from one
// text to the other, without regard to case: the optimal string alignment distance. Both are at
// most TEXT_NAME_MAX bytes long.
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
  size_t rows[3][TEXT_NAME_MAX + 1];
  size_t *before = rows[0], *above = rows[1], *row = rows[2];
  for (size_t j = 0; j <= b_length; j++)
    above[j] = j;
  for (size_t i = 1; i <= a_length; i++) {
    row[0] = i;
    for (size_t j = 1; j <= b_length; j++) {
      int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
      size_t best = above[j - 1] + (x != y);
      best = above[j] + 1 < best ? above[j] + 1 : best;
      best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
      if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
          y == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < best)
        best = before[j - 2] + 1;
      row[j] = best;
    }
    size_t *free_row = before;
    before = above;
    above = row;
    row = free_row;
  }
  return above[b_length];
}

void text_nearest_offer(struct text_nearest *nearest, const char *word)
{
  size_t length = strlen(word);
  size_t close = length / 3; // a third of the word may differ: "p1" is no misspelt "p2"
  if (length > TEXT_NAME_MAX || nearest->length > TEXT_NAME_MAX ||
      nearest->length > length + close || length > nearest->length + close)
    return;
  size_t distance = edit_distance(nearest->text, nearest->length, word, length);
  if (distance <= close && (nearest->best == NULL || distance < nearest->distance)) {
    nearest->best = word;
    nearest->distance = distance;
  }
}

struct text_shown text_suggestion(const struct text_nearest *nearest)
{
  struct text_shown suggestion = {""};
  if (nearest->best != NULL)
    snprintf(suggestion.text, sizeof(suggestion.text), "; did you mean '%.*s'?", TEXT_SHOWN_LENGTH,
             text_show(nearest->best, strlen(nearest->best)).text);
  return suggestion;
}
