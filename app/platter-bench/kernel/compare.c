// SPDX-License-Identifier: BSD-3-Clause
// Whether what came out is what went in.
#include <errno.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/notes.h"
#include "kernel/files.h"

struct difference difference_find(const uint8_t *input, const uint8_t *output, uint64_t size,
                                  uint64_t transfers)
{
  for (uint64_t t = 0; t < transfers; t++, output += size) {
    if (memcmp(input, output, size) == 0)
      continue;
    uint64_t at = 0;
    while (input[at] == output[at])
      at++;
    return (struct difference){
        .found = true, .transfer = t, .at = at, .is = output[at], .should = input[at]};
  }
  return (struct difference){0};
}

int files_compare(int in, int out, uint64_t size, uint64_t transfers, struct difference *difference,
                  char *error, size_t error_size)
{
  const uint64_t length = size * transfers;
  struct stat s;
  *difference = (struct difference){0};
  if (fstat(out, &s) != 0)
    return fail(error, error_size, -errno, "the output cannot be looked at");
  if ((uint64_t)s.st_size != length) {
    *difference = (struct difference){.found = true, .length = true, .at = s.st_size};
    return 0;
  }
  if (length == 0)
    return 0;
  uint8_t *input = mmap(NULL, size, PROT_READ, MAP_SHARED, in, 0);
  uint8_t *output = mmap(NULL, length, PROT_READ, MAP_SHARED, out, 0);
  int status = 0;
  if (input == MAP_FAILED || output == MAP_FAILED)
    status = fail(error, error_size, -errno, "the output cannot be mapped to be compared");
  else
    *difference = difference_find(input, output, size, transfers);
  if (input != MAP_FAILED)
    munmap(input, size);
  if (output != MAP_FAILED)
    munmap(output, length);
  return status;
}

enum { EXTENTS = 64 }; // asked for at a time

int64_t files_shared(int fd)
{
  struct fiemap *map = calloc(1, sizeof(*map) + EXTENTS * sizeof(struct fiemap_extent));
  int64_t shared = 0;
  bool last = false;
  if (map == NULL)
    return -ENOMEM;
  // Without FIEMAP_FLAG_SYNC, which would write the output to the disk: shared blocks are known
  // at once.
  for (uint64_t from = 0; !last && shared >= 0;) {
    *map = (struct fiemap){
        .fm_start = from, .fm_length = FIEMAP_MAX_OFFSET - from, .fm_extent_count = EXTENTS};
    if (ioctl(fd, FS_IOC_FIEMAP, map) != 0)
      shared = -errno;
    else if (map->fm_mapped_extents == 0)
      last = true;
    for (unsigned i = 0; shared >= 0 && i < map->fm_mapped_extents; i++) {
      const struct fiemap_extent *e = &map->fm_extents[i];
      if (e->fe_flags & FIEMAP_EXTENT_SHARED)
        shared += e->fe_length;
      last = (e->fe_flags & FIEMAP_EXTENT_LAST) != 0;
      from = e->fe_logical + e->fe_length;
    }
  }
  free(map);
  return shared;
}
