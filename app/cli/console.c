// SPDX-License-Identifier: BSD-3-Clause
#include "cli/console.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#include "cli/journal.h"

enum {
  QUEUE_BYTES = 1 << 18, // of each stream
  BUFFER_BYTES = 1 << 14,
  PATIENCE_MS = 1000, // for somebody to read
  LOOK_MS = 50,       // for a descriptor, before looking what else has come
};

struct chunk {
  TAILQ_ENTRY(chunk) place;
  struct stream *stream;
  size_t size, written;
  char text[];
};

struct stream {
  int fd;
  FILE **variable; // stdout or stderr
  FILE *usual;
  bool levels; // the journal reads it
  struct journal_stream journal;
  size_t queued, written; // bytes: now, and in all
  unsigned long lost;     // lines that found no room, since the last that did
  bool unread;            // nobody read when it was waited for
  int failed;             // errno of a write; then nothing more is written
};

static struct {
  bool started, patient, ends;
  pthread_t thread;
  pthread_mutex_t lock; // of all here; not held while writing
  pthread_cond_t more, less;
  struct stream out, err;
  TAILQ_HEAD(, chunk) queue; // in the order in which it was written
  size_t queued;             // of both; read by the handler of SIGABRT
} console = {.lock = PTHREAD_MUTEX_INITIALIZER,
             .out = {.fd = STDOUT_FILENO, .variable = &stdout},
             .err = {.fd = STDERR_FILENO, .variable = &stderr, .journal.error = true}};

static void change_queued(struct stream *s, size_t more, size_t less)
{
  s->queued += more - less;
  __atomic_store_n(&console.queued, console.out.queued + console.err.queued, __ATOMIC_RELAXED);
}

// Returns whether something was written to the stream, or given up, within PATIENCE_MS.
static bool wait_for_progress(struct stream *s)
{
  struct timespec end;
  size_t written = s->written, queued = s->queued;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += PATIENCE_MS / 1000;
  while (s->written == written && s->queued == queued)
    if (pthread_cond_timedwait(&console.less, &console.lock, &end) != 0)
      break;
  s->unread = s->written == written && s->queued == queued;
  return !s->unread;
}

static unsigned long count_lines(const char *text, size_t size)
{
  unsigned long lines = 0;
  for (size_t i = 0; i < size; i++)
    lines += text[i] == '\n';
  return lines > 0 ? lines : 1;
}

static bool append_as_it_is(struct stream *s, const char *text, size_t size)
{
  struct chunk *chunk = s->queued + size <= QUEUE_BYTES ? malloc(sizeof(*chunk) + size) : NULL;
  if (chunk == NULL)
    return false;
  *chunk = (struct chunk){.stream = s, .size = size};
  memcpy(chunk->text, text, size);
  TAILQ_INSERT_TAIL(&console.queue, chunk, place);
  change_queued(s, size, 0);
  return true;
}

static bool append(struct stream *s, const char *text, size_t size)
{
  size_t length;
  if (!s->levels)
    return append_as_it_is(s, text, size);
  char *levels = journal_levels(&s->journal, text, size, &length);
  bool done = levels != NULL && append_as_it_is(s, levels, length);
  free(levels);
  return done;
}

static void note_lost(struct stream *s)
{
  char note[64];
  int length = snprintf(note, sizeof(note), "platter: warning: %lu lines not shown\n", s->lost);
  if (s->lost > 0 && append(s, note, length))
    s->lost = 0;
}

// Write function of the streams (fopencookie(3)): 0 is an error.
static ssize_t put(void *stream, const char *text, size_t size)
{
  struct stream *s = stream;
  pthread_mutex_lock(&console.lock);
  while (console.patient && !s->unread && s->queued > 0 && s->queued + size > QUEUE_BYTES / 2 &&
         wait_for_progress(s))
    ;
  int failed = s->failed;
  if (!failed && s->queued <= QUEUE_BYTES / 2) // much room, so that there are few gaps
    note_lost(s);
  if (!failed && (s->lost > 0 || !append(s, text, size)))
    s->lost += count_lines(text, size);
  pthread_cond_signal(&console.more);
  pthread_mutex_unlock(&console.lock);
  errno = failed;
  return failed ? 0 : (ssize_t)size;
}

// The first of a stream's, or NULL.
static struct chunk *first_of(const struct stream *s)
{
  struct chunk *chunk;
  TAILQ_FOREACH(chunk, &console.queue, place)
  if (chunk->stream == s)
    return chunk;
  return NULL;
}

static void done(struct chunk *chunk)
{
  change_queued(chunk->stream, 0, chunk->size - chunk->written);
  TAILQ_REMOVE(&console.queue, chunk, place);
  free(chunk);
}

// What comes next: the oldest, unless its descriptor would block and the other's would not. Without
// the lock: nobody else removes chunks. NULL: both would.
static struct chunk *writable(struct chunk *oldest, struct chunk *other)
{
  struct pollfd fds[] = {{.fd = oldest->stream->fd, .events = POLLOUT},
                         {.fd = other != NULL ? other->stream->fd : -1, .events = POLLOUT}};
  poll(fds, 2, LOOK_MS);
  return fds[0].revents != 0 ? oldest : fds[1].revents != 0 ? other : NULL;
}

// Of a pipe that can be written to at all, PIPE_BUF bytes are free (pipe(7)).
static void write_some(struct chunk *chunk)
{
  struct stream *s = chunk->stream;
  size_t left = chunk->size - chunk->written;
  ssize_t n = write(s->fd, chunk->text + chunk->written, left < PIPE_BUF ? left : PIPE_BUF);
  int failed = n < 0 && errno != EAGAIN && errno != EINTR ? errno : 0;
  pthread_mutex_lock(&console.lock);
  if (n > 0) {
    chunk->written += n;
    s->written += n;
    change_queued(s, 0, n);
  }
  if (chunk->written == chunk->size)
    done(chunk);
  s->failed = failed;
  while (failed && (chunk = first_of(s)) != NULL)
    done(chunk);
  pthread_cond_broadcast(&console.less);
  pthread_mutex_unlock(&console.lock);
}

// Where control is: EAL has it leave the workers' cores when it starts.
static void follow_control(void)
{
  cpu_set_t cpus;
  if (sched_getaffinity(getpid(), sizeof(cpus), &cpus) == 0)
    sched_setaffinity(0, sizeof(cpus), &cpus);
}

static void *write_all(void *arg)
{
  pthread_mutex_lock(&console.lock);
  for (;;) {
    while (TAILQ_EMPTY(&console.queue) && !console.ends)
      pthread_cond_wait(&console.more, &console.lock);
    struct chunk *oldest = TAILQ_FIRST(&console.queue);
    if (oldest == NULL)
      break;
    bool out = oldest->stream == &console.out;
    struct chunk *other = first_of(out ? &console.err : &console.out);
    pthread_mutex_unlock(&console.lock);
    follow_control();
    struct chunk *next = writable(oldest, other);
    if (next != NULL)
      write_some(next);
    pthread_mutex_lock(&console.lock);
  }
  pthread_mutex_unlock(&console.lock);
  return NULL;
}

// DPDK says why it gives up before it calls abort; a service manager sends the signal to what does
// not answer. Then the process ends as it would have without this.
static void on_abort(int number)
{
  const struct timespec moment = {.tv_nsec = 10000000};
  for (unsigned i = 0; i < PATIENCE_MS / 10; i++)
    if (__atomic_load_n(&console.queued, __ATOMIC_RELAXED) > 0)
      nanosleep(&moment, NULL);
  signal(SIGABRT, SIG_DFL);
  raise(SIGABRT); // when this returns
}

// Line by line, so that whole lines are left out.
static FILE *open_stream(struct stream *s)
{
  FILE *file = fopencookie(s, "w", (cookie_io_functions_t){.write = put});
  if (file != NULL)
    setvbuf(file, NULL, _IOLBF, BUFFER_BYTES);
  s->levels = journal_reads(s->fd);
  return file;
}

static int start_thread(void)
{
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&console.more, NULL);
  pthread_cond_init(&console.less, &monotonic);
  TAILQ_INIT(&console.queue);
  return -pthread_create(&console.thread, NULL, write_all, NULL);
}

static void take_place(struct stream *s, FILE *own)
{
  fflush(*s->variable);
  s->usual = *s->variable;
  *s->variable = own;
}

int console_start(void)
{
  FILE *out = open_stream(&console.out);
  FILE *err = open_stream(&console.err);
  int status = out != NULL && err != NULL ? start_thread() : -ENOMEM;
  if (status != 0) {
    if (out != NULL)
      fclose(out);
    if (err != NULL)
      fclose(err);
    return status;
  }
  take_place(&console.out, out);
  take_place(&console.err, err);
  signal(SIGABRT, on_abort);
  console.started = true;
  return 0;
}

void console_patient(void)
{
  pthread_mutex_lock(&console.lock);
  console.patient = true;
  pthread_mutex_unlock(&console.lock);
}

// A stream that nobody reads stays as it is: what is still written to it is lost, and nobody waits.
static void give_back(struct stream *s)
{
  if (s->unread)
    return;
  FILE *own = *s->variable;
  *s->variable = s->usual;
  fclose(own);
}

int console_finish(void)
{
  if (!console.started)
    return 0;
  console_patient();
  fflush(stdout);
  fflush(stderr);
  pthread_mutex_lock(&console.lock);
  for (struct stream *s = &console.out; s != NULL; s = s == &console.out ? &console.err : NULL) {
    note_lost(s);
    while (s->queued > 0 && !s->unread && wait_for_progress(s))
      ;
  }
  bool all = console.queued == 0;
  int status = console.out.failed ? -console.out.failed : console.out.unread ? -ETIMEDOUT : 0;
  console.ends = true;
  console.started = false;
  pthread_cond_signal(&console.more);
  pthread_mutex_unlock(&console.lock);
  if (all)
    pthread_join(console.thread, NULL);
  signal(SIGABRT, SIG_DFL);
  give_back(&console.out);
  give_back(&console.err);
  return status;
}
