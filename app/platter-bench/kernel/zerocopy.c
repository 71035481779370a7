// SPDX-License-Identifier: BSD-3-Clause
// MSG_ZEROCOPY: the card reads the program's own memory. The price: the memory is the kernel's
// until it says that it is done, so that a program needs several buffers and has to ask. Once with
// buffers that are read into, once with the mapping of the file.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/notes.h"
#include "kernel/outstanding.h"
#include "kernel/ways.h"

struct zerocopy {
  struct outstanding outstanding;
  char *buffers; // OUTSTANDING_SLOTS of them; NULL: the file is mapped
  unsigned slot;
};

static int switch_on(int socket)
{
  return setsockopt(socket, SOL_SOCKET, SO_ZEROCOPY, &(int){1}, sizeof(int)) == 0 ? 0 : -errno;
}

static int missing(char *why, size_t size)
{
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int status = fd >= 0 ? switch_on(fd) : -errno;
  if (fd >= 0)
    close(fd);
  return status == 0 ? 0 : fail(why, size, status, "SO_ZEROCOPY: %s", strerror(-status));
}

static int start_mapped(struct transfer *t)
{
  int status = switch_on(t->out);
  if (status != 0)
    return fail(t->error, sizeof(t->error), status, "SO_ZEROCOPY: %s", strerror(-status));
  t->state = calloc(1, sizeof(struct zerocopy));
  return t->state != NULL ? 0 : fail(t->error, sizeof(t->error), -ENOMEM, "no memory");
}

static int start(struct transfer *t)
{
  int status = start_mapped(t);
  if (status != 0)
    return status;
  struct zerocopy *z = t->state;
  z->buffers = transfer_buffers(t, OUTSTANDING_SLOTS);
  return z->buffers != NULL ? 0 : -ENOMEM;
}

// The next buffer, once the kernel is done with it, filled and sent.
static int send_next(struct transfer *t, struct zerocopy *z)
{
  unsigned slot = z->slot;
  char *buffer = z->buffers + slot * t->buffer;
  int status = outstanding_wait(&z->outstanding, t, &z->outstanding.of_slot[slot], 0);
  if (status != 0)
    return status;
  ssize_t filled = transfer_result(t, "read", pread(t->in, buffer, transfer_next(t), t->done));
  if (filled < 0)
    return filled;
  z->slot = (slot + 1) % OUTSTANDING_SLOTS;
  return outstanding_send(&z->outstanding, t, slot, buffer, filled);
}

static int move(struct transfer *t)
{
  struct zerocopy *z = t->state;
  int status = 0;
  while (t->done < t->size && status == 0)
    status = send_next(t, z);
  return status != 0 ? status : outstanding_wait(&z->outstanding, t, &z->outstanding.count, 0);
}

static int move_mapped(struct transfer *t)
{
  struct zerocopy *z = t->state;
  char *bytes;
  if (t->size == 0)
    return 0;
  int status = map_input(t, &bytes);
  if (status != 0)
    return status;
  status = outstanding_send(&z->outstanding, t, 0, bytes, t->size);
  if (status == 0)
    status = outstanding_wait(&z->outstanding, t, &z->outstanding.count, 0);
  munmap(bytes, t->size);
  return status;
}

static void finish(struct transfer *t)
{
  struct zerocopy *z = t->state;
  if (z != NULL)
    transfer_unbuffer(t, z->buffers, OUTSTANDING_SLOTS);
  free(z);
}

const struct way way_zerocopy = {
    .name = "MSG_ZEROCOPY",
    .avoids = "the one out of the program's buffer, where the kernel does not fall back",
    .route = {false, true},
    .zero_copy = true,
    .asks = true,
    .missing = missing,
    .start = start,
    .move = move,
    .finish = finish,
};

const struct way way_mmap_zerocopy = {
    .name = "mmap/MSG_ZEROCOPY",
    .avoids = "both, where the kernel does not fall back: the card reads the mapped file",
    .route = {false, true},
    .zero_copy = true,
    .asks = true,
    .missing = missing,
    .start = start_mapped,
    .move = move_mapped,
    .finish = finish,
};
