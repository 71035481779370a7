// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/transfer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/notes.h"
#include "cli/wait.h"

static volatile sig_atomic_t stopped; // a handler can set nothing else

static void stop(int signal)
{
  stopped = signal;
}

void transfer_catch_signals(void)
{
  // Without SA_RESTART: a call that waits ends.
  const struct sigaction action = {.sa_handler = stop};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  struct sigaction hangup; // ignored under nohup
  if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
    sigaction(SIGHUP, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

bool transfer_stopped(void)
{
  return stopped != 0;
}

int transfer_run(const struct way *way, struct transfer *t)
{
  int status = way->start != NULL ? way->start(t) : 0;
  if (status == 0)
    status = way->move(t);
  if (way->finish != NULL)
    way->finish(t);
  return status;
}

size_t transfer_next(const struct transfer *t)
{
  uint64_t left = t->size - t->done;
  return left < t->buffer ? left : t->buffer;
}

static bool stalled(struct transfer *t)
{
  if (t->stalled == 0)
    t->stalled = wait_now();
  return wait_now() > t->stalled + (t->patience > 0 ? t->patience : TRANSFER_STALL_SECONDS);
}

static const char *explain(int error)
{
  switch (error) {
  case EPIPE:
  case ECONNRESET:
    return "the receiver closed the connection";
  case ENOSPC:
  case EFBIG:
  case EDQUOT:
    return "the destination is full";
  case ETIMEDOUT:
    return "no byte moved for a long time";
  case ENODATA:
    return "the input ended early";
  default:
    return NULL;
  }
}

int transfer_failed(struct transfer *t, const char *call, int error)
{
  if (error == EINTR && !transfer_stopped())
    return 0;
  if (error == EAGAIN || error == ETIME) {
    if (transfer_stopped())
      error = EINTR;
    else if (stalled(t))
      error = ETIMEDOUT;
    else
      return 0;
  }
  if (error == EINTR)
    return fail(t->error, sizeof(t->error), -EINTR, "stopped by a signal");
  const char *why = explain(error);
  return fail(t->error, sizeof(t->error), -error, "%s: %s%s%s%s after %llu of %llu bytes", call,
              why != NULL ? why : "", why != NULL ? " (" : "", strerror(error),
              why != NULL ? ")" : "", (unsigned long long)t->done, (unsigned long long)t->size);
}

ssize_t transfer_result(struct transfer *t, const char *call, ssize_t result)
{
  if (result < 0)
    return transfer_failed(t, call, errno);
  if (result == 0)
    return transfer_failed(t, call, ENODATA);
  t->stalled = 0;
  return result;
}

int transfer_write(struct transfer *t, const char *bytes, size_t size)
{
  while (size > 0) {
    ssize_t written = transfer_result(t, "write", write(t->out, bytes, size));
    if (written < 0)
      return written;
    bytes += written;
    size -= written;
    t->done += written;
  }
  return 0;
}

char *transfer_buffers(struct transfer *t, unsigned count)
{
  // Populated: a program that moves many files touches them once.
  void *memory = mmap(NULL, count * t->buffer, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory != MAP_FAILED)
    return memory;
  fail(t->error, sizeof(t->error), -ENOMEM, "no memory for %u buffers of %zu bytes", count,
       t->buffer);
  return NULL;
}

void transfer_unbuffer(const struct transfer *t, char *buffers, unsigned count)
{
  if (buffers != NULL)
    munmap(buffers, count * t->buffer);
}
