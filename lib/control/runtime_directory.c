// SPDX-License-Identifier: BSD-3-Clause
#include "control/runtime_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/notes.h"

// One per process.
static struct {
  int lock; // open, and locked; -1: none
  char path[512];
} runtime = {.lock = -1};

enum { TRIES = 100 };

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

// Makes a directory in an open one, if it is not there, and opens it. Returns the descriptor, or
// -errno and a sentence.
static int enter(int parent, const char *name, const char *path, char *error, size_t size)
{
  if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
    return fail(error, size, -errno,
                "cannot make the runtime directory %s (%s); set XDG_RUNTIME_DIR to a directory "
                "that you can write to",
                path, strerror(errno));
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

// Whether the open directory still has its name: one that ends removes it, and another may have
// made a new one, between open and flock.
static bool is_there(int parent, const char *name, int fd)
{
  struct stat open, named;
  return fstat(fd, &open) == 0 && fstatat(parent, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

static int take(int parent, const char *prefix, char *error, size_t size)
{
  for (unsigned i = 0; i < TRIES; i++) {
    int fd = enter(parent, prefix, runtime.path, error, size);
    if (fd == -ENOENT) // it went between mkdir and open
      continue;
    if (fd < 0)
      return fd;
    bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (locked && is_there(parent, prefix, fd)) {
      runtime.lock = fd;
      return 0;
    }
    close(fd);
    if (!locked)
      break;
  }
  return fail(error, size, -EBUSY,
              "another platter runs with the prefix '%s'; stop it, or give this one another "
              "telemetry.prefix",
              prefix);
}

// The directory that DPDK will use (lib/eal/unix/eal_filesystem.c, eal_create_runtime_dir), made
// and locked beforehand: without shared configuration files DPDK itself has no lock.
int runtime_directory_take(const char *prefix, char *error, size_t size)
{
  const char *base = getenv("RUNTIME_DIRECTORY"), *user = getenv("XDG_RUNTIME_DIR");
  char path[256];
  if (base == NULL)
    base = getuid() == 0 ? "/var/run" : user != NULL ? user : "/tmp";
  snprintf(path, sizeof(path), "%s/dpdk", base);
  snprintf(runtime.path, sizeof(runtime.path), "%s/%s", path, prefix);
  int parent = enter(AT_FDCWD, path, path, error, size);
  if (parent < 0)
    return parent;
  int status = take(parent, prefix, error, size);
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
