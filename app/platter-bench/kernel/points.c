// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/points.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/notes.h"
#include "report/progress.h"

// A sample moves small sizes many times, or the clock, the first page faults and a wakeup would be
// a good part of it.
struct effort {
  double seconds;  // of a sample, about
  uint64_t most;   // bytes of a sample; a size that is larger is moved once
  uint64_t try_at; // bytes of the round that warms up
};

static struct effort effort(const struct kernel_options *options)
{
  if (options->quick)
    return (struct effort){.seconds = 0.02, .most = 32 << 20, .try_at = 4 << 20};
  return (struct effort){.seconds = 0.06, .most = 256 << 20, .try_at = 16 << 20};
}

uint64_t points_longest(const struct kernel_options *options)
{
  uint64_t most = effort(options).most, largest = options->size[options->n_sizes - 1];
  return largest > most ? largest : most;
}

// So that about `bytes` are moved, and no more than may be.
static uint64_t transfers(const struct effort *e, uint64_t size, double bytes)
{
  if (bytes > (double)e->most)
    bytes = (double)e->most;
  uint64_t count = size > 0 ? (uint64_t)(bytes / (double)size) : 1;
  return count > 0 ? count : 1;
}

static bool wanted(const struct points *p, unsigned way, enum route route)
{
  return p->options.way[way] && p->options.route[route] && ways[way]->route[route] &&
         p->why[way][0] == '\0';
}

static void add_points(struct points *p)
{
  const struct effort e = effort(&p->options);
  for (unsigned s = 0; s < p->options.n_sizes; s++)
    for (enum route r = 0; r < ROUTES; r++)
      for (unsigned w = 0; w < WAYS; w++) {
        if (!wanted(p, w, r))
          continue;
        uint64_t size = p->options.size[s];
        p->point[p->n++] = (struct point){
            .job = {.way = ways[w], .route = r, .size = size, transfers(&e, size, e.try_at)},
            .size = s,
            .way = w};
      }
}

int points_new(struct points *points, const struct kernel_options *options, char *error,
               size_t size)
{
  *points = (struct points){.options = *options};
  for (unsigned w = 0; w < WAYS; w++)
    if (way_missing(ways[w], points->why[w], sizeof(points->why[w])) == 0)
      points->why[w][0] = '\0';
  points->point = calloc((size_t)options->n_sizes * ROUTES * WAYS, sizeof(struct point));
  if (points->point == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  add_points(points);
  if (points->n == 0)
    return fail(error, size, -ENOTSUP, "this kernel has none of the ways that were asked for");
  return 0;
}

void points_free(struct points *points)
{
  free(points->point);
  points->point = NULL;
}

static int measure_point(struct points *p, struct point *point, struct stand *stand,
                         struct progress *progress, bool keep, char *error, size_t size)
{
  struct sample sample;
  char what[128];
  snprintf(what, sizeof(what), "%s to %s, %s", point->job.way->name,
           point->job.route == ROUTE_FILE ? "a file" : "a socket", size_show(point->job.size).text);
  progress_step(progress, what);
  int status = sample_take(stand, &point->job, &sample, error, size);
  if (status != 0)
    return status;
  if (keep) {
    point->sample[point->count++] = sample;
  } else {
    const struct effort e = effort(&p->options);
    double rate = sample.seconds > 0 ? (double)sample.bytes / sample.seconds : (double)e.most;
    point->job.transfers = transfers(&e, point->job.size, rate * e.seconds);
  }
  return 0;
}

// How many points from `first` on are of the same size and route.
static unsigned field_length(const struct points *p, unsigned first)
{
  const struct point *one = &p->point[first];
  unsigned n = 1;
  while (first + n < p->n && one[n].size == one->size && one[n].job.route == one->job.route)
    n++;
  return n;
}

// Repetitions are outermost: whatever disturbs the machine for a while disturbs all points. Each
// begins with another way: none is always the one behind the change of size.
int points_measure(struct points *points, struct stand *stand, char *error, size_t size)
{
  struct progress progress;
  int status = 0;
  progress_start(&progress, (points->options.repeat + 1) * points->n);
  for (unsigned round = 0; round <= points->options.repeat; round++)
    for (unsigned first = 0, n; first < points->n && status == 0; first += n) {
      n = field_length(points, first);
      for (unsigned i = 0; i < n && status == 0; i++)
        status = measure_point(points, &points->point[first + (i + round) % n], stand, &progress,
                               round > 0, error, size);
    }
  progress_end(&progress);
  return status;
}

const struct point *points_find(const struct points *points, unsigned size, enum route route,
                                const struct way *way)
{
  for (unsigned i = 0; i < points->n; i++) {
    const struct point *p = &points->point[i];
    if (p->size == size && p->job.route == route && p->job.way == way)
      return p;
  }
  return NULL;
}

static struct spread spread_of(const struct point *point, double (*of)(const struct sample *))
{
  struct samples samples = {0};
  for (unsigned i = 0; i < point->count; i++)
    samples_add(&samples, of(&point->sample[i]));
  return samples_spread(&samples);
}

static double gigabytes(const struct sample *s)
{
  return (double)s->bytes * 1e-9;
}

static double throughput(const struct sample *s)
{
  return s->seconds > 0 ? gigabytes(s) / s->seconds : 0;
}

static double cpu(const struct sample *s)
{
  return s->bytes > 0 ? (s->user + s->system) / gigabytes(s) : 0;
}

struct spread point_throughput(const struct point *point)
{
  return spread_of(point, throughput);
}

struct spread point_cpu(const struct point *point)
{
  return spread_of(point, cpu);
}

double point_per_gigabyte(const struct point *point, double (*of)(const struct sample *sample))
{
  double sum = 0, all = 0;
  for (unsigned i = 0; i < point->count; i++) {
    sum += of(&point->sample[i]);
    all += gigabytes(&point->sample[i]);
  }
  return all > 0 ? sum / all : 0;
}

struct told point_told(const struct point *point)
{
  struct told told = {0};
  for (unsigned i = 0; i < point->count; i++) {
    told.asked += point->sample[i].asked;
    told.copied += point->sample[i].copied;
    told.untold += point->sample[i].untold;
  }
  return told;
}

struct size_text size_show(uint64_t size)
{
  static const char *const units[] = {"", " KiB", " MiB", " GiB"};
  unsigned unit = 0;
  while (unit < 3 && size > 0 && size % 1024 == 0) {
    size /= 1024;
    unit++;
  }
  struct size_text text;
  snprintf(text.text, sizeof(text.text), "%" PRIu64 "%s", size, units[unit]);
  return text;
}
