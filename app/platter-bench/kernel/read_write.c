// SPDX-License-Identifier: BSD-3-Clause
// read and write: what every program does. The CPU copies each byte from the page cache into the
// buffer, and from the buffer into the page cache or into the socket.
#include <errno.h>
#include <unistd.h>

#include "kernel/ways.h"

static int start(struct transfer *t)
{
  t->state = transfer_buffers(t, 1);
  return t->state != NULL ? 0 : -ENOMEM;
}

static int move(struct transfer *t)
{
  char *buffer = t->state;
  while (t->done < t->size) {
    ssize_t filled = transfer_result(t, "read", pread(t->in, buffer, transfer_next(t), t->done));
    if (filled < 0)
      return filled;
    int status = transfer_write(t, buffer, filled);
    if (status != 0)
      return status;
  }
  return 0;
}

static void finish(struct transfer *t)
{
  transfer_unbuffer(t, t->state, 1);
}

const struct way way_read_write = {
    .name = "read/write",
    .avoids = "none: the CPU copies into the program's buffer and out of it again",
    .route = {true, true},
    .start = start,
    .move = move,
    .finish = finish,
};
