// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/measure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/notes.h"
#include "host/cpu.h"
#include "report/progress.h"
#include "report/report.h"
#include "zero_copy/child.h"
#include "zero_copy/session.h"

enum {
  MEGA = 1024 * 1024,
  POOLS = 160 * MEGA, // what platter takes beside the capture's frames
  MEMORY_LEAST = 64 * MEGA,
};
static const uint64_t SEED = 0x706c6174746572;
static const double START_SECONDS[SETS] = {0.3, 1.0}; // of a session, beside its samples
static const double SETTLE_SECONDS = 0.03;            // of a sample
static const double THRESHOLD_SECONDS = 5;

// One session and what its lines are for.
struct running {
  struct bench *bench;
  json_t *report;
  enum path path;
  enum working_set set;
  unsigned size;
};

static uint64_t cache_bytes(const json_t *machine, json_int_t level)
{
  uint64_t bytes = 0;
  size_t i;
  json_t *cache;
  json_array_foreach(json_object_get(machine, "caches"), i, cache)
  {
    const char *type = json_string_value(json_object_get(cache, "type"));
    if (json_integer_value(json_object_get(cache, "level")) == level && type != NULL &&
        strcmp(type, "Instruction") != 0)
      bytes = json_integer_value(json_object_get(cache, "bytes"));
  }
  return bytes;
}

static void read_caches(struct bench *b, json_t *report)
{
  const json_t *machine = json_object_get(report, "machine");
  b->caches.second = cache_bytes(machine, 2);
  for (json_int_t level = 2; level <= 4; level++)
    if (cache_bytes(machine, level) > 0)
      b->caches.last = cache_bytes(machine, level);
  if (b->caches.second > 0)
    return;
  b->caches = (struct caches){1 * MEGA, 32 * MEGA};
  report_warn(report, "This machine does not tell its cache sizes: 1 MiB for the second level and "
                      "32 MiB for the last were assumed.");
}

static uint64_t free_hugepages(const json_t *report)
{
  uint64_t bytes = 0;
  size_t i;
  json_t *pages;
  json_array_foreach(json_object_get(json_object_get(report, "machine"), "hugepages"), i, pages)
  {
    bytes += json_integer_value(json_object_get(pages, "bytes")) *
             json_integer_value(json_object_get(pages, "free"));
  }
  return bytes;
}

// Of hugepages where they are enough to begin with, else of other memory.
static void read_memory(struct bench *b, const json_t *report)
{
  uint64_t huge = free_hugepages(report);
  b->memory = huge > POOLS + MEMORY_LEAST ? huge - POOLS : 0;
  if (b->memory == 0)
    b->memory = (uint64_t)sysconf(_SC_AVPHYS_PAGES) * sysconf(_SC_PAGESIZE) / 4;
  b->memory = b->memory / 8 * 7; // what lies between the pieces
}

int bench_prepare(struct bench *b, json_t *report, char *error, size_t size)
{
  b->n_cpus = cpu_workers(b->cpus, 2);
  if (b->n_cpus < 2 && b->options.path[PATH_PIPELINE]) {
    b->options.path[PATH_PIPELINE] = false;
    report_warn(report, "One usable core: pipeline, which takes two, was left out.");
    if (!b->options.path[PATH_RUN_TO_COMPLETION])
      return fail(error, size, -ENODEV, "pipeline takes two cores, and one is usable here");
  }
  read_caches(b, report);
  read_memory(b, report);
  return grid_new(&b->grid, &b->options) == 0 ? 0 : fail(error, size, -ENOMEM, "no memory");
}

static unsigned count(const bool *chosen, unsigned n)
{
  unsigned sum = 0;
  for (unsigned i = 0; i < n; i++)
    sum += chosen[i];
  return sum;
}

double bench_seconds(const struct bench *b)
{
  const struct zero_copy_options *o = &b->options;
  double starts = 0, samples = (double)o->repeat * o->n_copies * (o->seconds + SETTLE_SECONDS);
  for (unsigned set = 0; set < SETS; set++)
    starts += o->set[set] ? START_SECONDS[set] * o->rounds : 0;
  return o->n_sizes * count(o->path, PATHS) * (starts + samples * count(o->set, SETS)) +
         THRESHOLD_SECONDS;
}

static void note(json_t *report, const char *text)
{
  json_t *warnings = json_object_get(report, "warnings"), *warning;
  size_t i;
  json_array_foreach(warnings, i, warning)
  {
    if (strcmp(json_string_value(warning), text) == 0)
      return;
  }
  report_warn(report, "%s", text);
}

static int take(void *arg, const json_t *line, char *error, size_t size)
{
  struct running *r = arg;
  const char *text = json_string_value(json_object_get(line, "note"));
  if (text == NULL)
    return grid_add(&r->bench->grid, r->path, r->set, r->size, line, error, size);
  note(r->report, text);
  return 0;
}

// How many of the repetitions fall to a round.
static unsigned repetitions(const struct zero_copy_options *o, unsigned round)
{
  return o->repeat / o->rounds + (round < o->repeat % o->rounds);
}

// Those of the rounds before.
static unsigned first_repetition(const struct zero_copy_options *o, unsigned round)
{
  unsigned more = o->repeat % o->rounds;
  return o->repeat / o->rounds * round + (round < more ? round : more);
}

static int run_session(struct running *r, unsigned round, const char *capture, unsigned frames,
                       char *error, size_t size)
{
  const struct bench *b = r->bench;
  bool pipeline = r->path == PATH_PIPELINE;
  struct session session = {
      .options = &b->options,
      .path = r->path,
      .longest = traffic_longest(r->size),
      .capture = capture,
      .memory = traffic_memory(r->size, frames) * 5 / 4,
      .first = first_repetition(&b->options, round),
      .repetitions = repetitions(&b->options, round),
      .warm = r->set == SET_IN_CACHE ? 0.05 : 0.2,
      .n_cpus = pipeline ? 2 : 1,
      .cpus = pipeline ? b->cpus : &b->cpus[b->n_cpus - 1],
  };
  if (json_is_null(json_object_get(r->report, "configuration"))) {
    char yaml[2048];
    session.capture = "CAPTURE";
    session_yaml(&session, "platter-bench-PID", yaml, sizeof(yaml));
    strncat(yaml,
            "# Of the first process; the others differ in capture, memory, cores and layout.\n",
            sizeof(yaml) - strlen(yaml) - 1);
    report_configuration(r->report, yaml);
    session.capture = capture;
  }
  return child_run(session_run, &session, take, r, error, size);
}

static void put_set(const struct running *r, const char *path, unsigned frames)
{
  char name[64];
  snprintf(name, sizeof(name), "%s, %s", traffic_show(r->size).text, set_titles[r->set]);
  report_capture(r->report, name, path, frames);
}

// One frame size in one working set, by both ways to forward.
static int run_size(struct running *r, unsigned round, struct progress *progress, char *error,
                    size_t size)
{
  const struct bench *b = r->bench;
  unsigned frames = traffic_frames(r->size, r->set, &b->caches, b->memory);
  char path[64];
  int fd = traffic_write(r->size, frames, SEED), status = 0;
  if (fd < 0)
    return fail(error, size, fd, "the capture cannot be written: %s", strerror(-fd));
  snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fd);
  if (round == 0)
    put_set(r, path, frames);
  for (unsigned i = 0; i < PATHS && status == 0; i++) {
    char what[96];
    r->path = (i + round) % PATHS;
    if (!b->options.path[r->path])
      continue;
    snprintf(what, sizeof(what), "%s, %s, %s", traffic_show(r->size).text, set_titles[r->set],
             path_names[r->path]);
    progress_step(progress, what);
    status = run_session(r, round, path, frames, error, size);
  }
  close(fd);
  return status;
}

static int run_rounds(struct running *r, struct progress *progress, char *error, size_t size)
{
  const struct zero_copy_options *o = &r->bench->options;
  int status = 0;
  for (unsigned round = 0; round < o->rounds; round++)
    for (unsigned set = 0; set < SETS; set++)
      for (unsigned s = 0; s < o->n_sizes && o->set[set] && status == 0; s++) {
        r->set = set;
        r->size = o->size[round % 2 == 0 ? s : o->n_sizes - 1 - s];
        status = run_size(r, round, progress, error, size);
      }
  return status;
}

int bench_measure(struct bench *b, json_t *report, char *error, size_t size)
{
  const struct zero_copy_options *o = &b->options;
  struct running r = {.bench = b, .report = report};
  struct progress progress;
  const struct threshold_run rule = {
      .cpu = b->cpus[b->n_cpus - 1],
      .repetitions = o->quick ? 15 : 31,
      .caches = b->caches,
      .memory = b->memory,
  };
  report_setting(report, "repetitions", json_integer(o->repeat));
  report_setting(report, "processes they are spread over", json_integer(o->rounds));
  report_setting(report, "seconds of a sample", json_real(o->seconds));
  progress_start(&progress,
                 o->rounds * count(o->set, SETS) * o->n_sizes * count(o->path, PATHS) + 1);
  int status = run_rounds(&r, &progress, error, size);
  if (status == 0) {
    progress_step(&progress, "the short-frame rule");
    status = threshold_measure(&rule, &b->threshold, error, size);
  }
  progress_end(&progress);
  return status;
}
