// SPDX-License-Identifier: BSD-3-Clause
#include "base/part_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/notes.h"

// Whether what has the part file's name was left by a process that was killed: this user's, and
// nobody holds its lock. It is removed then.
static bool remove_stale(const char *part)
{
  struct stat file;
  int fd = open(part, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return false;
  bool stale = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == geteuid() &&
               flock(fd, LOCK_EX | LOCK_NB) == 0 && unlink(part) == 0;
  close(fd);
  return stale;
}

// In a directory like /tmp only the owner of a file, of the directory, or root may rename to it.
static bool may_replace(const struct stat *file, const struct stat *directory)
{
  uid_t user = geteuid();
  return !(directory->st_mode & S_ISVTX) || user == 0 || directory->st_uid == user ||
         file->st_uid == user;
}

int part_file_check(const char *path, char *error, size_t size)
{
  char copy[PATH_MAX];
  struct stat file, directory;
  bool there = stat(path, &file) == 0;
  if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
    return fail(error, size, -ENAMETOOLONG, "the name of the file is too long: %.60s...", path);
  if (there && S_ISDIR(file.st_mode))
    return fail(error, size, -EISDIR, "cannot write %s: it is a directory", path);
  if (there && eaccess(path, W_OK) != 0)
    return fail(error, size, -errno, "cannot write %s: %s", path, strerror(errno));
  const char *name = dirname(copy);
  if (stat(name, &directory) != 0 || eaccess(name, W_OK | X_OK) != 0)
    return fail(error, size, -errno, "cannot write %s: no file can be made in '%s' (%s)", path,
                name, strerror(errno));
  if (there && !may_replace(&file, &directory))
    return fail(error, size, -EPERM, "cannot write %s: it is another user's", path);
  return 0;
}

// A name that no other process uses, and O_EXCL: what is there already, be it an input or a link to
// somewhere else, is never written to. What a file kept from others stays kept from them.
int part_file_open(struct part_file *file, const char *path, char *error, size_t size)
{
  int status = part_file_check(path, error, size);
  if (status != 0)
    return status;
  int length = snprintf(file->part, sizeof(file->part), "%s.%d.part", path, getpid());
  if (length >= (int)sizeof(file->part))
    return fail(error, size, -ENAMETOOLONG, "the name of the file is too long: %.60s...", path);
  strcpy(file->path, path);
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  const int mode = access(path, F_OK) == 0 ? 0600 : 0666;
  file->fd = open(file->part, flags, mode);
  if (file->fd < 0 && errno == EEXIST) {
    if (!remove_stale(file->part))
      return fail(error, size, -EEXIST, "%s is being written already: %s is there", path,
                  file->part);
    file->fd = open(file->part, flags, mode);
  }
  if (file->fd < 0)
    return fail(error, size, -errno, "cannot write %s: %s", file->part, strerror(errno));
  flock(file->fd, LOCK_EX | LOCK_NB); // for remove_stale
  return 0;
}

int part_file_finish(struct part_file *file, char *error, size_t size)
{
  struct stat before;
  if (lstat(file->path, &before) == 0 && S_ISREG(before.st_mode)) {
    if (fchown(file->fd, before.st_uid, before.st_gid) != 0)
      before.st_mode &= ~S_IRWXG; // a group of ours is not the one that it was open to
    fchmod(file->fd, before.st_mode & 0777);
  }
  if (rename(file->part, file->path) != 0)
    return fail(error, size, -errno, "cannot rename to %s: %s", file->path, strerror(errno));
  file->part[0] = '\0';
  return 0;
}

void part_file_close(struct part_file *file)
{
  close(file->fd);
  if (file->part[0] != '\0')
    unlink(file->part);
}
