// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/notes.h"
#include "cli/wait.h"

enum { SLICE = 50 }; // milliseconds between looks for a signal
static const double SILENCE_SECONDS = 120, STOP_SECONDS = 15;

struct child {
  pid_t pid;
  int from;
  child_line *take;
  void *take_arg;
  int status; // of what was taken
  char *error;
  size_t size;
};

void child_say(FILE *out, json_t *object)
{
  json_dumpf(object, out, JSON_COMPACT);
  fputc('\n', out);
  fflush(out);
  json_decref(object);
}

int child_error(FILE *out, int code, const char *format, ...)
{
  char text[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  child_say(out, json_pack("{s:o, s:i}", "error", json_stringn_nocheck(text, strlen(text)), "code",
                           code));
  return code;
}

// Does not return: what the parent has under way must not be ended twice.
static void be_child(child_body *body, const void *arg, int to, pid_t parent)
{
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  FILE *out = fdopen(to, "w");
  if (out == NULL || getppid() != parent)
    _exit(1);
  int code = body(arg, out);
  bool written = fclose(out) == 0;
  _exit(code == 0 && written ? 0 : 1);
}

static int start(struct child *child, child_body *body, const void *arg)
{
  int ends[2];
  pid_t parent = getpid();
  fflush(NULL);
  if (pipe2(ends, O_CLOEXEC) != 0)
    return fail(child->error, child->size, -errno, "no pipe: %s", strerror(errno));
  child->pid = fork();
  if (child->pid < 0) {
    int code = -errno;
    close(ends[0]);
    close(ends[1]);
    return fail(child->error, child->size, code, "no process: %s", strerror(-code));
  }
  if (child->pid == 0) {
    close(ends[0]);
    be_child(body, arg, ends[1], parent);
  }
  close(ends[1]);
  child->from = ends[0];
  return 0;
}

static void take_line(struct child *child, const char *text)
{
  if (child->status != 0)
    return;
  json_t *line = json_loads(text, 0, NULL);
  const char *said = json_string_value(json_object_get(line, "error"));
  if (said != NULL)
    child->status = fail(child->error, child->size,
                         json_integer_value(json_object_get(line, "code")), "%s", said);
  else if (line == NULL)
    child->status = fail(child->error, child->size, -EPROTO, "a measuring process wrote nonsense");
  else
    child->status = child->take(child->take_arg, line, child->error, child->size);
  json_decref(line);
}

// Takes the whole lines of what has come. Returns how many bytes are left.
static size_t take_lines(struct child *child, char *text, size_t length)
{
  char *line = text, *end;
  while ((end = memchr(line, '\n', length - (line - text))) != NULL) {
    *end = '\0';
    take_line(child, line);
    line = end + 1;
  }
  length -= line - text;
  memmove(text, line, length);
  return length;
}

// Reads until the child has closed its end.
static void listen_to(struct child *child)
{
  static char text[65536];
  size_t length = 0;
  double heard = wait_now(), stop = 0;
  for (;;) {
    struct pollfd fd = {.fd = child->from, .events = POLLIN};
    int ready = poll(&fd, 1, SLICE);
    double now = wait_now();
    if (stop == 0 && (child->status != 0 || wait_until(now))) {
      if (child->status == 0)
        child->status = fail(child->error, child->size, CHILD_INTERRUPTED, "interrupted");
      kill(child->pid, SIGTERM);
      stop = now + STOP_SECONDS;
    }
    if (ready <= 0) {
      if ((stop != 0 && now > stop) || now > heard + SILENCE_SECONDS)
        kill(child->pid, SIGKILL);
      continue;
    }
    ssize_t got = read(child->from, text + length, sizeof(text) - length);
    if (got <= 0)
      return;
    heard = now;
    length = take_lines(child, text, length + got);
    if (length == sizeof(text))
      length = 0; // no line is as long
  }
}

static int finish(struct child *child)
{
  int how = 0;
  close(child->from);
  while (waitpid(child->pid, &how, 0) < 0 && errno == EINTR)
    ;
  if (child->status != 0)
    return child->status;
  if (WIFSIGNALED(how))
    return fail(child->error, child->size, -ECHILD, "a measuring process died: %s",
                strsignal(WTERMSIG(how)));
  if (WEXITSTATUS(how) != 0)
    return fail(child->error, child->size, -ECHILD,
                "a measuring process ended with status %d and gave no reason", WEXITSTATUS(how));
  return 0;
}

int child_run(child_body *body, const void *body_arg, child_line *take, void *take_arg, char *error,
              size_t size)
{
  struct child child = {.take = take, .take_arg = take_arg, .error = error, .size = size};
  int status = start(&child, body, body_arg);
  if (status != 0)
    return status;
  listen_to(&child);
  return finish(&child);
}
