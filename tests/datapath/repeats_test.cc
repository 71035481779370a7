// SPDX-License-Identifier: BSD-3-Clause
// Frames that come in again and again are noticed, by a sample; others are not.
#include "control/circling.h"
#include "testbed.h"

namespace
{

class Repeats : public Testbed
{
protected:
  void SetUp() override
  {
    start(text({"a", "b"}, "forward: [wire: [a, b]]\nworkers: { cores: [0] }\n"));
  }

  const repeats &of_a()
  {
    return *datapath.worker[0]->receive[0].repeats;
  }
};

// What leaves by b comes in at a, as over a cable between the two.
TEST_F(Repeats, OneFrameThatGoesRound)
{
  feed(0, make_many(1, 200));
  for (unsigned i = 0; i < 20 * REPEATS_EVERY; i++) {
    turn_all();
    feed(0, read(1));
  }
  EXPECT_EQ(of_a().samples, 20u);
  EXPECT_EQ(of_a().again, 19u);
  settle();
  release(read(1));
}

TEST_F(Repeats, FramesThatDifferAreNone)
{
  for (unsigned i = 0; i < 20 * REPEATS_EVERY; i++) {
    Bytes bytes = pattern(100);
    memcpy(&bytes[90], &i, sizeof(i));
    feed(0, {make(bytes)});
    turn_all();
    release(read(1));
  }
  EXPECT_EQ(of_a().samples, 20u);
  EXPECT_EQ(of_a().again, 0u);
}

TEST(Circling, NeedsEnoughRepeatsTwiceInARow)
{
  circling c = {};
  circling_note(&c, 7, 7);
  circling_note(&c, 14, 14);
  circling_note(&c, 21, 21);
  EXPECT_EQ(c.seconds, 0u) << "too few";
  circling_note(&c, 121, 60);
  circling_note(&c, 221, 100);
  EXPECT_EQ(c.seconds, 0u) << "too small a part";
  circling_note(&c, 321, 151);
  EXPECT_EQ(c.seconds, 0u) << "once";
  circling_note(&c, 421, 202);
  circling_note(&c, 521, 300);
  EXPECT_EQ(c.seconds, 2u);
  circling_note(&c, 521, 300);
  circling_note(&c, 621, 400);
  EXPECT_EQ(c.seconds, 2u) << "from the beginning";
}

} // namespace
