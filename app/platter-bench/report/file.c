// SPDX-License-Identifier: BSD-3-Clause
#include "report/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *bytes, size_t count)
{
  while (count > 0) {
    ssize_t n = write(fd, bytes, count);
    if (n < 0 && errno != EINTR)
      return -errno;
    if (n > 0) {
      bytes += n;
      count -= n;
    }
  }
  return 0;
}

// Closes it in any case. What the disk would not take may show as late as here.
static int finish(int fd, int status, bool sync)
{
  if (status == 0 && sync && fsync(fd) != 0)
    status = -errno;
  if (close(fd) != 0 && status == 0)
    status = -errno;
  return status;
}

static int write_into(const char *path, const char *bytes, size_t count)
{
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  return fd < 0 ? -errno : finish(fd, write_all(fd, bytes, count), false);
}

// A name that no other run uses, and O_EXCL: nothing that is there already is written to.
static int replace(const char *path, const char *bytes, size_t count)
{
  char part[PATH_MAX];
  if (snprintf(part, sizeof(part), "%s.%d.part", path, getpid()) >= (int)sizeof(part))
    return -ENAMETOOLONG;
  int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0)
    return -errno;
  int status = finish(fd, write_all(fd, bytes, count), true);
  if (status == 0 && rename(part, path) != 0)
    status = -errno;
  if (status != 0)
    unlink(part);
  return status;
}

// The file that is meant, behind links. `*replaced`: another takes its place; else it is written
// to.
static int find_target(const char *path, char target[PATH_MAX], bool *replaced)
{
  struct stat there;
  *replaced = true;
  if (stat(path, &there) != 0) {
    int code = errno;
    bool fits = snprintf(target, PATH_MAX, "%s", path) < PATH_MAX;
    return code != ENOENT ? -code : fits ? 0 : -ENAMETOOLONG;
  }
  if (S_ISDIR(there.st_mode))
    return -EISDIR;
  *replaced = S_ISREG(there.st_mode);
  return realpath(path, target) != NULL ? 0 : -errno;
}

static int said(int status, const char *path, char *error, size_t size)
{
  if (status != 0)
    snprintf(error, size, "cannot write %s: %s", path, strerror(-status));
  return status;
}

int file_write(const char *path, const char *bytes, size_t count, char *error, size_t size)
{
  char target[PATH_MAX];
  bool replaced;
  int status = find_target(path, target, &replaced);
  if (status == 0)
    status = replaced ? replace(target, bytes, count) : write_into(path, bytes, count);
  return said(status, path, error, size);
}

int file_check(const char *path, char *error, size_t size)
{
  char target[PATH_MAX];
  bool replaced;
  int status = find_target(path, target, &replaced);
  const char *place = replaced ? dirname(target) : path;
  if (status == 0 && access(place, replaced ? W_OK | X_OK : W_OK) != 0)
    status = -errno;
  return said(status, path, error, size);
}
