// SPDX-License-Identifier: BSD-3-Clause
#include "replay/schedule.h"

void schedule_start(struct schedule *s, const struct config_replay *replay, double hz,
                    const struct schedule_times *times)
{
  double second = hz * (1 << SCHEDULE_SHIFT);
  *s = (struct schedule){.rate = replay->rate, .first = times->first, .last = times->last};
  if (replay->rate == REPLAY_ORIGINAL) {
    s->step = second / 1e9 / replay->speed;
    if (times->frames > 1)
      s->lap = s->step * (times->last - times->first) * times->frames / (times->frames - 1);
  } else if (replay->rate != REPLAY_LINE) {
    s->step = second / replay->per_second;
  }
}

static void advance(struct schedule *s, double units)
{
  s->rest += units;
  uint64_t whole = s->rest;
  s->position += whole;
  s->rest -= whole;
}

uint64_t schedule_frame(struct schedule *s, unsigned length, uint64_t stamp)
{
  uint64_t due = s->position;
  if (s->rate == REPLAY_FRAMES) {
    advance(s, s->step);
  } else if (s->rate == REPLAY_BITS) {
    advance(s, s->step * 8 * (length + REPLAY_WIRE_EXTRA));
  } else if (s->rate == REPLAY_ORIGINAL) {
    if (stamp > s->last)
      stamp = s->last;
    if (stamp > s->first) // added up as whole numbers, which run over as they should
      due += (uint64_t)(s->step * (stamp - s->first));
    if ((int64_t)(due - s->latest) < 0)
      due = s->latest;
    s->latest = due;
  }
  return due;
}

uint64_t schedule_lap(struct schedule *s)
{
  s->position += s->lap;
  if (s->rate == REPLAY_ORIGINAL)
    s->latest = s->position;
  return s->position;
}
