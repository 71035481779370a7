// SPDX-License-Identifier: BSD-3-Clause
// Frames through real NIC drivers, DMA and an IOMMU, byte for byte and in their order.
#include <gtest/gtest.h>

#include "machine_of_all.h"

namespace
{
enum { ORDINARY = 1514, JUMBO = 9014 }; // bytes of the longest frame for an MTU of 1500 and of 9000

// The frames of every capture in pcaps/, up to this size.
Frames captured(size_t most)
{
  Frames all;
  for (const std::string &path : sample_captures())
    for (const std::string &frame : read_frames(path))
      if (frame.size() <= most)
        all.push_back(frame);
  return all;
}

// Short frames are filled up where they come in; virtio, which has no checksum on its wire, passes
// them as they are.
bool fills_up(unsigned nic)
{
  return nic < virtio_pair.left;
}

void expect_carried(unsigned from, unsigned to, const Frames &frames)
{
  Machine &machine = ready_machine();
  expect_frames(carry(machine.cable(from), machine.cable(to), frames),
                fills_up(from) ? filled_up(frames) : frames);
}

class Wire : public testing::TestWithParam<Pair>
{
protected:
  // There and back, and a clean end with nothing lost.
  void expect_forwards(const std::string &yaml, const Frames &frames)
  {
    Forwarder platter(ready_machine(), yaml);
    expect_carried(pair.left, pair.right, frames);
    expect_carried(pair.right, pair.left, numbered_frames(257, 64));
    EXPECT_EQ(platter.expect_clean_end()["accounting"]["received"].number(),
              static_cast<int64_t>(frames.size() + 257));
  }
  const Pair pair = GetParam();
};

class Captures : public Wire
{
};

class Jumbo : public Wire
{
};

class Longer : public Wire
{
};

TEST_P(Wire, Pipeline)
{
  expect_forwards(wire_yaml(ready_machine(), pair.left, pair.right) +
                      "workers: {layout: pipeline}\n",
                  numbered_frames(257, ORDINARY));
}

TEST_P(Captures, RunToCompletion)
{
  expect_forwards(wire_yaml(ready_machine(), pair.left, pair.right) +
                      "workers: {layout: run-to-completion}\n",
                  captured(ORDINARY));
}

TEST_P(Jumbo, WithAnMtuOf9000)
{
  Frames frames = captured(JUMBO);
  frames.push_back(numbered_frames(1, JUMBO)[0]);
  expect_forwards(wire_yaml(ready_machine(), pair.left, pair.right, ", mtu: 9000"), frames);
}

// What is longer than the MTU and a VLAN tag, e1000 and e1000e drop; vmxnet3 takes what one mbuf
// holds and counts the rest as errors; virtio takes all. Nothing of it harms what follows.
TEST_P(Longer, FramesThanTheMtuStayOutOrPassWhole)
{
  const Frames frames = {std::string(1522, 'a'), std::string(2048, 'b'), std::string(4000, 'c')};
  const size_t passed[] = {1, 1, 2, 3}; // by kind
  const Frames expected(frames.begin(), frames.begin() + passed[pair.left / 2]);
  Machine &machine = ready_machine();
  Forwarder platter(machine, wire_yaml(machine, pair.left, pair.right));
  expect_frames(carry(machine.cable(pair.left), machine.cable(pair.right), frames, 3), expected);
  expect_carried(pair.left, pair.right, numbered_frames(31, ORDINARY));
  platter.expect_clean_end();
}

std::string name_of(const testing::TestParamInfo<Pair> &info)
{
  return info.param.name;
}

// qemu's vmxnet3 has no part in Jumbo: frames of more than one buffer it does not give to DPDK.
INSTANTIATE_TEST_SUITE_P(Short, Wire, testing::ValuesIn(kinds), name_of);
INSTANTIATE_TEST_SUITE_P(Short, Captures, testing::ValuesIn(kinds), name_of);
INSTANTIATE_TEST_SUITE_P(Short, Jumbo, testing::Values(e1000e_pair), name_of);
INSTANTIATE_TEST_SUITE_P(Long, Longer, testing::ValuesIn(kinds), name_of);
INSTANTIATE_TEST_SUITE_P(Long, Wire, testing::ValuesIn(mixed), name_of);
INSTANTIATE_TEST_SUITE_P(Long, Captures, testing::ValuesIn(mixed), name_of);
INSTANTIATE_TEST_SUITE_P(Long, Jumbo, testing::Values(e1000_pair, virtio_pair), name_of);
} // namespace
