// SPDX-License-Identifier: BSD-3-Clause
#include "report/file.h"

#include <errno.h>
#include <fcntl.h>
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

static int write_to(const char *path, const char *bytes, size_t count)
{
  struct stat there;
  char target[PATH_MAX];
  if (stat(path, &there) != 0)
    return errno == ENOENT ? replace(path, bytes, count) : -errno;
  if (S_ISDIR(there.st_mode))
    return -EISDIR;
  if (!S_ISREG(there.st_mode))
    return write_into(path, bytes, count);
  if (realpath(path, target) == NULL)
    return -errno;
  return replace(target, bytes, count);
}

int file_write(const char *path, const char *bytes, size_t count, char *error, size_t size)
{
  int status = write_to(path, bytes, count);
  if (status != 0)
    snprintf(error, size, "cannot write %s: %s", path, strerror(-status));
  return status;
}
