// SPDX-License-Identifier: BSD-3-Clause
// Tables that are broken in one place: layout_check names it.
#include "layout_facts.h"

namespace
{

// Breaks a good table in one place each; the check must name it.
struct Broken : testing::Test {
  Layout layout = Wire(2).Core(2).Core(3).Make();

  std::string Error() const
  {
    char error[256] = "";
    EXPECT_FALSE(layout_check(layout.get(), error, sizeof(error)));
    return error;
  }
};

TEST_F(Broken, NotAtFirst)
{
  char error[256] = "";
  EXPECT_TRUE(layout_check(layout.get(), error, sizeof(error))) << error;
}

TEST_F(Broken, ReceiveQueuePolledTwice)
{
  layout->workers[1].rx[0] = layout->workers[0].rx[0];
  EXPECT_EQ(Error(), "receive queue left/0 is polled 2 times, not once");
}

TEST_F(Broken, ReceiveQueueUnpolled)
{
  layout->workers[0].n_rx = 0;
  EXPECT_EQ(Error(), "receive queue left/0 is polled 0 times, not once");
}

TEST_F(Broken, TransmitQueueWithTwoOwners)
{
  layout->workers[1].tx[0] = layout->workers[0].tx[0];
  EXPECT_EQ(Error(), "transmit queue left/0 is owned 2 times, not once");
}

TEST_F(Broken, TransmitQueueWithoutOwner)
{
  layout->workers[1].n_tx = 0;
  EXPECT_EQ(Error(), "transmit queue right/0 is owned 0 times, not once");
}

TEST_F(Broken, WorkerWithTwoTransmitQueuesOfAPort)
{
  layout->ports[1].tx_queues = 2;
  struct layout_queue both[] = {{1, 0}, {1, 1}};
  struct layout_queue *own = layout->workers[1].tx;
  layout->workers[1].tx = both;
  layout->workers[1].n_tx = 2;
  EXPECT_EQ(Error(), "worker 1 owns 2 transmit queues on port right, not one");
  layout->workers[1].tx = own;
}

TEST_F(Broken, QueuesThatAreNotThere)
{
  layout->workers[0].rx[0].queue = 2;
  EXPECT_EQ(Error(), "worker 0 has receive queue left/2, which is not there");
  layout->workers[0].rx[0].queue = 0;
  layout->workers[1].tx[0].port = 2;
  EXPECT_EQ(Error(), "worker 1 has a transmit queue on port 2, which is not there");
}

TEST_F(Broken, HandoffWithASecondProducerOrConsumer)
{
  ASSERT_EQ(layout->n_handoffs, 2u); // right: 0 to 1; left: 1 to 0
  layout->handoffs[1] = layout->handoffs[0];
  EXPECT_EQ(Error(), "worker 0 has 2 handoffs for port right, not one");
  layout->handoffs[1] = {1, 0, 1};
  EXPECT_EQ(Error(), "worker 1 hands packets for port right to worker 0, which owns no transmit "
                     "queue there");
}

TEST_F(Broken, HandoffToItselfOrToNobody)
{
  layout->handoffs[0] = {1, 1, 1};
  EXPECT_EQ(Error(), "worker 1 hands packets for port right to itself");
  layout->handoffs[0] = {0, 2, 1};
  EXPECT_EQ(Error(), "a handoff from worker 0 to worker 2 for port 1 names what is not there");
  layout->handoffs[0] = {0, 1, 32};
  EXPECT_EQ(Error(), "a handoff from worker 0 to worker 1 for port 32 names what is not there");
}

TEST_F(Broken, WorkerWithoutAWay)
{
  layout->n_handoffs = 1;
  EXPECT_EQ(Error(), "worker 1 receives packets for port left but has no way to it");
}

TEST_F(Broken, HandoffBesideAnOwnedQueueOrForNoPacket)
{
  Facts facts = Wire(2, 2).Core(2).Core(3);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  layout = facts.Make();
  layout->n_handoffs = 1;
  layout->handoffs[0] = {0, 1, 0};
  EXPECT_EQ(Error(), "worker 0 has a handoff for port left and owns a transmit queue there");

  layout = Facts().Port("hole", 1, 0).Port("probe", 1, 2).Core(2).Core(3).Make();
  layout->n_handoffs = 1;
  layout->handoffs[0] = {0, 1, 1};
  EXPECT_EQ(Error(), "worker 0 has a handoff for port probe but receives no packet for it");
}

TEST_F(Broken, TransmitQueuesWhereNothingLeaves)
{
  layout->ports[0].reach = 0;
  EXPECT_EQ(Error(), "port right: packets cannot leave by it but it has 1 transmit queues");
  layout->ports[0].reach = 4;
  EXPECT_EQ(Error(), "packets may leave by a port that is not in the table");
}

TEST_F(Broken, Sizes)
{
  layout->workers[1].cpu = 2;
  EXPECT_EQ(Error(), "workers 0 and 1 are both on core 2");
  struct layout none = {};
  char error[256];
  EXPECT_FALSE(layout_check(&none, error, sizeof(error)));
  EXPECT_STREQ(error, "the table has 0 ports, not 1 to 32");
  none.n_ports = 1;
  EXPECT_FALSE(layout_check(&none, error, sizeof(error)));
  EXPECT_STREQ(error, "the table has 0 workers, not 1 to 127");
}

} // namespace
