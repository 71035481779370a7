// SPDX-License-Identifier: BSD-3-Clause
// A file that lies in memory whole.
#include <errno.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "base/notes.h"
#include "replay/replay_internal.h"

static int make_pools(struct replay *r)
{
  for (unsigned i = 0; i < REPLAY_ROOMS; i++) {
    unsigned n = r->plan.in[i] * r->plan.copies;
    int status = n > 0 ? replay_pool(r, i, n, replay_rooms[i], 0) : 0;
    if (status != 0)
      return status;
  }
  return 0;
}

static struct rte_mbuf *take_for(struct replay *r, unsigned length)
{
  struct rte_mempool *pool = r->pool[replay_room(length)];
  return pool != NULL ? rte_pktmbuf_alloc(pool) : NULL;
}

// One frame, at its place in each copy of the file.
static int lay_out(struct replay *r, uint64_t number, const struct capture_frame *frame)
{
  struct slot *slot = &r->source->slot[number];
  uint64_t due = schedule_frame(&r->schedule, frame->length, frame->stamp);
  for (unsigned copy = 0; copy < r->plan.copies; copy++, slot += r->plan.times.frames) {
    struct rte_mbuf *m = take_for(r, frame->length);
    if (m == NULL)
      return -ESTALE; // more frames, or other sizes, than when the file was read through
    replay_fill(m, frame);
    *slot = (struct slot){.packet = m, .due = due};
  }
  return 0;
}

static int read_frames(struct replay *r, char *error, size_t size)
{
  struct capture_frame frame;
  uint64_t number = 0;
  int found = replay_reader(r, error, size);
  if (found != 0)
    return found;
  while ((found = capture_next(r->reader, &frame)) == 1) {
    if (number == r->plan.times.frames || lay_out(r, number, &frame) != 0)
      break;
    number++;
  }
  capture_close(r->reader);
  r->reader = NULL;
  if (found < 0)
    return found;
  if (found == 1 || number != r->plan.times.frames)
    return fail(error, size, -ESTALE, "%s: changed while it was read", r->plan.options.file);
  return 0;
}

// The copies follow one another at the distance of a lap.
static void set_times(struct replay *r)
{
  uint64_t lap = schedule_lap(&r->schedule), frames = r->plan.times.frames;
  for (unsigned copy = 1; copy < r->plan.copies; copy++)
    for (uint64_t i = 0; i < frames; i++)
      r->source->slot[copy * frames + i].due += copy * lap;
  r->source->lap = r->plan.copies * lap;
}

int resident_open(struct replay *r, char *error, size_t size)
{
  size_t slots = r->plan.times.frames * r->plan.copies;
  int status = make_pools(r);
  if (status == 0) {
    r->source->slot = rte_zmalloc_socket(NULL, slots * sizeof(struct slot), 0, r->node);
    status = r->source->slot != NULL ? 0 : -ENOMEM;
  }
  if (status != 0)
    return fail(error, size, status, "%s: no memory for its frames, %zu MB (%s)",
                r->plan.options.file, replay_plan_bytes(&r->plan, RTE_CACHE_LINE_SIZE) >> 20,
                rte_strerror(-status));
  r->source->n_slots = slots;
  status = read_frames(r, error, size);
  if (status == 0)
    set_times(r);
  return status;
}

void resident_release(struct replay *r)
{
  for (uint32_t i = 0; r->source->slot != NULL && i < r->source->n_slots; i++)
    rte_pktmbuf_free(r->source->slot[i].packet); // NULL where reading failed half-way
}
