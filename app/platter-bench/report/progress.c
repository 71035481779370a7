// SPDX-License-Identifier: BSD-3-Clause
#include "report/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const double EVERY = 10; // seconds between lines where they cannot be rewritten

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void duration(double seconds, char *text, size_t size)
{
  unsigned long s = seconds + 0.5;
  if (s < 60)
    snprintf(text, size, "%lu s", s);
  else if (s < 3600)
    snprintf(text, size, "%lu min %02lu s", s / 60, s % 60);
  else
    snprintf(text, size, "%lu h %02lu min", s / 3600, s / 60 % 60);
}

static unsigned columns(void)
{
  struct winsize window;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80;
}

// `seconds`: that are left; 0: not known.
static void show(struct progress *progress, const char *what, unsigned share, double seconds)
{
  char line[256], left[64] = "";
  if (seconds > 0) {
    char time[48];
    duration(seconds, time, sizeof(time));
    snprintf(left, sizeof(left), ", %s left", time);
  }
  snprintf(line, sizeof(line), "%3u%%%s: %s", share, left, what);
  if (!isatty(STDERR_FILENO)) {
    fprintf(stderr, "%s\n", line);
  } else {
    unsigned fits = columns() - 1; // a line that wraps could not be taken back
    if (strlen(line) > fits) {
      while (fits > 0 && (line[fits] & 0xc0) == 0x80) // inside a character
        fits--;
      line[fits] = '\0';
    }
    fprintf(stderr, "\r%s\033[K", line);
  }
  progress->shown = now();
}

void progress_start(struct progress *progress, unsigned total)
{
  *progress = (struct progress){.total = total, .started = now()};
  progress->shown = progress->started;
}

static bool due(const struct progress *progress)
{
  return isatty(STDERR_FILENO) || now() - progress->shown >= EVERY;
}

void progress_step(struct progress *progress, const char *what)
{
  unsigned done = progress->begun < progress->total ? progress->begun : progress->total;
  unsigned share = progress->total > 0 ? 100ULL * done / progress->total : 100;
  double each = done > 0 ? (now() - progress->started) / done : 0;
  if (due(progress))
    show(progress, what, share, each * (progress->total - done));
  progress->begun++;
}

void progress_at(struct progress *progress, const char *what, double left)
{
  double elapsed = now() - progress->started;
  if (due(progress))
    show(progress, what, 100 * elapsed / (elapsed + left + 1), left);
}

void progress_end(const struct progress *progress)
{
  if (isatty(STDERR_FILENO))
    fputs("\r\033[K", stderr);
}
