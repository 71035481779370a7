// SPDX-License-Identifier: BSD-3-Clause
// Lines of text that fit a width in columns of a terminal.
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

// How many columns UTF-8 text takes (a character: one), its whole or its first `bytes`.
unsigned wrap_width(const char *text, size_t bytes);

// The longest of the words that spaces part; a no-break space parts none.
unsigned wrap_longest_word(const char *text);

// Takes from `*text` what fits in `width` columns (at least one), and moves `*text` behind it and
// the spaces there. Returns its bytes; 0 at the end.
size_t wrap_line(const char **text, unsigned width);

// Prints those bytes, no-break spaces as spaces.
void wrap_put(const char *text, size_t bytes, FILE *out);

// Prints all of `text` in lines of at most `width` columns, `first` before the first of them and as
// many spaces before the others.
void wrap_paragraph(const char *first, const char *text, unsigned width, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
