// SPDX-License-Identifier: BSD-3-Clause
// Small things about the text of a configuration or a command line: strict numbers and names, how a
// value is shown in a message, and which known word is nearest to an unknown one. Texts come with
// their length: a quoted YAML value may hold any byte, NUL included.
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  TEXT_NAME_MAX = 31,                         // bytes of a name, without the NUL
  TEXT_SHOWN_MAX = 40,                        // characters of a value that a message shows
  TEXT_SHOWN_LENGTH = TEXT_SHOWN_MAX * 6 + 3, // bytes of text_show: "\u202e" is the longest escape
  TEXT_SHOWN_SIZE = TEXT_SHOWN_LENGTH + 32,   // and some words around it
};

// Returned by value, so that it can stand among the arguments of a message.
struct text_shown {
  char text[TEXT_SHOWN_SIZE];
};

// The text fit for a terminal: control characters escaped, a long text shortened with "...".
struct text_shown text_show(const char *text, size_t length);

// True where the text is exactly the NUL-terminated `word`.
bool text_is(const char *text, size_t length, const char *word);

// Decimal digits only: no sign, no leading zero, nothing before or after. Returns false and leaves
// `number` alone where the text is anything else or the number does not lie in min to max.
bool text_number(const char *text, size_t length, unsigned min, unsigned max, unsigned *number);

// True for 1 to TEXT_NAME_MAX ASCII letters, digits, '_' and the characters of `extra`.
bool text_is_name(const char *text, size_t length, const char *extra);

// The nearest of several known words. Start with text and length set and the rest zero, offer every
// word, then ask text_suggestion.
struct text_nearest {
  const char *text;
  size_t length;
  const char *best; // NULL: none is close
  size_t distance;
};

void text_nearest_offer(struct text_nearest *nearest, const char *word);

// "; did you mean 'WORD'?", or an empty text where no word was close.
struct text_shown text_suggestion(const struct text_nearest *nearest);

#ifdef __cplusplus
}
#endif
#endif
