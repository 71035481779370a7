// SPDX-License-Identifier: BSD-3-Clause
// mmap and write: the file's pages are seen in the program's memory, so that nothing is read into a
// buffer; writing copies once. Mapping, page faults and unmapping are paid for each file: timed.
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/notes.h"
#include "kernel/ways.h"

int map_input(struct transfer *t, char **bytes)
{
  *bytes = mmap(NULL, t->size, PROT_READ, MAP_SHARED, t->in, 0);
  if (*bytes != MAP_FAILED)
    return 0;
  int error = errno;
  return fail(t->error, sizeof(t->error), -error, "mmap of %llu bytes: %s",
              (unsigned long long)t->size, strerror(error));
}

static int move(struct transfer *t)
{
  char *bytes;
  if (t->size == 0) // mmap maps no empty file
    return 0;
  int status = map_input(t, &bytes);
  if (status != 0)
    return status;
  status = transfer_write(t, bytes, t->size);
  munmap(bytes, t->size);
  return status;
}

const struct way way_mmap_write = {
    .name = "mmap/write",
    .avoids = "the one into the program's buffer; the CPU copies once, out of the mapping",
    .route = {true, true},
    .zero_copy = true,
    .move = move,
};
