// SPDX-License-Identifier: BSD-3-Clause
#include "cli/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool journal_reads(int fd)
{
  struct stat file;
  unsigned long long device, inode;
  const char *stream = getenv("JOURNAL_STREAM");
  return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
         fstat(fd, &file) == 0 && file.st_dev == device && file.st_ino == inode;
}

static bool has_level(const char *line, size_t length)
{
  return length >= 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7' && line[2] == '>';
}

// "" if the line has one.
static const char *level_of(const struct journal_stream *stream, const char *line, size_t length)
{
  static const char warns[] = "warning: ";
  if (has_level(line, length))
    return "";
  if (!stream->error)
    return "<6>";
  return memmem(line, length, warns, strlen(warns)) != NULL ? "<4>" : "<3>";
}

char *journal_levels(struct journal_stream *stream, const char *text, size_t size, size_t *length)
{
  char *levels = NULL;
  FILE *out = open_memstream(&levels, length);
  if (out == NULL)
    return NULL;
  for (size_t at = 0; at < size;) {
    const char *line = text + at, *end = memchr(line, '\n', size - at);
    size_t n = end != NULL ? (size_t)(end - line) + 1 : size - at;
    if (!stream->inside)
      fputs(level_of(stream, line, n), out);
    fwrite(line, 1, n, out);
    stream->inside = end == NULL;
    at += n;
  }
  return fclose(out) == 0 ? levels : NULL;
}

// Write function of the streams (fopencookie(3)): 0 is an error.
static ssize_t put(void *cookie, const char *text, size_t size)
{
  struct journal_stream *stream = cookie;
  size_t length, at = 0;
  char *levels = journal_levels(stream, text, size, &length);
  ssize_t n = levels != NULL ? 0 : -1;
  while (n >= 0 && at < length) {
    n = write(stream->error ? STDERR_FILENO : STDOUT_FILENO, levels + at, length - at);
    at += n > 0 ? n : 0;
  }
  free(levels);
  return n >= 0 ? (ssize_t)size : 0;
}

static void take_place(FILE **variable, int fd, struct journal_stream *stream)
{
  FILE *file =
      journal_reads(fd) ? fopencookie(stream, "w", (cookie_io_functions_t){.write = put}) : NULL;
  if (file == NULL)
    return;
  setvbuf(file, NULL, _IOLBF, BUFSIZ);
  *variable = file;
}

void journal_start(void)
{
  static struct journal_stream out, err = {.error = true};
  take_place(&stdout, STDOUT_FILENO, &out);
  take_place(&stderr, STDERR_FILENO, &err);
}
