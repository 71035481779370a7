// SPDX-License-Identifier: BSD-3-Clause
// The lock (flock) is the directory's own descriptor, held to the end: one that was killed has let
// go of it, and its directory is taken over. Control thread; one directory per process.
#include "host/runtime_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/notes.h"

// One per process.
static struct {
  int lock; // open, and locked; -1: none
  char path[512];
} runtime = {.lock = -1};

enum {
  TRIES = 100,
  LOCK_TRIES = 10, // a millisecond apart
};

// Others must not be able to put anything into it, or another in its place: what DPDK and platter
// do there they do by name.
static int check_owner(int fd, const char *path, char *error, size_t size)
{
  struct stat file;
  if (fstat(fd, &file) != 0)
    return fail(error, size, -errno, "cannot look at the runtime directory %s (%s)", path,
                strerror(errno));
  if (file.st_uid != geteuid() && file.st_uid != 0)
    return fail(error, size, -EPERM,
                "the runtime directory %s belongs to user %u, who could change what is in it; "
                "remove it, or set XDG_RUNTIME_DIR to a directory of your own",
                path, file.st_uid);
  if (file.st_mode & (S_IWGRP | S_IWOTH))
    return fail(error, size, -EPERM,
                "others may write to the runtime directory %s; `chmod go-w %s` takes that from "
                "them",
                path, path);
  return 0;
}

static int cannot_make(int code, const char *path, char *error, size_t size)
{
  return fail(error, size, -code,
              "cannot make the runtime directory %s (%s); set XDG_RUNTIME_DIR to a directory that "
              "you can write to",
              path, strerror(code));
}

// Opens a directory in an open one. Returns the descriptor, or -errno and a sentence.
static int open_own(int parent, const char *name, const char *path, char *error, size_t size)
{
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && (errno == ELOOP || errno == ENOTDIR)) // open(2), O_NOFOLLOW with O_DIRECTORY
    return fail(error, size, -errno,
                "the runtime directory %s is a link to somewhere else, or no directory; remove it",
                path);
  if (fd < 0)
    return fail(error, size, -errno,
                "cannot open the runtime directory %s (%s); set XDG_RUNTIME_DIR to a directory of "
                "your own",
                path, strerror(errno));
  int status = check_owner(fd, path, error, size);
  if (status == 0)
    return fd;
  close(fd);
  return status;
}

// Makes it first, if it is not there.
static int enter(int parent, const char *name, const char *path, char *error, size_t size)
{
  if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
    return cannot_make(errno, path, error, size);
  return open_own(parent, name, path, error, size);
}

// Whether the open directory still has its name: one that ends removes it, and another may have
// made a new one, between open and flock.
static bool is_there(int parent, const char *name, int fd)
{
  struct stat open, named;
  return fstat(fd, &open) == 0 && fstatat(parent, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

static int taken(const char *prefix, char *error, size_t size)
{
  return fail(error, size, -EBUSY,
              "another platter runs with the prefix '%s'; stop it, or give this one another "
              "telemetry.prefix",
              prefix);
}

// Tries for as long as runtime_directory_check may hold it.
static bool lock(int fd)
{
  for (unsigned i = 0; i < LOCK_TRIES; i++) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
      return true;
    usleep(1000);
  }
  return false;
}

static int take(int parent, const char *prefix, char *error, size_t size)
{
  for (unsigned i = 0; i < TRIES; i++) {
    int fd = enter(parent, prefix, runtime.path, error, size);
    if (fd == -ENOENT) // it went between mkdir and open
      continue;
    if (fd < 0)
      return fd;
    bool locked = lock(fd);
    if (locked && is_there(parent, prefix, fd)) {
      runtime.lock = fd;
      return 0;
    }
    close(fd);
    if (!locked)
      break;
  }
  return taken(prefix, error, size);
}

// The directory that DPDK will use (lib/eal/unix/eal_filesystem.c, eal_create_runtime_dir).
static const char *base_directory(void)
{
  const char *base = getenv("RUNTIME_DIRECTORY"), *user = getenv("XDG_RUNTIME_DIR");
  if (base != NULL)
    return base;
  return getuid() == 0 ? "/var/run" : user != NULL ? user : "/tmp";
}

void runtime_directory_parent(char *path, size_t size)
{
  snprintf(path, size, "%s/dpdk", base_directory());
}

// Made and locked beforehand: without shared configuration files DPDK itself has no lock.
int runtime_directory_take(const char *prefix, char *error, size_t size)
{
  char path[256];
  runtime_directory_parent(path, sizeof(path));
  snprintf(runtime.path, sizeof(runtime.path), "%s/%s", path, prefix);
  int parent = enter(AT_FDCWD, path, path, error, size);
  if (parent < 0)
    return parent;
  int status = take(parent, prefix, error, size);
  close(parent);
  return status;
}

// Whether it could be made in the open directory, which is to be opened next, or locked where it is
// there.
static int check(int parent, const char *prefix, const char *path, char *error, size_t size)
{
  struct stat file;
  if (fstatat(parent, prefix, &file, AT_SYMLINK_NOFOLLOW) != 0)
    return faccessat(parent, ".", W_OK | X_OK, AT_EACCESS) == 0
               ? 0
               : cannot_make(errno, path, error, size);
  int fd = open_own(parent, prefix, path, error, size);
  if (fd < 0)
    return fd;
  bool usable = faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) == 0;
  int status = usable ? 0 : cannot_make(errno, path, error, size);
  if (usable && flock(fd, LOCK_SH | LOCK_NB) != 0)
    status = taken(prefix, error, size);
  close(fd);
  return status;
}

int runtime_directory_check(const char *prefix, char *error, size_t size)
{
  char path[256], own[512];
  struct stat file;
  runtime_directory_parent(path, sizeof(path));
  snprintf(own, sizeof(own), "%s/%s", path, prefix);
  if (lstat(path, &file) != 0)
    return eaccess(base_directory(), W_OK | X_OK) == 0 ? 0 : cannot_make(errno, path, error, size);
  int parent = open_own(AT_FDCWD, path, path, error, size);
  if (parent < 0)
    return parent;
  int status = check(parent, prefix, own, error, size);
  close(parent);
  return status;
}

const char *runtime_directory(void)
{
  return runtime.path;
}

int runtime_directory_fd(void)
{
  return runtime.lock;
}

void runtime_directory_leave(void)
{
  if (runtime.lock < 0)
    return;
  rmdir(runtime.path);
  close(runtime.lock);
  runtime.lock = -1;
}
