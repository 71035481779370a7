// SPDX-License-Identifier: BSD-3-Clause
// Ports over a long time: cards that are pulled out and put back, several queues. On the machine
// that other tests share.
#include <gtest/gtest.h>

#include "machine_of_all.h"

namespace
{
void expect_carries(Machine &machine, unsigned from, unsigned to, unsigned seed)
{
  const Frames frames = numbered_frames(65, 512, seed);
  expect_frames(carry(machine.cable(from), machine.cable(to), frames), frames);
}

class Cycle : public testing::TestWithParam<Pair>
{
};

TEST_P(Cycle, AThousandStartsAndStopsInOneProcess)
{
  Machine &machine = ready_machine();
  Reply reply = machine.run("port_cycle --cycles 1000 " + machine.address(GetParam().left) + " " +
                                machine.address(GetParam().right),
                            3000);
  EXPECT_EQ(reply.status, 0) << reply.out;
  EXPECT_NE(reply.out.find("\"done\": 1000"), std::string::npos) << reply.out;
}

INSTANTIATE_TEST_SUITE_P(Long, Cycle, testing::ValuesIn(kinds),
                         [](const auto &info) { return std::string(info.param.name); });

// There is no udev in the machine: host-setup gives the card that came back to VFIO again.
TEST(LongPlug, ACardIsPulledOutAndPutBack)
{
  Machine &machine = ready_machine();
  Forwarder platter(machine, wire_yaml(machine, 0, 1));
  for (unsigned i = 0; i < 2; i++) {
    expect_carries(machine, 0, 1, i);
    machine.monitor("device_del nic1");
    ASSERT_GE(platter.link_becomes("right", "absent", 120), 0) << platter.said();
    ASSERT_NE(machine
                  .run("for i in {1..600}; do [[ -e /sys/bus/pci/devices/" + machine.address(1) +
                       " ]] || break; sleep 0.1; done; "
                       "[[ -e /sys/bus/pci/devices/" +
                       machine.address(1) + " ]]")
                  .status,
              0);
    machine.cable(0).send(numbered_frames(1)[0]);
    EXPECT_EQ(machine.monitor("device_add " + machine.device(1)), "");
    machine.must("for i in {1..600}; do [[ -e /sys/bus/pci/devices/" + machine.address(1) +
                 " ]] && break; sleep 0.1; done");
    prepare(machine, {0, 1});
    ASSERT_GE(platter.link_becomes("right", "up", 120), 0) << platter.said();
    machine.cable(1).receive_all(0.5);
  }
  expect_carries(machine, 0, 1, 2);
  expect_carries(machine, 1, 0, 3);
  EXPECT_GT(platter.expect_clean_end()["ports"]["right"]["drops"]["absent"].number(), 0);
}

// qemu's vmxnet3 is the one of these that has more than one queue.
TEST(LongQueues, TwoToReceiveInBothLayouts)
{
  Machine &machine = ready_machine();
  for (const char *layout : {"pipeline", "run-to-completion"}) {
    Forwarder platter(machine, wire_yaml(machine, 4, 5, ", rx_queues: 2") +
                                   "workers: {layout: " + layout + "}\n");
    EXPECT_EQ(platter.get("/platter/port,left")["rx_queues"].number(), 2);
    expect_carries(machine, 4, 5, 1);
    expect_carries(machine, 5, 4, 2);
    platter.expect_clean_end();
  }
}

// None of these NICs' drivers in DPDK 22.11 can take a link down: platter says so and forwards.
TEST(LongLinkFollow, SaysWhatTheseNicsCannotDo)
{
  Machine &machine = ready_machine();
  std::string yaml = wire_yaml(machine, 0, 5);
  yaml.replace(yaml.find("{wire: [left, right]}"), std::string("{wire: [left, right]}").size(),
               "{wire: {ports: [left, right], link_follow: true}}");
  Forwarder platter(machine, yaml);
  EXPECT_NE(platter.said().find("link_follow"), std::string::npos) << platter.said();
  expect_carries(machine, 0, 5, 1);
  platter.expect_clean_end();
}
} // namespace
