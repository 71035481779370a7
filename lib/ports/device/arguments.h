// SPDX-License-Identifier: BSD-3-Clause
// The arguments of a device string: ",key=value,key=value", from the first comma on.
#ifndef PORTS_DEVICE_ARGUMENTS_H
#define PORTS_DEVICE_ARGUMENTS_H

#include <stddef.h>

// How often `key` is given.
unsigned arguments_count(const char *arguments, const char *key);

// The number that `key` is given, `missing` where it is not given, 0 where it is no number (the
// driver will say so).
unsigned arguments_number(const char *arguments, const char *key, unsigned missing);

// Copies the value that `key` is given last, of those that fit into `size` bytes with the NUL.
// Without one `text` stays as it is.
void arguments_text(const char *arguments, const char *key, char *text, size_t size);

#endif
