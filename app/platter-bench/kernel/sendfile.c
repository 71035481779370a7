// SPDX-License-Identifier: BSD-3-Clause
// sendfile: the kernel moves the bytes by itself. To a socket it hands over references to the
// pages of the file; to a file it copies them, once.
#include <sys/sendfile.h>

#include "kernel/ways.h"

static int move(struct transfer *t)
{
  off_t offset = 0;
  while (t->done < t->size) {
    ssize_t moved =
        transfer_result(t, "sendfile", sendfile(t->out, t->in, &offset, t->size - t->done));
    if (moved < 0)
      return moved;
    t->done += moved;
  }
  return 0;
}

const struct way way_sendfile = {
    .name = "sendfile",
    .avoids = "both through the program; a file takes one copy, a socket gets the file's pages",
    .route = {true, true},
    .zero_copy = true,
    .move = move,
};
