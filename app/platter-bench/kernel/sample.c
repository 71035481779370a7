// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/sample.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/notes.h"
#include "cli/wait.h"

static double seconds(struct timeval t)
{
  return t.tv_sec + t.tv_usec * 1e-6;
}

// Adds what the process has used since `before`. Of the process, not of this thread: io_uring works
// in kernel threads that belong to the process, too.
static void add_usage(struct sample *s, const struct rusage *before)
{
  struct rusage now;
  getrusage(RUSAGE_SELF, &now);
  s->user += seconds(now.ru_utime) - seconds(before->ru_utime);
  s->system += seconds(now.ru_stime) - seconds(before->ru_stime);
  s->voluntary += now.ru_nvcsw - before->ru_nvcsw;
  s->involuntary += now.ru_nivcsw - before->ru_nivcsw;
  s->minor += now.ru_minflt - before->ru_minflt;
  s->major += now.ru_majflt - before->ru_majflt;
}

static int open_output(struct stand *stand, const struct job *job, char *error, size_t size)
{
  if (job->route == ROUTE_SOCKET)
    return receiver_connect(&stand->receiver, job->size, job->transfers, error, size);
  files_warm(stand->out, job->size * job->transfers);
  if (ftruncate(stand->out, 0) == 0 && lseek(stand->out, 0, SEEK_SET) == 0)
    return stand->out;
  int code = errno;
  return fail(error, size, -code, "the output cannot be emptied: %s", strerror(code));
}

// What is timed.
static int move_all(const struct job *job, struct transfer *t)
{
  for (uint64_t i = 0; i < job->transfers; i++) {
    t->done = 0;
    int status = job->way->move(t);
    if (status != 0)
      return status;
    if (transfer_stopped())
      return fail(t->error, sizeof(t->error), -EINTR, "stopped by a signal");
    t->at += t->size;
  }
  return 0;
}

static int run(struct stand *stand, const struct job *job, struct transfer *t, struct sample *s,
               char *error, size_t size)
{
  struct rusage before;
  int status = job->way->start != NULL ? job->way->start(t) : 0;
  if (status == 0) {
    getrusage(RUSAGE_SELF, &before);
    double start = wait_now();
    status = move_all(job, t);
    add_usage(s, &before); // waiting for the receiver is not the way's work
    if (status == 0 && job->route == ROUTE_SOCKET)
      status = receiver_wait(&stand->receiver, &s->receiver, t->error, sizeof(t->error));
    s->seconds = wait_now() - start;
  }
  if (job->way->finish != NULL)
    job->way->finish(t);
  s->asked = t->asked;
  s->copied = t->copied;
  s->untold = t->untold;
  return status == 0 ? 0
                     : fail(error, size, status, "%s to %s, %" PRIu64 " bytes: %s", job->way->name,
                            job->route == ROUTE_FILE ? "a file" : "a socket", job->size, t->error);
}

static int describe(const struct job *job, const struct difference *d, char *error, size_t size)
{
  const char *to = job->route == ROUTE_FILE ? "a file" : "a socket";
  if (d->length)
    return fail(error, size, SAMPLE_DIFFERS,
                "%s to %s: the output differs from the input: %" PRIu64 " bytes came out, %" PRIu64
                " went in",
                job->way->name, to, d->at, job->size * job->transfers);
  return fail(error, size, SAMPLE_DIFFERS,
              "%s to %s: the output differs from the input: transfer %" PRIu64 " of %" PRIu64
              " (%" PRIu64 " bytes each) has 0x%02x at byte %" PRIu64 ", the input has 0x%02x",
              job->way->name, to, d->transfer + 1, job->transfers, job->size, d->is, d->at,
              d->should);
}

static int verify(struct stand *stand, const struct job *job, char *error, size_t size)
{
  struct difference difference;
  int status = job->route == ROUTE_SOCKET
                   ? receiver_compare(&stand->receiver, &difference, error, size)
                   : files_compare(stand->in, stand->out, job->size, job->transfers, &difference,
                                   error, size);
  if (status == 0 && difference.found)
    return describe(job, &difference, error, size);
  return status;
}

// copy_file_range may share blocks: the file system is asked whether it did.
static void ask_file_system(const struct stand *stand, struct sample *s)
{
  int64_t shared = files_shared(stand->out);
  s->asked = s->bytes;
  if (shared < 0)
    s->untold = s->bytes;
  else if ((uint64_t)shared < s->bytes) // blocks are longer than the file
    s->copied = s->bytes - shared;
}

int sample_take(struct stand *stand, const struct job *job, struct sample *sample, char *error,
                size_t size)
{
  *sample = (struct sample){.bytes = job->size * job->transfers};
  int out = open_output(stand, job, error, size);
  if (out < 0)
    return out;
  struct transfer t = {
      .in = stand->in, .out = out, .route = job->route, .size = job->size, .buffer = stand->buffer};
  int status = run(stand, job, &t, sample, error, size);
  if (status == 0)
    status = verify(stand, job, error, size);
  if (status == 0 && job->route == ROUTE_FILE && job->way->asks)
    ask_file_system(stand, sample);
  if (job->route == ROUTE_SOCKET)
    close(out);
  else if (ftruncate(out, 0) != 0 && status == 0) // before it is written to the disk
    status = fail(error, size, -errno, "the output cannot be emptied");
  return status;
}
