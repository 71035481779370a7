// SPDX-License-Identifier: BSD-3-Clause
// When frames are due, against exact arithmetic in whole numbers of 128 bits.
#include "replay/schedule.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace
{

using Exact = __int128;

constexpr uint64_t SECOND = 1000000000; // in nanoseconds
constexpr uint64_t CYCLE = 1 << SCHEDULE_SHIFT;

config_replay paced(enum replay_rate rate, double per_second = 0, double speed = 1)
{
  config_replay options = {};
  options.rate = rate;
  options.per_second = per_second;
  options.speed = speed;
  return options;
}

// A schedule that has been started, and the stamps that it was started for.
struct Timed {
  struct schedule schedule;
  std::vector<uint64_t> stamps;
  uint64_t first = 0, last = 0;

  Timed(double hz, const std::vector<uint64_t> &stamps, double speed = 1) : stamps(stamps)
  {
    first = last = stamps[0];
    for (uint64_t stamp : stamps)
      last = std::max(last, stamp);
    schedule_times times = {stamps.size(), first, last};
    config_replay options = paced(REPLAY_ORIGINAL, 0, speed);
    schedule_start(&schedule, &options, hz, &times);
  }

  // When the frames of the next lap are due.
  std::vector<uint64_t> lap()
  {
    std::vector<uint64_t> due;
    for (uint64_t stamp : stamps)
      due.push_back(schedule_frame(&schedule, 60, stamp));
    schedule_lap(&schedule);
    return due;
  }
};

// Within a unit, or what a double leaves of a large number.
void expect_exact(uint64_t due, Exact expected)
{
  Exact off = static_cast<Exact>(due) - expected, tolerance = 1 + (expected >> 51);
  EXPECT_LE(off < 0 ? -off : off, tolerance)
      << due << " in place of " << static_cast<uint64_t>(expected);
}

// Rates and clocks that do not divide each other: what is cut off must be carried on.
struct Odd {
  uint64_t hz, per_second;
};

class Rounding : public testing::TestWithParam<Odd>
{
protected:
  static constexpr uint64_t FRAMES = 100000000, CHECKED = 999983; // a prime: every place of a lap

  struct schedule start(enum replay_rate rate)
  {
    struct schedule schedule;
    schedule_times times = {FRAMES, 0, 0};
    config_replay options = paced(rate, GetParam().per_second);
    schedule_start(&schedule, &options, GetParam().hz, &times);
    return schedule;
  }

  // When a frame is due before which so many others, or bits, went.
  Exact exact(uint64_t before)
  {
    return static_cast<Exact>(before) * GetParam().hz * CYCLE / GetParam().per_second;
  }
};

TEST_P(Rounding, OfFramesDoesNotAddUp)
{
  struct schedule schedule = start(REPLAY_FRAMES);
  uint64_t before = 0;
  for (uint64_t i = 0; i < FRAMES; i++) {
    uint64_t due = schedule_frame(&schedule, 60, 0);
    ASSERT_TRUE(i == 0 || due > before) << i;
    before = due;
    if (i % CHECKED == 0)
      expect_exact(due, exact(i));
  }
  expect_exact(schedule_lap(&schedule), exact(FRAMES));
}

TEST_P(Rounding, OfBitsDoesNotAddUp)
{
  const std::vector<unsigned> lengths = {60, 1514, 9216, 61, 1, 577, 128};
  struct schedule schedule = start(REPLAY_BITS);
  uint64_t bits = 0;
  for (uint64_t i = 0; i < FRAMES / 10; i++) {
    unsigned length = lengths[i % lengths.size()];
    uint64_t due = schedule_frame(&schedule, length, 0);
    if (i % CHECKED == 0)
      expect_exact(due, exact(bits));
    bits += 8 * (length + REPLAY_WIRE_EXTRA);
  }
  expect_exact(schedule_lap(&schedule), exact(bits));
}

INSTANTIATE_TEST_SUITE_P(Clocks, Rounding,
                         testing::Values(Odd{2599998611, 7000001}, Odd{3693061000, 14880952}),
                         [](const auto &info) { return std::to_string(info.param.per_second); });

TEST(Schedule, ABitIsCountedOnTheWire)
{
  struct schedule schedule;
  schedule_times times = {3, 0, 0};
  config_replay options = paced(REPLAY_BITS, 8);
  schedule_start(&schedule, &options, 1000, &times);
  EXPECT_EQ(schedule_frame(&schedule, 60, 0), 0u);
  EXPECT_EQ(schedule_frame(&schedule, 1, 0), 84 * 1000 * CYCLE) << "60 bytes and 24";
  EXPECT_EQ(schedule_frame(&schedule, 9, 0), (84 + 25) * 1000 * CYCLE);
  EXPECT_EQ(schedule_lap(&schedule), (84 + 25 + 33) * 1000 * CYCLE)
      << "a lap ends when its last frame has left";
}

TEST(Schedule, TimeStampsDoNotMatterToARate)
{
  struct schedule schedule;
  schedule_times times = {3, 5 * SECOND, 9 * SECOND};
  config_replay options = paced(REPLAY_FRAMES, 10);
  schedule_start(&schedule, &options, 1000, &times);
  for (uint64_t i = 0; i < 3; i++)
    EXPECT_EQ(schedule_frame(&schedule, 60, (9 - i) * SECOND), i * 100 * CYCLE);
}

TEST(Schedule, AtLineRateAllIsDueAtOnce)
{
  struct schedule schedule;
  schedule_times times = {2, 1, 2 * SECOND};
  config_replay options = paced(REPLAY_LINE);
  schedule_start(&schedule, &options, 3e9, &times);
  for (unsigned lap = 0; lap < 3; lap++) {
    EXPECT_EQ(schedule_frame(&schedule, 60, 1), 0u);
    EXPECT_EQ(schedule_frame(&schedule, 9216, 2 * SECOND), 0u);
    EXPECT_EQ(schedule_lap(&schedule), 0u);
  }
}

TEST(Schedule, OriginalTimingIsTheCaptures)
{
  const uint64_t start = 1700000000 * SECOND + 17;
  Timed timed(2e9, {start, start + 1, start + 1000, start + SECOND, start + 86400 * SECOND});
  std::vector<uint64_t> due = timed.lap();
  EXPECT_EQ(due[0], 0u);
  EXPECT_EQ(due[1], 2 * CYCLE);
  EXPECT_EQ(due[2], 2000 * CYCLE);
  EXPECT_EQ(due[3], 2000000000 * CYCLE);
  expect_exact(due[4], static_cast<Exact>(86400) * 2000000000 * CYCLE);
}

TEST(Schedule, ALapEndsTheMeanGapAfterItsLastFrame)
{
  Timed timed(1e9, {7000, 7010, 7500, 8000}); // gaps of 10, 490 and 500: 333 and a third
  for (uint64_t lap = 0; lap < 1000; lap++) {
    Exact begin = lap * (1000 * 4 * CYCLE / 3); // 1000 ns of frames, four gaps of a third of it
    std::vector<uint64_t> due = timed.lap();
    const Exact offsets[] = {0, 10, 500, 1000};
    for (unsigned i = 0; i < 4; i++)
      expect_exact(due[i], begin + offsets[i] * CYCLE);
  }
}

TEST(Schedule, FramesKeepTheirOrderWhereTimeStampsRunBackwards)
{
  Timed timed(1e9, {1000, 2000, 1500, 500, 3000, 2999});
  const std::vector<uint64_t> expected = {0, 1000, 1000, 1000, 2000, 2000};
  const uint64_t whole_lap = 2000 * 6 / 5; // up to the latest stamp, which is not the last one
  for (uint64_t lap = 0; lap < 5; lap++) {
    std::vector<uint64_t> due = timed.lap();
    for (unsigned i = 0; i < due.size(); i++)
      EXPECT_EQ(due[i], (lap * whole_lap + expected[i]) * CYCLE) << "lap " << lap << " frame " << i;
  }
}

// The first frame of a lap is due when the lap begins, and no frame of the lap before holds it up.
TEST(Schedule, TheLatestStampComesFirst)
{
  Timed timed(1e9, {5000, 1000, 2000});
  for (unsigned lap = 0; lap < 3; lap++)
    for (uint64_t due : timed.lap())
      EXPECT_EQ(due, 0u) << "all count as equal to the first, and a lap takes no time";
}

TEST(Schedule, SpeedStretchesEverything)
{
  for (double speed : {0.5, 2.0, 10.0, 0.001, 1000.0}) {
    SCOPED_TRACE(speed);
    Timed timed(1e9, {0, 30000, 90000}, speed);
    for (uint64_t lap = 0; lap < 10; lap++) {
      std::vector<uint64_t> due = timed.lap();
      const double begin = 135000.0 * CYCLE / speed * lap, at[] = {0, 30000, 90000};
      for (unsigned i = 0; i < 3; i++)
        EXPECT_NEAR(due[i], begin + at[i] * CYCLE / speed, 1 + lap);
    }
  }
}

TEST(Schedule, OneFrameHasNoGap)
{
  Timed timed(1e9, {12345});
  for (unsigned lap = 0; lap < 3; lap++)
    EXPECT_EQ(timed.lap(), std::vector<uint64_t>{0});
  struct schedule schedule;
  schedule_times times = {1, 12345, 12345};
  config_replay options = paced(REPLAY_FRAMES, 3);
  schedule_start(&schedule, &options, 1e9, &times);
  for (uint64_t lap = 0; lap < 1000; lap++) {
    expect_exact(schedule_frame(&schedule, 60, 12345), lap * SECOND * CYCLE / 3);
    schedule_lap(&schedule);
  }
}

TEST(Schedule, AllStampsEqual)
{
  Timed timed(3e9, std::vector<uint64_t>(5, SECOND));
  for (unsigned lap = 0; lap < 3; lap++)
    EXPECT_EQ(timed.lap(), std::vector<uint64_t>(5, 0));
}

// Units run over after 2^64: what matters is the distance from one frame to the next.
TEST(Schedule, TimeRunsOverAndGoesOn)
{
  struct schedule schedule;
  schedule_times times = {1, 0, 0};
  config_replay options = paced(REPLAY_FRAMES, 0.000001); // eleven and a half days
  schedule_start(&schedule, &options, 2.6e9, &times);
  const uint64_t step = 2600000000 * CYCLE * 1000000;
  for (uint64_t i = 0; i < 100; i++)
    EXPECT_EQ(schedule_frame(&schedule, 60, 0), i * step) << i << ", modulo 2^64";
}

// The same with original timing: a lap takes thirty days, eleven of them more than 2^64 units.
TEST(Schedule, OriginalTimeRunsOverAndGoesOn)
{
  const uint64_t day = 86400 * SECOND, units = 86400 * 2600000000 * CYCLE;
  Timed timed(2.6e9, {0, 1 * day, 20 * day});
  uint64_t begin = 0;
  for (unsigned lap = 0; lap < 40; lap++, begin += 30 * units) {
    std::vector<uint64_t> due = timed.lap();
    SCOPED_TRACE(lap);
    EXPECT_EQ(due[0] - begin, 0u);
    EXPECT_EQ(due[1] - begin, units);
    EXPECT_EQ(due[2] - begin, 20 * units);
  }
}

// The file is another than the one that was looked at before: nothing is due beyond its end.
// Much longer than 2^64 units, which are 321 days here: every frame is its gap behind the last one.
TEST(Schedule, AFrameAnHourForYears)
{
  const uint64_t hour = 3600 * SECOND;
  std::vector<uint64_t> stamps;
  for (uint64_t i = 0; i < 3 * 365 * 24; i++)
    stamps.push_back(1700000000 * SECOND + i * hour);
  Timed timed(2.6e9, stamps);
  const uint64_t step = 3600 * 2600000000 * CYCLE;
  for (uint64_t lap = 0; lap < 2; lap++) {
    std::vector<uint64_t> due = timed.lap();
    for (size_t i = 1; i < due.size(); i++)
      ASSERT_LE(due[i] - due[i - 1] - step + 1, 2u) << i;
  }
}

TEST(Schedule, HowLongItTakes)
{
  schedule_times times = {};
  for (uint64_t stamp : {5 * SECOND, 8 * SECOND, 11 * SECOND})
    schedule_note(&times, stamp);
  config_replay options = paced(REPLAY_ORIGINAL, 0, 2);
  options.loop = 3;
  EXPECT_DOUBLE_EQ(schedule_seconds(&options, &times, 0), (2 * 9 + 6) / 2.0);
  options = paced(REPLAY_FRAMES, 4);
  options.loop = 3;
  EXPECT_DOUBLE_EQ(schedule_seconds(&options, &times, 0), 8 / 4.0);
  options = paced(REPLAY_BITS, 1000);
  options.loop = 2;
  EXPECT_DOUBLE_EQ(schedule_seconds(&options, &times, 1500), 3);
  options.loop = 0;
  EXPECT_TRUE(std::isinf(schedule_seconds(&options, &times, 1500)));
}

TEST(Schedule, AStampAfterTheLast)
{
  struct schedule schedule;
  schedule_times times = {2, 1000, 2000};
  config_replay options = paced(REPLAY_ORIGINAL, 0);
  schedule_start(&schedule, &options, 1e9, &times);
  EXPECT_EQ(schedule_frame(&schedule, 60, 1500), 500 * CYCLE);
  EXPECT_EQ(schedule_frame(&schedule, 60, UINT64_MAX), 1000 * CYCLE);
  EXPECT_EQ(schedule_lap(&schedule), 2000 * CYCLE);
}

} // namespace
