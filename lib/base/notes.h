// SPDX-License-Identifier: BSD-3-Clause
// Sentences for a person that are gathered on the way and shown together: warnings of a start.
#ifndef BASE_NOTES_H
#define BASE_NOTES_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct notes { // zero-initialise
  size_t count;
  char **text;
  size_t lost; // for want of memory
};

void notes_add(struct notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));
void notes_free(struct notes *notes);

// Writes one sentence to `error` and returns `code`: for `return fail(error, size, -EINVAL, …)`.
int fail(char *error, size_t size, int code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#ifdef __cplusplus
}
#endif
#endif
