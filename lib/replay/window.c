// SPDX-License-Identifier: BSD-3-Clause
// A file that is larger than the memory for it: a thread reads ahead, lap by lap, into mbufs that
// the source gives away and the last reader's free brings back. It sleeps while there is no room.
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "base/notes.h"
#include "replay/replay_internal.h"

enum {
  FILL_AT_ONCE = 64,
  REST_MICROSECONDS = 50, // at 10 Mpps, 500 frames: a small part of any window
  // Mbufs that a core which frees packets keeps, and half as many again: the reading thread, which
  // has no cache, cannot have them. Replay to net_null through a window is as fast as with 256.
  CACHE = 16,
};

static_assert(RTE_MAX_LCORE * CACHE * 3 / 2 + 2 * FILL_AT_ONCE <= REPLAY_WINDOW_MIN,
              "or a window could lie in caches, all of it");

static unsigned room(const struct source *s)
{
  return s->n_slots - (s->filled - __atomic_load_n(&s->consumed, __ATOMIC_ACQUIRE));
}

// Another lap begins, or none is left.
static int next_lap(struct replay *r)
{
  uint64_t read = capture_frames(r->reader), loop = r->plan.options.loop;
  if (read != r->plan.times.frames)
    return fail(r->error, sizeof(r->error), -ESTALE, "%s: changed while it was replayed",
                r->plan.options.file);
  capture_close(r->reader);
  r->reader = NULL;
  r->laps++;
  schedule_lap(&r->schedule);
  if (loop != 0 && r->laps == loop) {
    r->finished = true;
    return 0;
  }
  return replay_reader(r, r->error, sizeof(r->error));
}

// Reads the next frame into the mbuf of the next slot. Returns 1, 0 where there was none to read
// now, or -errno with the sentence written.
static int fill_one(struct replay *r, struct rte_mbuf *m, struct slot *slot)
{
  struct capture_frame frame;
  int found = capture_next(r->reader, &frame);
  if (found == 0) {
    int status = next_lap(r);
    return status != 0 || r->finished ? status : fill_one(r, m, slot);
  }
  if (found < 0)
    return found;
  if (frame.length > r->plan.longest || capture_frames(r->reader) > r->plan.times.frames)
    return fail(r->error, sizeof(r->error), -ESTALE, "%s: changed while it was replayed",
                r->plan.options.file);
  replay_fill(m, &frame);
  m->port = r->device;
  *slot = (struct slot){m, schedule_frame(&r->schedule, frame.length, frame.stamp)};
  return 1;
}

// Fills slots until there is no room, no mbuf or nothing to read. Returns whether any was filled.
static bool fill(struct replay *r)
{
  struct source *s = r->source;
  struct rte_mbuf *fresh[FILL_AT_ONCE];
  unsigned n = RTE_MIN(room(s), (unsigned)FILL_AT_ONCE), filled = 0;
  int found = 1;
  if (n == 0 || rte_pktmbuf_alloc_bulk(r->pool[0], fresh, n) != 0)
    return false;
  while (filled < n && found == 1) {
    found = fill_one(r, fresh[filled], &s->slot[(s->filled + filled) & (s->n_slots - 1)]);
    filled += found == 1;
  }
  rte_pktmbuf_free_bulk(fresh + filled, n - filled);
  __atomic_store_n(&s->filled, s->filled + filled, __ATOMIC_RELEASE);
  if (found < 0)
    __atomic_store_n(&r->failed, true, __ATOMIC_RELEASE);
  return filled > 0;
}

static bool over(const struct replay *r)
{
  return r->failed || r->finished;
}

static void *read_ahead(void *arg)
{
  struct replay *r = arg;
  while (!over(r) && !__atomic_load_n(&r->stop, __ATOMIC_RELAXED))
    if (!fill(r))
      usleep(REST_MICROSECONDS);
  return NULL;
}

static int make_memory(struct replay *r)
{
  unsigned room = replay_rooms[replay_room(r->plan.longest)];
  int status = replay_pool(r, 0, r->plan.window_mbufs, room, CACHE);
  if (status != 0)
    return status;
  // Half of the mbufs lie ready, the others are under way.
  r->source->n_slots = rte_align32prevpow2(r->plan.window_mbufs / 2);
  r->source->slot = rte_zmalloc_socket(NULL, r->source->n_slots * sizeof(struct slot), 0, r->node);
  return r->source->slot != NULL ? 0 : -ENOMEM;
}

// On control's CPUs, whoever calls, not on a worker's. DPDK has functions for that, but none that
// stays: rte_ctrl_thread_create is gone in 24.11, and what came instead is not in 22.11.
static int start_thread(struct replay *r)
{
  char name[16];
  rte_cpuset_t cpus = rte_lcore_cpuset(rte_get_main_lcore());
  pthread_attr_t attributes;
  int status = -pthread_attr_init(&attributes);
  if (status != 0)
    return status;
  status = -pthread_attr_setaffinity_np(&attributes, sizeof(cpus), &cpus);
  if (status == 0)
    status = -pthread_create(&r->thread, &attributes, read_ahead, r);
  pthread_attr_destroy(&attributes);
  r->threaded = status == 0;
  snprintf(name, sizeof(name), "replay%u", r->number);
  if (r->threaded)
    pthread_setname_np(r->thread, name);
  return status;
}

int window_open(struct replay *r, char *error, size_t size)
{
  r->source->window = true;
  int status = make_memory(r);
  if (status != 0)
    return fail(error, size, status, "%s: no memory for a window of %u frames (%s)",
                r->plan.options.file, r->plan.window_mbufs, rte_strerror(-status));
  status = replay_reader(r, r->error, sizeof(r->error));
  while (status == 0 && !over(r) && fill(r))
    ; // the first poll finds it full
  if (status != 0 || r->failed)
    return fail(error, size, status != 0 ? status : -EINVAL, "%s", r->error);
  status = start_thread(r);
  if (status != 0)
    return fail(error, size, status, "%s: no thread to read it (%s)", r->plan.options.file,
                rte_strerror(-status));
  return 0;
}

void window_release(struct replay *r)
{
  struct source *s = r->source;
  if (r->threaded) {
    __atomic_store_n(&r->stop, true, __ATOMIC_RELAXED);
    pthread_join(r->thread, NULL);
    r->threaded = false;
  }
  capture_close(r->reader);
  r->reader = NULL;
  for (; s->slot != NULL && s->consumed != s->filled; s->consumed++)
    rte_pktmbuf_free(s->slot[s->consumed & (s->n_slots - 1)].packet);
}
