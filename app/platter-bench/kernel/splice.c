// SPDX-License-Identifier: BSD-3-Clause
// splice: through a pipe that holds references to pages instead of bytes. What sendfile does
// inside, with the program in charge of the pipe.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/notes.h"
#include "kernel/ways.h"

struct pipe {
  int end[2]; // as pipe(2) orders them: read from the first, written to the second
};

static int start(struct transfer *t)
{
  struct pipe *pipe = malloc(sizeof(*pipe));
  if (pipe == NULL)
    return fail(t->error, sizeof(t->error), -ENOMEM, "no memory for a pipe");
  if (pipe2(pipe->end, O_CLOEXEC) != 0) {
    int error = errno;
    free(pipe);
    return fail(t->error, sizeof(t->error), -error, "pipe: %s", strerror(error));
  }
  // As long as the buffer of the other ways; a pipe that stays shorter works, too.
  fcntl(pipe->end[1], F_SETPIPE_SZ, (int)t->buffer);
  t->state = pipe;
  return 0;
}

// Empties the pipe, which holds `filled` bytes.
static int drain(struct transfer *t, const struct pipe *pipe, size_t filled)
{
  while (filled > 0) {
    unsigned more = t->done + filled < t->size ? SPLICE_F_MORE : 0; // fills TCP's segments
    ssize_t moved =
        transfer_result(t, "splice", splice(pipe->end[0], NULL, t->out, NULL, filled, more));
    if (moved < 0)
      return moved;
    filled -= moved;
    t->done += moved;
  }
  return 0;
}

static int move(struct transfer *t)
{
  const struct pipe *pipe = t->state;
  off_t offset = 0;
  while (t->done < t->size) {
    ssize_t filled = transfer_result(
        t, "splice", splice(t->in, &offset, pipe->end[1], NULL, transfer_next(t), SPLICE_F_MOVE));
    if (filled < 0)
      return filled;
    int status = drain(t, pipe, filled);
    if (status != 0)
      return status;
  }
  return 0;
}

static void finish(struct transfer *t)
{
  struct pipe *pipe = t->state;
  if (pipe == NULL)
    return;
  close(pipe->end[1]);
  close(pipe->end[0]);
  free(pipe);
}

const struct way way_splice = {
    .name = "splice",
    .avoids = "both through the program; a file takes one copy, a socket gets the file's pages",
    .route = {true, true},
    .zero_copy = true,
    .start = start,
    .move = move,
    .finish = finish,
};
