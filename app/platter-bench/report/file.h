// SPDX-License-Identifier: BSD-3-Clause
// A file that is written whole or not at all.
#ifndef BENCH_REPORT_FILE_H
#define BENCH_REPORT_FILE_H

#include <stddef.h>

// Puts the bytes into a file beside `path`, which then takes its name and place: what was there
// before stays until then. A link is followed; a device or a pipe is written to. Returns 0, or
// -errno and a sentence in `error`.
int file_write(const char *path, const char *bytes, size_t count, char *error, size_t size);

// Whether file_write would find its place, as far as that can be told without writing. Returns as
// that does.
int file_check(const char *path, char *error, size_t size);

#endif
