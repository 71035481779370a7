// SPDX-License-Identifier: BSD-3-Clause
// A sentence put together piece by piece.
#ifndef BENCH_ZERO_COPY_WORDS_H
#define BENCH_ZERO_COPY_WORDS_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct words { // zero-initialise
  char text[600];
};

static inline void words_add(struct words *words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline void words_add(struct words *words, const char *format, ...)
{
  size_t at = strlen(words->text);
  va_list args;
  va_start(args, format);
  vsnprintf(words->text + at, sizeof(words->text) - at, format, args);
  va_end(args);
}

#endif
