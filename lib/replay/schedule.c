// SPDX-License-Identifier: BSD-3-Clause
#include "replay/schedule.h"

#include <math.h>

void schedule_note(struct schedule_times *times, uint64_t stamp)
{
  if (times->frames == 0)
    times->first = times->last = stamp;
  if (stamp > times->last && stamp - times->last > times->gap) {
    times->gap = stamp - times->last;
    times->gap_after = times->frames;
  }
  times->last = stamp > times->last ? stamp : times->last;
  times->frames++;
}

// Nanoseconds of a lap and the mean gap behind it.
static double lap_nanoseconds(const struct schedule_times *times)
{
  if (times->frames < 2)
    return 0;
  return (double)(times->last - times->first) * times->frames / (times->frames - 1);
}

double schedule_seconds(const struct config_replay *replay, const struct schedule_times *times,
                        uint64_t wire_bits)
{
  double laps = replay->loop;
  if (replay->loop == 0)
    return INFINITY;
  switch (replay->rate) {
  case REPLAY_BITS:
    return laps * wire_bits / replay->per_second;
  case REPLAY_FRAMES:
    return (laps * times->frames - 1) / replay->per_second;
  case REPLAY_ORIGINAL:
    return ((laps - 1) * lap_nanoseconds(times) + (times->last - times->first)) / 1e9 /
           replay->speed;
  default:
    return 0;
  }
}

// Units modulo 2^64, as all times are counted: a capture may be longer than can be told apart.
static uint64_t wrapped(double units)
{
  return (uint64_t)(unsigned __int128)units;
}

void schedule_start(struct schedule *s, const struct config_replay *replay, double hz,
                    const struct schedule_times *times)
{
  double second = hz * (1 << SCHEDULE_SHIFT);
  *s = (struct schedule){
      .rate = replay->rate, .first = times->first, .last = times->last, .seen = times->first};
  if (replay->rate == REPLAY_ORIGINAL) {
    s->step = second / 1e9 / replay->speed;
    s->lap = wrapped(s->step * lap_nanoseconds(times));
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

// From frame to frame, not from the first: no number grows with the length of the capture.
static uint64_t original(struct schedule *s, uint64_t stamp)
{
  stamp = stamp < s->last ? stamp : s->last;
  if (stamp > s->seen) {
    advance(s, s->step * (stamp - s->seen));
    s->seen = stamp;
  }
  return s->position;
}

uint64_t schedule_frame(struct schedule *s, unsigned length, uint64_t stamp)
{
  uint64_t due = s->position;
  if (s->rate == REPLAY_ORIGINAL)
    return original(s, stamp);
  if (s->rate == REPLAY_FRAMES)
    advance(s, s->step);
  else if (s->rate == REPLAY_BITS)
    advance(s, s->step * 8 * (length + REPLAY_WIRE_EXTRA));
  return due;
}

uint64_t schedule_lap(struct schedule *s)
{
  if (s->rate != REPLAY_ORIGINAL)
    return s->position;
  s->began += s->lap;
  s->position = s->began;
  s->rest = 0;
  s->seen = s->first;
  return s->position;
}
