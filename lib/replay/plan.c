// SPDX-License-Identifier: BSD-3-Clause
#include "replay/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <rte_common.h>

#include "base/notes.h"
#include "packet/pool.h"
#include "replay/source.h"

// Bytes of a pool beside its mbufs: what DPDK notes about it, its ring and their memory. The caches
// of a pool that has them are there for every lcore that could be.
enum {
  POOL_ITSELF = 4096,
  POOL_CACHES = RTE_MAX_LCORE * sizeof(struct rte_mempool_cache),
};

const unsigned replay_rooms[REPLAY_ROOMS] = {
    64, 128, 256, 512, 1024, 1536, 2048, 4096, CAPTURE_FRAME_MAX};

unsigned replay_room(unsigned length)
{
  unsigned room = 0;
  while (replay_rooms[room] < length)
    room++;
  return room;
}

struct capture_terms replay_terms(const struct config_replay *options)
{
  return (struct capture_terms){.sound_part = options->sound_part, .skip_long = options->skip_long};
}

static void count(struct replay_plan *plan, const struct capture_frame *frame)
{
  schedule_note(&plan->times, frame->stamp);
  plan->bytes += frame->length;
  plan->wire_bits += 8 * (uint64_t)(frame->length + REPLAY_WIRE_EXTRA);
  plan->longest = RTE_MAX(plan->longest, frame->length);
  plan->in[replay_room(frame->length)]++;
}

static int read_through(struct replay_plan *plan, char *error, size_t size)
{
  struct capture_reader *reader;
  struct capture_frame frame;
  struct capture_terms terms = replay_terms(&plan->options);
  int found = capture_open(&reader, plan->options.file, &terms, error, size);
  if (found != 0)
    return found;
  while ((found = capture_next(reader, &frame)) == 1 && plan->times.frames < UINT32_MAX)
    count(plan, &frame);
  plan->left = *capture_left(reader);
  capture_close(reader);
  if (found == 0 && plan->times.frames == 0)
    return fail(error, size, -EINVAL, "%s: no frames in it", plan->options.file);
  if (found == 1)
    return fail(error, size, -E2BIG, "%s: more than %u frames", plan->options.file, UINT32_MAX);
  return found;
}

// Seconds from one frame to the next, at most.
static double longest_gap(const struct replay_plan *plan)
{
  const struct config_replay *options = &plan->options;
  switch (options->rate) {
  case REPLAY_BITS:
    return 8.0 * (plan->longest + REPLAY_WIRE_EXTRA) / options->per_second;
  case REPLAY_FRAMES:
    return 1 / options->per_second;
  case REPLAY_ORIGINAL:
    return plan->times.gap / 1e9 / options->speed;
  default:
    return 0;
  }
}

static int check_timing(const struct replay_plan *plan, char *error, size_t size)
{
  const struct schedule_times *times = &plan->times;
  double days = longest_gap(plan) / (24 * 3600);
  char from[40] = "one frame";
  if (plan->options.rate == REPLAY_ORIGINAL)
    snprintf(from, sizeof(from), "frame %" PRIu64, times->gap_after);
  if (days > REPLAY_GAP_DAYS)
    return fail(
        error, size, -EINVAL,
        "%s: %.0f days from %s to the next; platter waits %d at most: another rate or speed "
        "would do",
        plan->options.file, days, from, REPLAY_GAP_DAYS);
  if (plan->options.rate == REPLAY_ORIGINAL && plan->options.loop != 1 &&
      times->first == times->last)
    return fail(error, size, -EINVAL,
                "%s: all frames have one time stamp, so that original timing does not say when the "
                "next lap begins: a rate in numbers would do, or one lap",
                plan->options.file);
  return 0;
}

static size_t resident_bytes(const struct replay_plan *plan, unsigned copies, size_t page)
{
  size_t bytes = plan->times.frames * copies * sizeof(struct slot);
  for (unsigned i = 0; i < REPLAY_ROOMS; i++)
    if (plan->in[i] > 0)
      bytes += POOL_ITSELF + pool_bytes((size_t)plan->in[i] * copies, replay_rooms[i], page);
  return bytes;
}

static unsigned window_room(const struct replay_plan *plan)
{
  return replay_rooms[replay_room(plan->longest)];
}

static int plan_window(struct replay_plan *plan, unsigned held, char *error, size_t size)
{
  size_t object = pool_object(window_room(plan)) + sizeof(struct slot);
  unsigned least = held + REPLAY_WINDOW_MIN;
  size_t mbufs = plan->options.memory / object;
  plan->window = true;
  plan->window_mbufs = RTE_MIN(mbufs, (size_t)UINT32_MAX / 2);
  if (mbufs >= least)
    return 0;
  return fail(error, size, -ENOMEM,
              "%s: does not fit into memory=%" PRIu64 "MB, and a window of %u of its frames takes "
              "%zuMB: raise memory",
              plan->options.file, plan->options.memory >> 20, least, (least * object >> 20) + 1);
}

// Copies: as many as `held` asks for. A file that is sent once needs none.
static int plan_resident(struct replay_plan *plan, unsigned held, char *error, size_t size)
{
  uint64_t least = held + REPLAY_READY, frames = plan->times.frames;
  uint64_t copies = (least + frames - 1) / frames;
  if (plan->options.loop != 0)
    copies = RTE_MIN(copies, plan->options.loop);
  plan->copies = copies;
  if (resident_bytes(plan, copies, RTE_CACHE_LINE_SIZE) <= plan->options.memory)
    return 0;
  return fail(error, size, -ENOMEM,
              "%s: the devices may hold %u packets, so that its frames must lie in memory %" PRIu64
              " times: set memory to %zuMB",
              plan->options.file, held, copies,
              (resident_bytes(plan, copies, RTE_CACHE_LINE_SIZE) >> 20) + 1);
}

int replay_plan_make(struct replay_plan *plan, const struct config_replay *options, unsigned held,
                     char *error, size_t size)
{
  *plan = (struct replay_plan){.options = *options};
  int status = read_through(plan, error, size);
  if (status == 0)
    status = check_timing(plan, error, size);
  if (status != 0)
    return status;
  if (resident_bytes(plan, 1, RTE_CACHE_LINE_SIZE) > options->memory)
    return plan_window(plan, held, error, size);
  return plan_resident(plan, held, error, size);
}

size_t replay_plan_bytes(const struct replay_plan *plan, size_t page)
{
  size_t bytes = resident_bytes(plan, plan->copies, page);
  if (plan->window)
    bytes = POOL_ITSELF + POOL_CACHES + pool_bytes(plan->window_mbufs, window_room(plan), page) +
            plan->window_mbufs * sizeof(struct slot);
  return bytes + sizeof(struct source);
}
