// SPDX-License-Identifier: BSD-3-Clause
// Written to by whatever thread logs (control, workers, EAL's interrupt thread, drivers' own); read
// by control. DPDK locks its stream for each line, and what is kept here is guarded by that lock.
#include "host/eal_log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_log.h>

#include "base/clock.h"
#include "host/log_limit.h"

enum {
  LOG_SHOWN = 8192, // bytes of the log that are looked at
  WARNINGS_MAX = 8, // lines that are shown of a start that succeeds
};

// DPDK's log is one per process.
static struct {
  FILE *file;   // in memory; open to the end of the process: drivers' threads may write to it
  FILE *stream; // what DPDK writes to; goes to the file
  off_t seen;   // by eal_words
  // For eal_log_warnings. With the stream's lock.
  struct warning {
    bool own; // control's, about a peer that came during the start; else a driver's
    char text[256];
  } warning[WARNINGS_MAX];
  unsigned n_warnings; // may be more than there is room for
  bool asked;          // the user wants to see the log
  bool shown;          // what is kept is shown, too
  bool levels;         // before each line that is shown while it runs
} kept;

// EAL's own lines say that a driver failed, the driver's say why.
static bool tells_why(const char *line)
{
  static const char *const others[] = {"EAL: ", "vdev_probe(): ", "TELEMETRY: "};
  for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++)
    if (strncmp(line, others[i], strlen(others[i])) == 0)
      return false;
  return *line != '\0';
}

// Words that drivers have, in warnings and errors, for what does not concern platter.
static bool is_harmless(const char *line)
{
  static const char *const words[] = {
      // It has no secondary processes.
      "mp action callback",
      "to secondary",
      // net_tap: it has no use for rte_flow, and reads without waiting for a signal.
      "qdisc",
      "Disabling rte flow",
      "rt-signals",
      // net_virtio_user: no address was given, and any will do: platter forwards other people's.
      "No valid MAC in devargs or device",
      // It asks for fewer transmit queues first (ports/configure.c, set_queues).
      "must be equal to number of tx queues",
      "dev_configure = ",
  };
  for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
    if (strstr(line, words[i]) != NULL)
      return true;
  return false;
}

static void keep_warning(const char *line, size_t length, bool own)
{
  static const char name[] = "platter: "; // goes before all warnings where they are shown
  struct warning warning = {.own = own};
  snprintf(warning.text, sizeof(warning.text), "%.*s", (int)length, line);
  if (own && strncmp(warning.text, name, strlen(name)) == 0)
    memmove(warning.text, warning.text + strlen(name), sizeof(warning.text) - strlen(name));
  else if (!tells_why(warning.text) || is_harmless(warning.text))
    return;
  for (unsigned i = 0; i < kept.n_warnings && i < WARNINGS_MAX; i++)
    if (strcmp(kept.warning[i].text, warning.text) == 0)
      return;
  if (kept.n_warnings < WARNINGS_MAX)
    kept.warning[kept.n_warnings] = warning;
  kept.n_warnings++;
}

// Called for each message, on the thread that logs it: the message's level is known nowhere else.
static ssize_t keep(void *cookie, const char *text, size_t size)
{
  bool warns = rte_log_cur_msg_loglevel() <= (int)RTE_LOG_WARNING;
  bool own = rte_log_cur_msg_logtype() == RTE_LOGTYPE_USER1;
  fwrite(text, 1, size, kept.file);
  if (kept.shown)
    fwrite(text, 1, size, stderr);
  for (size_t at = 0; warns && at < size;) {
    const char *end = memchr(text + at, '\n', size - at);
    size_t length = end != NULL ? (size_t)(end - text) - at : size - at;
    keep_warning(text + at, length, own);
    at += length + 1;
  }
  return size;
}

void eal_log_warnings(struct notes *warnings)
{
  if (kept.stream == NULL)
    return;
  flockfile(kept.stream);
  if (kept.shown)
    kept.n_warnings = 0;
  for (unsigned i = 0; i < kept.n_warnings && i < WARNINGS_MAX; i++)
    notes_add(warnings, "%s%s", kept.warning[i].own ? "" : "DPDK says: ", kept.warning[i].text);
  if (kept.n_warnings > WARNINGS_MAX)
    notes_add(warnings, "DPDK says %u more lines like these", kept.n_warnings - WARNINGS_MAX);
  kept.n_warnings = 0;
  funlockfile(kept.stream);
}

void eal_log_open(bool shown)
{
  kept.asked = kept.shown = shown;
  int fd = memfd_create("platter-log", MFD_CLOEXEC);
  if (fd < 0)
    return;
  kept.file = fdopen(fd, "a");
  if (kept.file == NULL) {
    close(fd);
    return;
  }
  kept.stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = keep});
  rte_openlog_stream(kept.stream != NULL ? kept.stream : kept.file);
}

// Where the log ends.
static off_t log_end(void)
{
  struct stat file;
  if (kept.file == NULL || fflush(kept.file) != 0 || fstat(fileno(kept.file), &file) != 0)
    return 0;
  return file.st_size;
}

// Reads the log between `from` and `to`, as much as fits. Returns how much.
static size_t read_log(char *text, size_t size, off_t from, off_t to)
{
  size_t length = to - from < (off_t)size ? to - from : (off_t)size - 1;
  ssize_t got = length > 0 ? pread(fileno(kept.file), text, length, from) : 0;
  text[got > 0 ? got : 0] = '\0';
  return got > 0 ? got : 0;
}

const char *eal_words(void)
{
  static char words[256];
  char text[LOG_SHOWN], *rest = text, *line;
  size_t at = 0;
  off_t end = log_end();
  read_log(text, sizeof(text), kept.seen, end);
  kept.seen = end;
  words[0] = '\0';
  while ((line = strsep(&rest, "\n")) != NULL && at < sizeof(words))
    if (tells_why(line))
      at += snprintf(words + at, sizeof(words) - at, "%s%s", at > 0 ? "; " : "", line);
  return words;
}

const char *eal_log_last(void)
{
  static char text[LOG_SHOWN];
  off_t end = log_end();
  size_t length = read_log(text, sizeof(text), end > LOG_SHOWN - 1 ? end - LOG_SHOWN + 1 : 0, end);
  while (length > 0 && strchr("\n ", text[length - 1]) != NULL)
    text[--length] = '\0';
  const char *start = memrchr(text, '\n', length);
  return start != NULL ? start + 1 : text;
}

// syslog's levels are DPDK's less one.
static void write_level(void)
{
  int level = rte_log_cur_msg_loglevel() - 1;
  if (kept.levels && level >= 0)
    fprintf(stderr, "<%d>", level);
}

void eal_log_with_levels(void)
{
  kept.levels = true;
}

// One call for each that DPDK logs; the stream's lock is held.
static ssize_t write_limited(void *cookie, const char *text, size_t size)
{
  struct log_limit *limit = cookie;
  unsigned long left_out;
  if (!log_limit_allows(limit, clock_now(), &left_out))
    return size;
  if (left_out > 0)
    fprintf(stderr, "platter: warning: %lu lines of DPDK's log were left out\n", left_out);
  write_level();
  fwrite(text, 1, size, stderr);
  return size;
}

void eal_log_to_stderr(void)
{
  static struct log_limit limit;
  static FILE *limited;
  if (limited == NULL)
    limited = fopencookie(&limit, "w", (cookie_io_functions_t){.write = write_limited});
  kept.shown = false;
  if (!kept.asked)
    rte_log_set_global_level(RTE_LOG_WARNING);
  rte_openlog_stream(limited != NULL ? limited : stderr);
}

// From its beginning, for this may go on for as long as platter runs.
void eal_log_to_memory(void)
{
  if (kept.file == NULL)
    return;
  fflush(kept.file);
  if (ftruncate(fileno(kept.file), 0) == 0)
    kept.seen = 0;
  kept.n_warnings = 0;
  rte_openlog_stream(kept.stream != NULL ? kept.stream : kept.file);
}
