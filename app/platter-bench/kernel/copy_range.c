// SPDX-License-Identifier: BSD-3-Clause
// copy_file_range: the file system copies, by any means it has. btrfs, XFS and others let both
// files share the blocks, and then no byte moves; others copy through the page cache.
#include <unistd.h>

#include "kernel/ways.h"

static int move(struct transfer *t)
{
  off_t offset = 0;
  while (t->done < t->size) {
    ssize_t moved = transfer_result(
        t, "copy_file_range", copy_file_range(t->in, &offset, t->out, NULL, t->size - t->done, 0));
    if (moved < 0)
      return moved;
    t->done += moved;
  }
  return 0;
}

static int missing(char *why, size_t size)
{
  return way_call_missing("copy_file_range", copy_file_range(-1, NULL, -1, NULL, 1, 0), why, size);
}

const struct way way_copy_range = {
    .name = "copy_file_range",
    .avoids = "both through the program; all, where the file system shares the blocks",
    .route = {true, false},
    .zero_copy = true,
    .asks = true,
    .missing = missing,
    .move = move,
};
