// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/notes.h"
#include "kernel/transfer.h"

#ifndef ZFS_SUPER_MAGIC
#define ZFS_SUPER_MAGIC 0x2fc12fc1
#endif

static const char *system_name(long magic)
{
  static const struct {
    long magic;
    const char *name;
  } known[] = {
      {BTRFS_SUPER_MAGIC, "btrfs"}, {EXT4_SUPER_MAGIC, "ext4"}, {F2FS_SUPER_MAGIC, "f2fs"},
      {FUSE_SUPER_MAGIC, "FUSE"},   {NFS_SUPER_MAGIC, "NFS"},   {OVERLAYFS_SUPER_MAGIC, "overlay"},
      {RAMFS_MAGIC, "ramfs"},       {TMPFS_MAGIC, "tmpfs"},     {XFS_SUPER_MAGIC, "XFS"},
      {ZFS_SUPER_MAGIC, "ZFS"},
  };
  for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
    if (known[i].magic == magic)
      return known[i].name;
  return "a file system unknown here";
}

static bool in_memory(const char *directory)
{
  struct statfs s;
  return statfs(directory, &s) == 0 && (s.f_type == TMPFS_MAGIC || s.f_type == RAMFS_MAGIC);
}

const char *files_directory(void)
{
  const char *asked = getenv("TMPDIR");
  if (asked != NULL && *asked != '\0')
    return asked;
  return in_memory("/tmp") && access("/var/tmp", W_OK) == 0 && !in_memory("/var/tmp") ? "/var/tmp"
                                                                                      : "/tmp";
}

int files_system(const char *directory, struct file_system *system, char *error, size_t size)
{
  struct statfs s;
  struct statvfs v;
  if (statfs(directory, &s) != 0 || statvfs(directory, &v) != 0) {
    int code = errno;
    return fail(error, size, -code, "%s: %s", directory, strerror(code));
  }
  system->name = system_name(s.f_type);
  system->memory = s.f_type == TMPFS_MAGIC || s.f_type == RAMFS_MAGIC;
  system->space = (uint64_t)v.f_bavail * v.f_frsize;
  return 0;
}

int files_new(const char *directory, char *error, size_t size)
{
  int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    return fd;
  // A file system without O_TMPFILE: the name is there for a moment.
  char *path = NULL;
  if (asprintf(&path, "%s/platter-bench-XXXXXX", directory) < 0)
    return fail(error, size, -ENOMEM, "no memory");
  fd = mkostemp(path, O_CLOEXEC);
  int code = errno;
  if (fd >= 0)
    unlink(path);
  free(path);
  return fd >= 0
             ? fd
             : fail(error, size, -code, "no file can be made in %s: %s", directory, strerror(code));
}

// splitmix64 (Steele, Lea and Flood, 2014): no two pages alike, so that bytes in the wrong place
// are noticed, and no file system can make less of them.
static uint64_t random_next(uint64_t *state)
{
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

static int write_all(int fd, const char *bytes, size_t length)
{
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written < 0 && errno != EINTR)
      return -errno;
    if (transfer_stopped())
      return -EINTR;
    bytes += written > 0 ? written : 0;
    length -= written > 0 ? written : 0;
  }
  return 0;
}

int files_fill(int fd, uint64_t length, uint64_t seed, char *error, size_t size)
{
  uint64_t block[8192];
  int status = 0;
  for (uint64_t at = 0; at < length && status == 0; at += sizeof(block)) {
    for (size_t i = 0; i < sizeof(block) / sizeof(*block); i++)
      block[i] = random_next(&seed);
    status = write_all(fd, (const char *)block,
                       length - at < sizeof(block) ? length - at : sizeof(block));
  }
  if (status == 0 && fdatasync(fd) != 0)
    status = -errno;
  if (status == -EINTR)
    return fail(error, size, status, "stopped by a signal");
  return status == 0 ? 0
                     : fail(error, size, status, "the input of %" PRIu64 " bytes: %s", length,
                            strerror(-status));
}

void files_warm(int fd, uint64_t length)
{
  const char block[65536] = {0};
  int status = 0;
  for (uint64_t at = 0; at < length && status == 0; at += sizeof(block))
    status = write_all(fd, block, length - at < sizeof(block) ? length - at : sizeof(block));
  if (ftruncate(fd, 0) == 0) // if not, the caller finds out, too
    lseek(fd, 0, SEEK_SET);
}

uint64_t files_memory(void)
{
  FILE *file = fopen("/proc/meminfo", "re");
  char line[256];
  uint64_t kilobytes = UINT64_MAX;
  if (file == NULL)
    return UINT64_MAX;
  while (fgets(line, sizeof(line), file) != NULL)
    if (strncmp(line, "MemAvailable:", 13) == 0)
      kilobytes = strtoull(line + 13, NULL, 10);
  fclose(file);
  return kilobytes == UINT64_MAX ? UINT64_MAX : kilobytes * 1024;
}
