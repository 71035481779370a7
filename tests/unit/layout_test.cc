// SPDX-License-Identifier: BSD-3-Clause
// Pipeline and run to completion: who polls, who transmits, what crosses.
#include "layout_facts.h"

namespace
{

TEST(Pipeline, WireOnTwoWorkersCrossesByHandoff)
{
  Layout layout = Wire().Core(2).Core(3).Make();
  EXPECT_EQ(Table(layout),
            (Strings{"2: left/0 > left/0 > right@1", "3: right/0 > right/0 > left@0"}));
  EXPECT_EQ(layout->n_notes, 0u);
  EXPECT_EQ(layout->ports[0].tx_queues, 1u);
  EXPECT_EQ(layout->ports[1].tx_queues, 1u);
}

TEST(Pipeline, OneWorkerHandsNothingOver)
{
  Layout layout = Wire(2).Core(7).Make();
  EXPECT_EQ(Table(layout), (Strings{"7: left/0 left/1 right/0 > left/0 right/0 >"}));
  EXPECT_EQ(layout->n_handoffs, 0u);
}

TEST(Pipeline, ReceiveQueuesGoRoundFromTheHome)
{
  Layout layout = Wire(3, 2).Core(2).Core(3).Make();
  EXPECT_EQ(Table(layout), (Strings{"2: left/0 left/2 right/1 > left/0 > right@1",
                                    "3: left/1 right/0 > right/0 > left@0"}));
}

TEST(Pipeline, SinkHasNoTransmitQueueAndReflectNoHandoff)
{
  Layout layout = Facts().Port("hole", 1, 0).Port("probe", 1, 2).Core(0).Core(1).Make();
  EXPECT_EQ(Table(layout), (Strings{"0: hole/0 >  >", "1: probe/0 > probe/0 >"}));
  EXPECT_EQ(layout->ports[0].tx_queues, 0u);
  unsigned queue = 77;
  EXPECT_EQ(layout_route(layout.get(), 0, 0, &queue), -2);
  EXPECT_EQ(layout_route(layout.get(), 0, 1, &queue), -2);
  EXPECT_EQ(layout_route(layout.get(), 9, 1, &queue), -2);
  EXPECT_EQ(queue, 77u);
  EXPECT_EQ(layout_route(layout.get(), 1, 1, &queue), -1);
  EXPECT_EQ(queue, 0u);
}

TEST(Pipeline, IdleWorkersAreLeftOutAndTheRestMovesDown)
{
  // Node 1 comes first in the list, but the ports are on node 0.
  Layout layout = Facts()
                      .Port("left", 1, 2, 0, 0)
                      .Port("right", 1, 1, 0, 0)
                      .Core(5, 1)
                      .Core(2, 0)
                      .Core(3, 0)
                      .Make();
  EXPECT_EQ(Table(layout),
            (Strings{"2: left/0 > left/0 > right@1", "3: right/0 > right/0 > left@0"}));
  EXPECT_EQ(Notes(layout), (Strings{"core 5: nothing to do with 2 receive queues; left out"}));
}

TEST(Pipeline, HomeIsOnThePortsNodeWhereAWorkerIs)
{
  Layout layout = Facts()
                      .Port("a", 1, 8, 0, 1)
                      .Port("b", 1, 4, 0, 1)
                      .Port("c", 1, 2, 0, 0)
                      .Port("d", 1, 1, 0, 7)
                      .Core(1, 0)
                      .Core(2, 1)
                      .Make();
  EXPECT_EQ(Table(layout),
            (Strings{"1: c/0 d/0 > c/0 d/0 > a@1 b@1", "2: a/0 b/0 > a/0 b/0 > c@0 d@0"}));
  EXPECT_EQ(Notes(layout),
            (Strings{"core 1 is on NUMA node 0 and serves ports of other nodes, which is slower: d "
                     "(node 7)"}));
}

TEST(RunToCompletion, EveryWorkerOwnsWhatItReachesAndNoMore)
{
  Facts facts = Wire().Core(2).Core(3);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  facts.ports[0].max_tx_queues = facts.ports[1].max_tx_queues = 1;
  Layout layout = facts.Make();
  EXPECT_EQ(Table(layout), (Strings{"2: left/0 > right/0 >", "3: right/0 > left/0 >"}));
  EXPECT_EQ(layout->n_notes, 0u);
}

TEST(RunToCompletion, QueuesAreNumberedInTheOrderOfWorkers)
{
  Facts facts = Wire(2, 2).Core(2).Core(3);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  Layout layout = facts.Make();
  EXPECT_EQ(Table(layout), (Strings{"2: left/0 right/1 > left/0 right/0 >",
                                    "3: left/1 right/0 > left/1 right/1 >"}));
  unsigned queue = 0;
  EXPECT_EQ(layout_route(layout.get(), 1, 1, &queue), -1);
  EXPECT_EQ(queue, 1u);
}

TEST(RunToCompletion, TooFewTransmitQueuesFallBackToOneOwner)
{
  Facts facts = Wire(4, 1).Core(2).Core(3).Core(4).Core(5);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  facts.ports[1].max_tx_queues = 1;
  Layout layout = facts.Make();
  EXPECT_EQ(Table(layout), (Strings{"2: left/0 > right/0 >", "3: left/1 right/0 > left/0 > right@0",
                                    "4: left/2 >  > right@0", "5: left/3 >  > right@0"}));
  EXPECT_EQ(Notes(layout),
            (Strings{"port right: 4 workers send to it but its device has 1 transmit "
                     "queue; worker 0 owns it and the others hand over to it"}));
}

TEST(RunToCompletion, FallbackPrefersThePortsNodeThenTheFewestOwned)
{
  // All receive queues on node 0 go to cores 0 and 1; "far" is on node 1, where core 2 polls it.
  Facts facts = Facts()
                    .Port("in", 2, 0xe, 0, 0)
                    .Port("x", 1, 0, 1, 0)
                    .Port("y", 1, 0, 1, 0)
                    .Port("far", 2, 0x8, 2, 1)
                    .Core(0, 0)
                    .Core(1, 0)
                    .Core(2, 1)
                    .Core(3, 1);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  Layout layout = facts.Make();
  ASSERT_EQ(layout->n_workers, 4u);
  unsigned queue = 0;
  EXPECT_EQ(layout_route(layout.get(), 0, 1, &queue), -1);
  EXPECT_EQ(layout_route(layout.get(), 1, 2, &queue), -1);
  EXPECT_EQ(layout_route(layout.get(), 2, 3, &queue), -1);
  EXPECT_EQ(layout->ports[3].tx_queues, 1u);
  ASSERT_EQ(layout->n_notes, 3u);
  EXPECT_EQ(Notes(layout)[2],
            "port far: 4 workers send to it but its device has 2 transmit queues; "
            "worker 2 owns the first and the others hand over to it");
}

} // namespace
