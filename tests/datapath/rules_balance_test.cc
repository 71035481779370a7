// SPDX-License-Identifier: BSD-3-Clause
// Balancing: flows keep their member, in both directions and when another one goes down.
#include "rules_bed.h"

namespace
{

// The same flow, there and back: addresses of both kinds and ports from a seed.
Bytes flow(unsigned seed, bool back)
{
  Bytes bytes = frame(64);
  const uint8_t ip[20] = {0x45,
                          0,
                          0,
                          50,
                          0,
                          0,
                          0,
                          0,
                          64,
                          17,
                          0,
                          0,
                          10,
                          0,
                          static_cast<uint8_t>(seed >> 8),
                          static_cast<uint8_t>(seed),
                          10,
                          1,
                          2,
                          3};
  const uint8_t udp[8] = {0x12, static_cast<uint8_t>(seed), 0, 53, 0, 30, 0, 0};
  std::copy(std::begin(ip), std::end(ip), bytes.begin() + 14);
  std::copy(std::begin(udp), std::end(udp), bytes.begin() + 34);
  if (back) {
    std::swap_ranges(bytes.begin() + 26, bytes.begin() + 30, bytes.begin() + 30);
    std::swap_ranges(bytes.begin() + 34, bytes.begin() + 36, bytes.begin() + 36);
  }
  return bytes;
}

class Balance : public Rules
{
protected:
  // Which of B, C, D got a reference to flow `seed`; N_PORTS: none.
  unsigned member(unsigned seed, bool back)
  {
    pass(A, {flow(seed, back)});
    unsigned found = N_PORTS;
    for (unsigned port : {B, C, D}) {
      Packets out = read(port);
      if (!out.empty()) {
        EXPECT_EQ(found, static_cast<unsigned>(N_PORTS)) << "one member only";
        EXPECT_EQ(out.size(), 1u);
        found = port;
      }
      release(out);
    }
    return found;
  }

  void start_balance()
  {
    start_rules("  - { from: [a], match: \"udp\", balance: [b, c, d] }\n", "0",
                "sink: [a, b, c, d]");
  }
};

TEST_F(Balance, BothDirectionsOfAFlowGoToOneMemberAndFlowsSpread)
{
  start_balance();
  unsigned flows[N_PORTS + 1] = {};
  for (unsigned seed = 0; seed < 600; seed++) {
    unsigned there = member(seed, false);
    EXPECT_EQ(member(seed, true), there);
    flows[there]++;
  }
  for (unsigned port : {B, C, D})
    EXPECT_NEAR(flows[port], 200, 50);
}

TEST_F(Balance, AMemberThatGoesDownMovesOnlyItsOwnFlows)
{
  start_balance();
  std::vector<unsigned> before;
  for (unsigned seed = 0; seed < 300; seed++)
    before.push_back(member(seed, false));
  datapath_links(&datapath, 0xf & ~(1u << C));
  unsigned moved[N_PORTS + 1] = {};
  for (unsigned seed = 0; seed < 300; seed++) {
    unsigned now = member(seed, false);
    if (before[seed] != C)
      EXPECT_EQ(now, before[seed]);
    else
      moved[now]++;
  }
  EXPECT_GT(moved[B], 20u);
  EXPECT_GT(moved[D], 20u);
  EXPECT_EQ(moved[C], 0u);
  datapath_links(&datapath, 0x1);
  EXPECT_EQ(member(0, false), static_cast<unsigned>(N_PORTS));
  EXPECT_EQ(dropped(before[0], "mirror_down"), 1u);
}

} // namespace
