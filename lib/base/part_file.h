// SPDX-License-Identifier: BSD-3-Clause
// A file that gets its name only when it is known to be wanted. Until then it stands beside that
// name as NAME.PID.part, and what had the name before is as it was.
#ifndef BASE_PART_FILE_H
#define BASE_PART_FILE_H

#include <limits.h>
#include <stddef.h>

struct part_file {
  int fd; // for writing
  char path[PATH_MAX];
  char part[PATH_MAX]; // "": it has its name
};

// Whether part_file_open would find something in its way; makes nothing. Returns 0, or -errno and a
// clause in `error`.
int part_file_check(const char *path, char *error, size_t size);

// Makes the part file. `path` names a regular file or nothing yet; a file there must be one that
// this process may write. Returns 0, or -errno and a clause in `error`, with nothing left behind.
int part_file_open(struct part_file *file, const char *path, char *error, size_t size);

// Gives it its name, and the owner and mode of the file that had it before. Returns 0, or -errno
// and a clause.
int part_file_finish(struct part_file *file, char *error, size_t size);

// Closes it; removes it if it did not get its name.
void part_file_close(struct part_file *file);

#endif
