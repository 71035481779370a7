// SPDX-License-Identifier: BSD-3-Clause
// Layouts that are given, and what is refused of them and of any facts.
#include "layout_facts.h"

namespace
{

TEST(Explicit, IsTakenAsGiven)
{
  Layout layout =
      Wire(2).Give({4, {{0, 1}, {0, 0}}, {}}).Give({6, {{1, 0}}, {0}}).Give({8, {}, {1}}).Make();
  EXPECT_EQ(Table(layout),
            (Strings{"4: left/0 left/1 >  > right@2", "6: right/0 > left/0 >", "8:  > right/0 >"}));
}

TEST(Explicit, SeveralOwnersHaveAQueueEachAndTheNearestIsHandedTo)
{
  Layout layout = Facts()
                      .Port("in", 4, 2)
                      .Port("out", 1, 0)
                      .Give({0, {{0, 0}, {1, 0}}, {1}, 0})
                      .Give({1, {{0, 1}}, {1}, 1})
                      .Give({2, {{0, 2}}, {}, 1})
                      .Give({3, {{0, 3}}, {}, 2})
                      .Make();
  EXPECT_EQ(Table(layout), (Strings{"0: in/0 out/0 > out/0 >", "1: in/1 > out/1 >",
                                    "2: in/2 >  > out@1", "3: in/3 >  > out@0"}));
  EXPECT_EQ(layout->ports[1].tx_queues, 2u);
}

TEST(Explicit, LeavesOutWhatNothingUses)
{
  Layout layout = Facts()
                      .Port("hole", 1, 0)
                      .Give({1, {{0, 0}}, {}})
                      .Give({2, {}, {0}})
                      .Give({3, {}, {}})
                      .Make();
  EXPECT_EQ(Table(layout), (Strings{"1: hole/0 >  >"}));
  EXPECT_EQ(Notes(layout),
            (Strings{"core 2: no packet can leave by port hole; its transmit queue is left out",
                     "core 2: nothing is assigned to it; left out",
                     "core 3: nothing is assigned to it; left out"}));
}

TEST(Explicit, Refusals)
{
  EXPECT_EQ(Wire(2).Give({2, {{0, 0}, {1, 0}}, {0, 1}}).Refusal(),
            "receive queue left/1 is polled by no core; add it to the rx of one");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}}, {0, 1}}).Give({3, {{1, 0}}, {}}).Refusal(),
            "receive queue right/0 is polled by core 2 and by core 3; leave one");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}, {0, 0}}, {0, 1}}).Refusal(),
            "core 2: receive queue left/0 is listed twice; remove one");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 4}}, {0, 1}}).Refusal(),
            "core 2: there is no receive queue right/4; port right has 1, counted from 0");
  EXPECT_EQ(Wire().Give({2, {{2, 0}}, {0, 1}}).Refusal(),
            "core 2: it is to receive from a port that is not there");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}}, {0, 2}}).Refusal(),
            "core 2: it is to transmit on a port that is not there");
  EXPECT_EQ(Wire().Give({2, {{0, 0}}, {0}}).Give({2, {{1, 0}}, {1}}).Refusal(),
            "core 2 is given twice; give each worker a core of its own");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}}, {1, 1}}).Refusal(),
            "core 2: transmit port right is listed twice; remove one");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}}, {0}}).Refusal(),
            "port right: packets can leave by it but no core transmits on it; add it to the tx of "
            "one");
  Facts narrow = Wire().Give({2, {{0, 0}, {1, 0}}, {0, 1}}).Give({3, {}, {1}});
  narrow.ports[1].max_tx_queues = 1;
  EXPECT_EQ(
      narrow.Refusal(),
      "port right: 2 cores transmit on it but its device has 1 transmit queue; remove it from "
      "the tx of some, they hand over to the others");
}

TEST(Facts, Refusals)
{
  EXPECT_EQ(Facts().Core(1).Refusal(), "0 ports, but a layout has 1 to 32");
  EXPECT_EQ(Wire().Refusal(), "0 workers, but a layout has 1 to 127; change the list of cores");
  EXPECT_EQ(Wire().Core(1).Core(1).Refusal(),
            "core 1 is given twice; give each worker a core of its own");
  EXPECT_EQ(Wire(0).Core(1).Refusal(), "port left: 0 receive queues, but a port has 1 to 1024");
  EXPECT_EQ(Wire(1025).Core(1).Refusal(),
            "port left: 1025 receive queues, but a port has 1 to 1024");
  EXPECT_EQ(Facts().Port("a", 1, 2).Core(1).Refusal(),
            "port a: its packets may leave by a port that is not there");
  Facts many;
  for (unsigned p = 0; p < LAYOUT_PORTS_MAX + 1; p++)
    many.Port("p", 1, 1);
  EXPECT_EQ(many.Core(1).Refusal(), "33 ports, but a layout has 1 to 32");
}

TEST(Facts, ErrorIsCutToTheBufferGiven)
{
  Facts facts = Wire();
  struct layout_facts raw = {};
  raw.n_ports = 2;
  raw.ports = facts.ports.data();
  char error[8] = "xxxxxxx";
  EXPECT_EQ(layout_make(&raw, error, 6), nullptr);
  EXPECT_STREQ(error, "0 wor");
  EXPECT_EQ(error[6], 'x');
  layout_free(nullptr);
}

} // namespace
