// SPDX-License-Identifier: BSD-3-Clause
#include "control/runtime_directory.h"

#include <errno.h>
#include <fcntl.h>
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

// The directory that DPDK will use (lib/eal/unix/eal_filesystem.c, eal_create_runtime_dir), made
// and locked beforehand: without shared configuration files DPDK itself has no lock.
int runtime_directory_take(const char *prefix, char *error, size_t size)
{
  const char *base = getenv("RUNTIME_DIRECTORY"), *user = getenv("XDG_RUNTIME_DIR");
  char parent[256];
  if (base == NULL)
    base = getuid() == 0 ? "/var/run" : user != NULL ? user : "/tmp";
  snprintf(parent, sizeof(parent), "%s/dpdk", base);
  snprintf(runtime.path, sizeof(runtime.path), "%s/%s", parent, prefix);
  mkdir(parent, 0700);
  if (mkdir(runtime.path, 0700) != 0 && errno != EEXIST)
    return fail(error, size, -errno,
                "cannot make the runtime directory %s (%s); set XDG_RUNTIME_DIR to a directory "
                "that you can write to",
                runtime.path, strerror(errno));
  runtime.lock = open(runtime.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (runtime.lock < 0)
    return fail(error, size, -errno, "cannot open the runtime directory %s (%s)", runtime.path,
                strerror(errno));
  if (flock(runtime.lock, LOCK_EX | LOCK_NB) == 0)
    return 0;
  close(runtime.lock);
  runtime.lock = -1;
  return fail(error, size, -EBUSY,
              "another platter runs with the prefix '%s'; stop it, or give this one another "
              "telemetry.prefix",
              prefix);
}

const char *runtime_directory(void)
{
  return runtime.path;
}

void runtime_directory_leave(void)
{
  if (runtime.lock < 0)
    return;
  rmdir(runtime.path);
  close(runtime.lock);
  runtime.lock = -1;
}
