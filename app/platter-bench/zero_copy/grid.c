// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/grid.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/notes.h"
#include "zero_copy/child.h"
#include "zero_copy/traffic.h"

enum { P999_FEWEST = 1000 }; // packets looked at, that their 99.9th percentile says something

static void add_copies(struct grid *grid, const struct zero_copy_options *o, enum path path,
                       enum working_set set, unsigned size)
{
  for (unsigned c = 0; c < o->n_copies; c++)
    grid->spot[grid->n++] = (struct spot){
        .path = path, .set = set, .size = size, .copies = o->copies[c], .raw = json_array()};
}

int grid_new(struct grid *grid, const struct zero_copy_options *o)
{
  *grid = (struct grid){
      .spot = calloc((size_t)PATHS * SETS * o->n_sizes * o->n_copies, sizeof(*grid->spot))};
  if (grid->spot == NULL)
    return -ENOMEM;
  for (unsigned path = 0; path < PATHS; path++)
    for (unsigned set = 0; set < SETS; set++)
      for (unsigned s = 0; s < o->n_sizes && o->path[path] && o->set[set]; s++)
        add_copies(grid, o, path, set, o->size[s]);
  return 0;
}

void grid_free(struct grid *grid)
{
  for (unsigned i = 0; i < grid->n; i++)
    json_decref(grid->spot[i].raw);
  free(grid->spot);
  *grid = (struct grid){0};
}

struct spot *grid_find(const struct grid *grid, enum path path, enum working_set set, unsigned size,
                       unsigned copies)
{
  for (unsigned i = 0; i < grid->n; i++) {
    struct spot *s = &grid->spot[i];
    if (s->path == path && s->set == set && s->size == size && s->copies == copies)
      return s;
  }
  return NULL;
}

static double number(const json_t *sample, const char *key)
{
  const json_t *value = json_object_get(sample, key);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

// Every frame of one size: exact. IMIX has whole groups of known length, but a sample may begin and
// end within one.
static int check(const struct spot *spot, const json_t *sample, char *error, size_t size)
{
  double received = number(sample, "received"), dropped = number(sample, "dropped");
  double packets = number(sample, "copied_packets"), bytes = number(sample, "copied_bytes");
  double off = fabs(bytes - packets * traffic_mean(spot->size));
  double may_be_off = spot->size == TRAFFIC_IMIX ? 2.0 * spot->copies * TRAFFIC_GROUP_BYTES : 0;
  if (dropped != 0)
    return fail(error, size, CHILD_ACCOUNTING, "%.0f packets were dropped, and none should be",
                dropped);
  if (packets != received * spot->copies || !(off <= may_be_off))
    return fail(error, size, CHILD_ACCOUNTING,
                "%.0f packets of %s with %u copies each: %.0f copies of %.0f bytes were counted",
                received, traffic_show(spot->size).text, spot->copies, packets, bytes);
  return 0;
}

static void add_residence(struct spot *spot, const json_t *residence)
{
  const double micro = 1e-3; // from nanoseconds
  double packets = number(residence, "packets");
  if (packets > 0) {
    samples_add(&spot->p50, number(residence, "p50") * micro);
    samples_add(&spot->p99, number(residence, "p99") * micro);
  }
  if (packets >= P999_FEWEST)
    samples_add(&spot->p999, number(residence, "p999") * micro);
}

int grid_add(struct grid *grid, enum path path, enum working_set set, unsigned size,
             const json_t *sample, char *error, size_t error_size)
{
  double copies = number(sample, "copies"), sent = number(sample, "transmitted");
  double seconds = number(sample, "seconds"), busy = number(sample, "busy_cycles");
  struct spot *spot = copies >= 0 ? grid_find(grid, path, set, size, copies) : NULL;
  if (spot == NULL || !(sent > 0) || !(seconds > 0) || !(busy > 0))
    return fail(error, error_size, -EPROTO, "a sample without packets");
  int status = check(spot, sample, error, error_size);
  if (status != 0)
    return status;
  double mpps = sent / seconds * 1e-6;
  samples_add(&spot->mpps, mpps);
  samples_add(&spot->gbits, mpps * traffic_mean(size) * 8e-3);
  samples_add(&spot->cycles, busy / sent);
  samples_add(&spot->copied, number(sample, "copied_bytes") / number(sample, "received"));
  samples_add(&spot->busy, 100 * busy / (busy + number(sample, "idle_cycles")));
  add_residence(spot, json_object_get(sample, "residence"));
  json_array_append_new(spot->raw, json_deep_copy(sample));
  return 0;
}
