// SPDX-License-Identifier: BSD-3-Clause
// io_uring: requests are written into memory that the kernel reads. A batch fills several buffers,
// each request to write linked behind the one to read, and all of a batch is one system call.
// The buffers are registered: their pages are looked up once and not for each request.
//
// A socket takes a batch as one chain, so that the bytes keep their order: where a request moves
// less than asked, the chain breaks and what is behind it is cancelled. Files take the buffers in
// any order. Either way a batch has moved what lies before the first request that fell short, and
// the next batch goes on from there.
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>

#include "base/notes.h"
#include "kernel/ways.h"

// Newer than the liburing of Debian 12.
#ifndef IORING_SEND_ZC_REPORT_USAGE
#define IORING_SEND_ZC_REPORT_USAGE (1U << 3)
#endif
#ifndef IORING_NOTIF_USAGE_ZC_COPIED
#define IORING_NOTIF_USAGE_ZC_COPIED (1U << 31)
#endif

enum { SLOTS = 8, REQUESTS = 2 * SLOTS };

struct slot {
  size_t asked;
  int read, sent; // results
  bool held;      // the kernel has not said yet that it is done with the memory
};

struct uring {
  struct io_uring ring;
  char *buffers;
  bool zero_copy;
  bool reports;   // the kernel says whether it copied (6.2)
  uint64_t batch; // tells the completions of one from those of another
  struct slot slot[SLOTS];
};

static int uring_start(struct transfer *t, bool zero_copy)
{
  struct uring *u = calloc(1, sizeof(*u));
  if (u == NULL)
    return fail(t->error, sizeof(t->error), -ENOMEM, "no memory");
  int status = io_uring_queue_init(4 * SLOTS, &u->ring, 0);
  if (status != 0) {
    free(u);
    return transfer_failed(t, "io_uring_setup", -status);
  }
  t->state = u;
  u->zero_copy = u->reports = zero_copy;
  u->buffers = transfer_buffers(t, SLOTS);
  if (u->buffers == NULL)
    return -ENOMEM;
  struct iovec registered[SLOTS];
  for (unsigned i = 0; i < SLOTS; i++)
    registered[i] = (struct iovec){u->buffers + i * t->buffer, t->buffer};
  status = io_uring_register_buffers(&u->ring, registered, SLOTS);
  if (status != 0)
    return fail(t->error, sizeof(t->error), status,
                "io_uring: registering %u buffers of %zu bytes: %s; `ulimit -l` limits them", SLOTS,
                t->buffer, strerror(-status));
  return 0;
}

static int start(struct transfer *t)
{
  return uring_start(t, false);
}

static int start_zerocopy(struct transfer *t)
{
  return uring_start(t, true);
}

static void finish(struct transfer *t)
{
  struct uring *u = t->state;
  if (u == NULL)
    return;
  io_uring_queue_exit(&u->ring); // cancels what is under way
  transfer_unbuffer(t, u->buffers, SLOTS);
  free(u);
}

static void ask_for_write(struct transfer *t, struct uring *u, unsigned i, uint64_t from)
{
  struct io_uring_sqe *sqe = io_uring_get_sqe(&u->ring);
  char *buffer = u->buffers + i * t->buffer;
  size_t size = u->slot[i].asked;
  if (t->route == ROUTE_FILE)
    io_uring_prep_write_fixed(sqe, t->out, buffer, size, t->at + from, i);
  else if (u->zero_copy)
    io_uring_prep_send_zc_fixed(sqe, t->out, buffer, size, MSG_WAITALL,
                                u->reports ? IORING_SEND_ZC_REPORT_USAGE : 0, i);
  else
    io_uring_prep_send(sqe, t->out, buffer, size, MSG_WAITALL);
  if (t->route == ROUTE_SOCKET && i + 1 < SLOTS && from + size < t->size)
    sqe->flags |= IOSQE_IO_LINK; // the next buffer waits for this one
  sqe->user_data = u->batch * REQUESTS + 2 * i + 1;
}

// Asks for as much of the input as the buffers hold. Returns how many requests that are.
static unsigned ask(struct transfer *t, struct uring *u)
{
  uint64_t from = t->done;
  unsigned i = 0;
  u->batch++;
  for (; i < SLOTS && from < t->size; i++) {
    size_t size = t->size - from < t->buffer ? t->size - from : t->buffer;
    struct io_uring_sqe *sqe = io_uring_get_sqe(&u->ring);
    u->slot[i] = (struct slot){.asked = size};
    io_uring_prep_read_fixed(sqe, t->in, u->buffers + i * t->buffer, size, from, i);
    sqe->flags |= IOSQE_IO_LINK;
    sqe->user_data = u->batch * REQUESTS + 2 * i;
    ask_for_write(t, u, i, from);
    from += size;
  }
  return 2 * i;
}

// The kernel is done with the memory of a request without copies. It also says so, on top, of some
// requests that were cancelled: that is nothing to wait for.
static int take_notice(struct transfer *t, const struct uring *u, struct slot *slot, int result)
{
  if (!slot->held)
    return 0;
  slot->held = false;
  if (u->reports && ((unsigned)result & IORING_NOTIF_USAGE_ZC_COPIED) && slot->sent > 0)
    t->copied += slot->sent;
  return -1;
}

// The result of a request to write. Returns 1 where the kernel will say when it is done with the
// memory.
static int take_sent(struct transfer *t, const struct uring *u, struct slot *slot,
                     const struct io_uring_cqe *cqe)
{
  slot->sent = cqe->res;
  slot->held = (cqe->flags & IORING_CQE_F_MORE) != 0;
  if (slot->held && cqe->res > 0) {
    t->asked += cqe->res;
    t->untold += u->reports ? 0 : cqe->res;
  }
  return slot->held ? 1 : 0;
}

// One completion: `open` results are still to come, and `held` notices.
static void take(struct transfer *t, struct uring *u, const struct io_uring_cqe *cqe,
                 unsigned *open, unsigned *held)
{
  const uint64_t request = cqe->user_data % REQUESTS;
  struct slot *slot = &u->slot[request / 2];
  if (cqe->user_data / REQUESTS != u->batch)
    return; // a late notice of what was cancelled
  if (cqe->flags & IORING_CQE_F_NOTIF) {
    *held += take_notice(t, u, slot, cqe->res);
    return;
  }
  *open -= 1;
  if (request % 2 == 1)
    *held += take_sent(t, u, slot, cqe);
  else
    slot->read = cqe->res;
}

// Submits the batch, and waits for `open` results and the notices that follow.
static int wait_for(struct transfer *t, struct uring *u, unsigned open)
{
  struct __kernel_timespec poll = {.tv_nsec = TRANSFER_POLL_MS * 1000000LL};
  unsigned held = 0;
  while (open + held > 0) {
    struct io_uring_cqe *cqe = NULL;
    int status = io_uring_submit_and_wait_timeout(&u->ring, &cqe, open > 0 ? open : 1, &poll, NULL);
    if (status < 0 && io_uring_cq_ready(&u->ring) == 0) {
      status = transfer_failed(t, "io_uring", -status);
      if (status < 0)
        return status;
    }
    unsigned head, seen = 0;
    io_uring_for_each_cqe(&u->ring, head, cqe)
    {
      take(t, u, cqe, &open, &held);
      seen++;
    }
    io_uring_cq_advance(&u->ring, seen);
  }
  return 0;
}

// What slot i could not do, as the sentence of a failure; 0: the rest of it is asked for again.
static int fell_short(struct transfer *t, struct uring *u, const struct slot *slot)
{
  if (slot->read < 0)
    return transfer_failed(t, "io_uring read", -slot->read);
  if (slot->read != (int)slot->asked) // of a regular file, only at its end
    return transfer_failed(t, "io_uring read", ENODATA);
  if (slot->sent == -EINVAL && u->reports) { // before 6.2: it does not know the flag
    u->reports = false;
    return 0;
  }
  int error = slot->sent == -ECANCELED ? EAGAIN : -slot->sent;
  return error > 0 ? transfer_failed(t, u->zero_copy ? "io_uring SEND_ZC" : "io_uring write", error)
                   : 0;
}

// Counts what the batch has moved: all up to the first buffer that did not go out whole.
static int account(struct transfer *t, struct uring *u, unsigned slots)
{
  for (unsigned i = 0; i < slots; i++) {
    const struct slot *slot = &u->slot[i];
    if (slot->sent > 0) {
      t->done += slot->sent;
      t->stalled = 0;
    }
    if (slot->sent != (int)slot->asked)
      return fell_short(t, u, slot);
  }
  return 0;
}

static int move(struct transfer *t)
{
  struct uring *u = t->state;
  int status = 0;
  while (t->done < t->size && status == 0) {
    unsigned requests = ask(t, u);
    status = wait_for(t, u, requests);
    if (status == 0)
      status = account(t, u, requests / 2);
  }
  return status;
}

static int uring_missing(int operation, const char *what, char *why, size_t size)
{
  struct io_uring ring;
  int status = io_uring_queue_init(1, &ring, 0);
  if (status != 0)
    return fail(why, size, status, "io_uring_setup: %s%s", strerror(-status),
                status == -EPERM ? " (kernel.io_uring_disabled, or a container's rules)" : "");
  struct io_uring_probe *probe = io_uring_get_probe_ring(&ring);
  bool there = probe != NULL && io_uring_opcode_supported(probe, operation);
  if (probe != NULL)
    io_uring_free_probe(probe);
  io_uring_queue_exit(&ring);
  return there ? 0 : fail(why, size, -ENOSYS, "io_uring has no %s", what);
}

static int missing(char *why, size_t size)
{
  return uring_missing(IORING_OP_SEND, "IORING_OP_SEND", why, size);
}

static int missing_zerocopy(char *why, size_t size)
{
  return uring_missing(IORING_OP_SEND_ZC, "IORING_OP_SEND_ZC", why, size);
}

const struct way way_uring = {
    .name = "io_uring",
    .avoids = "none: it saves system calls, and looking up the buffers' pages for files",
    .route = {true, true},
    .missing = missing,
    .start = start,
    .move = move,
    .finish = finish,
};

const struct way way_uring_zerocopy = {
    .name = "io_uring/SEND_ZC",
    .avoids = "the one out of the program's buffer, where the kernel does not fall back",
    .route = {false, true},
    .zero_copy = true,
    .asks = true,
    .missing = missing_zerocopy,
    .start = start_zerocopy,
    .move = move,
    .finish = finish,
};
