// SPDX-License-Identifier: BSD-3-Clause
// How many references a handoff holds: what the configuration says, or what the layout suggests,
// in the rings as in the memory that is made for them.
#include "testbed.h"

namespace
{

class Handoff : public Testbed
{
protected:
  // Every port sends to every other one, and each has a worker of its own.
  void start_flood(unsigned n_ports, const std::string &handoff)
  {
    std::vector<std::string> names;
    std::string ports, cores;
    for (unsigned i = 0; i < n_ports; i++) {
      names.push_back("p" + std::to_string(i));
      ports += (i > 0 ? ", " : "") + names.back();
      cores += (i > 0 ? ", " : "") + std::to_string(i);
    }
    start(text(names, "forward: [test_flood: [" + ports + "]]\nworkers: { cores: [" + cores +
                          "], handoff: " + handoff + " }\n"));
    ASSERT_EQ(datapath.n_handoffs, n_ports * (n_ports - 1));
  }

  void expect_size(unsigned size)
  {
    for (unsigned h = 0; h < datapath.n_handoffs; h++) {
      EXPECT_EQ(datapath.handoff[h].size, size);
      EXPECT_EQ(rte_ring_get_capacity(datapath.handoff[h].ring), size);
      EXPECT_EQ(handoff_room(&datapath.handoff[h]), size);
    }
    EXPECT_GE(memory.pool[0].frames->size, datapath.n_handoffs * size);
    EXPECT_GE(memory.pool[0].headers->size, 2 * datapath.n_handoffs * size);
  }
};

TEST_F(Handoff, AutoIsLargeWhereThereAreFew)
{
  start_flood(2, "auto");
  expect_size(4096);
}

TEST_F(Handoff, AutoIsSmallWhereThereAreMany)
{
  start_flood(3, "auto");
  expect_size(1024);
}

TEST_F(Handoff, ASizeIsTakenAsItIs)
{
  for (unsigned n_ports : {2, 3})
    for (unsigned size : {64, 100, 5000}) {
      SCOPED_TRACE(std::to_string(n_ports) + " ports, handoffs of " + std::to_string(size));
      start_flood(n_ports, std::to_string(size));
      expect_size(size);
      TearDown();
    }
}

TEST(HandoffSize, FewAreFour)
{
  struct config config = {};
  struct layout layout = {};
  struct forwarding forwarding = {};
  layout.n_handoffs = 4;
  EXPECT_EQ(plan_handoff_size(&config, &layout, &forwarding), 4096u);
  layout.n_handoffs = 5;
  EXPECT_EQ(plan_handoff_size(&config, &layout, &forwarding), 1024u);
  config.handoff = 777;
  EXPECT_EQ(plan_handoff_size(&config, &layout, &forwarding), 777u);
  config.n_ports = 1;
  config.handoff = 64;
  forwarding.slots[0] = 1;
  EXPECT_EQ(plan_handoff_size(&config, &layout, &forwarding), 64u);
  forwarding.reads[0] = 1;
  EXPECT_EQ(plan_handoff_size(&config, &layout, &forwarding), unsigned{BURST_SLOTS + READERS_LEAVE})
      << "a burst's references, and what readers leave";
}

// A place for every reference, in as many mbufs as the longest frame takes.
TEST(HandoffSize, MemoryCountsIt)
{
  memory_need small = {};
  small.receive_descriptors[0] = small.transmit_descriptors = 16384; // more than MEMORY_CROSSING
  small.transmit_queues = small.workers = 2;
  small.handoffs = 2;
  small.handoff_size = 1024;
  small.segment = 2048;
  small.frame = 9000;
  memory_need large = small;
  large.handoff_size = 4096;
  EXPECT_EQ(memory_frames(&large, 0) - memory_frames(&small, 0), 2u * 3072 * 5);
  EXPECT_EQ(memory_headers(&large) - memory_headers(&small), 2u * 3072 * 2);
  large.mbufs = small.mbufs = 1000;
  EXPECT_EQ(memory_frames(&large, 0), 1000u);
  EXPECT_GT(memory_bytes(&large, 0, 4096), memory_bytes(&small, 0, 4096));
}

} // namespace
