// SPDX-License-Identifier: BSD-3-Clause
// The files of /proc and /sys in which the kernel describes the machine.
#ifndef BENCH_MACHINE_FILES_H
#define BENCH_MACHINE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

// The first line of the file that root and format name. False, and "" in `line`, where there is
// none.
bool machine_line(char *line, size_t size, const char *root, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// What stands behind `name` and a colon in a file of such lines. False where it is not there.
bool machine_field(char *value, size_t size, const char *root, const char *file, const char *name);

// The first CPU of a list such as "0-3,8" that is above `after` (-1 to begin with). -1 at the end.
int machine_next(const char *list, int after);

// All new references.
json_t *machine_caches(const char *root, const char *online);
json_t *machine_siblings(const char *root, const char *online);
json_t *machine_governor(const char *root, const char *online);
json_t *machine_hugepages(const char *root);

#ifdef __cplusplus
}
#endif
#endif
