// SPDX-License-Identifier: BSD-3-Clause
// Control's loop: until a moment, until a descriptor, timers in between.
#include <gtest/gtest.h>

#include <event2/event.h>
#include <unistd.h>

#include "base/clock.h"
#include "control/loop.h"

namespace
{
class Loop : public testing::Test
{
protected:
  void SetUp() override
  {
    ASSERT_EQ(loop_make(&loop), 0);
    ASSERT_EQ(pipe(ends), 0);
  }
  void TearDown() override
  {
    loop_free(loop);
    close(ends[0]);
    close(ends[1]);
  }

  struct loop *loop = nullptr;
  int ends[2] = {-1, -1};
};

void count(void *times)
{
  ++*static_cast<int *>(times);
}

void count_event(evutil_socket_t, short, void *times)
{
  count(times);
}
} // namespace

TEST_F(Loop, UntilAMomentAndNotEarlier)
{
  for (double seconds : {0.0, 0.0005, 0.02, -1.0}) {
    double until = clock_now() + seconds;
    EXPECT_FALSE(loop_run(loop, until, -1));
    EXPECT_GE(clock_now(), until);
  }
}

TEST_F(Loop, UntilTheDescriptorCanBeReadAndEachTimeAfterThat)
{
  EXPECT_FALSE(loop_run(loop, clock_now() + 0.01, ends[0]));
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  for (int i = 0; i < 3; i++) {
    double start = clock_now();
    EXPECT_TRUE(loop_run(loop, start + 60, ends[0]));
    EXPECT_LT(clock_now(), start + 30);
  }
  EXPECT_TRUE(loop_run(loop, 0, ends[0])) << "also when the time is over";
}

TEST_F(Loop, TimersGoOnFromRunToRun)
{
  int times = 0;
  ASSERT_EQ(loop_every(loop, 0.001, count, &times), 0);
  for (double end = clock_now() + 60; times < 20 && clock_now() < end;)
    loop_run(loop, clock_now() + 0.002, -1);
  EXPECT_GE(times, 20);
}

TEST_F(Loop, NoMoreTimersThanThereIsRoomFor)
{
  int times = 0;
  for (int i = 0; i < LOOP_TIMERS; i++)
    EXPECT_EQ(loop_every(loop, 60, count, &times), 0);
  EXPECT_EQ(loop_every(loop, 60, count, &times), -ENOSPC);
}

// A flood of work must not keep the loop from its end, nor a late loop from its work.
TEST_F(Loop, ServesWhatIsReadyAndEndsAllTheSame)
{
  int times = 0;
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  struct event *always =
      event_new(loop_base(loop), ends[0], EV_READ | EV_PERSIST, count_event, &times);
  ASSERT_EQ(event_add(always, nullptr), 0);
  EXPECT_FALSE(loop_run(loop, 0, -1));
  EXPECT_GE(times, 1);
  EXPECT_FALSE(loop_run(loop, clock_now() + 0.02, -1));
  EXPECT_GE(times, 2);
  event_free(always);
}
