// SPDX-License-Identifier: BSD-3-Clause
// VLAN tags that NICs take off and put on by themselves, for a bridge that then writes no byte.
#include <gtest/gtest.h>

#include "nics.h"

namespace
{
enum { TRUNK_A, TRUNK_B, ACCESS }; // an e1000e, a vmxnet3, an e1000

// A frame from station `from` to station `to` (0: all), with a tag where `tci` is not -1.
std::string frame(unsigned to, unsigned from, int tci, unsigned number)
{
  std::string bytes = to == 0 ? std::string(6, '\xff') : std::string("\x02\0\0\0\0", 5) + char(to);
  bytes += std::string("\x02\0\0\0\0", 5) + char(from);
  if (tci >= 0)
    bytes += std::string("\x81\0", 2) + char(tci >> 8) + char(tci);
  bytes += "\x88\xb5";
  for (unsigned i = 0; i < 100 + number; i++)
    bytes += char(i * 7 + number);
  return bytes;
}

Frames frames(unsigned to, unsigned from, int tci, unsigned n)
{
  Frames all;
  for (unsigned i = 0; i < n; i++)
    all.push_back(frame(to, from, tci, i));
  return all;
}

// Control learns a moment later; until then frames to the station are flooded.
bool learns(Forwarder &platter, unsigned stations)
{
  for (unsigned i = 0; i < 300; i++) {
    if (platter.get("/platter/bridge,bridge0")["entries"].number() == stations)
      return true;
    rest(0.1);
  }
  return false;
}

TEST(Vlan, TagsAreLeftToTheNics)
{
  Machine machine({{"e1000e", "vmxnet3", "e1000"}});
  prepare(machine, {TRUNK_A, TRUNK_B, ACCESS});
  const Cable &a = machine.cable(TRUNK_A), &b = machine.cable(TRUNK_B), &c = machine.cable(ACCESS);
  Forwarder platter(machine, "ports:\n" + port_yaml(machine, "a", TRUNK_A) +
                                 port_yaml(machine, "b", TRUNK_B) +
                                 port_yaml(machine, "c", ACCESS) +
                                 "forward: [{bridge: {ports: {a: {trunk: [10, 30]}, "
                                 "b: {trunk: [10, 30]}, c: {access: 10}}}}]\n");
  for (const char *port : {"a", "b", "c"}) {
    const std::string command = std::string("/platter/port,") + port;
    EXPECT_EQ(platter.get(command)["vlan_strip"].text(), "nic");
    EXPECT_EQ(platter.get(command)["vlan_insert"].text(), "nic");
    ASSERT_GE(platter.link_becomes(port, "up"), 0) << port;
  }

  // Station 3 is heard by all of VLAN 10: the trunks see it with a tag that their NICs put on.
  ASSERT_TRUE(c.send(frame(0, 3, -1, 1)));
  std::string heard;
  ASSERT_TRUE(a.receive(heard, 30));
  EXPECT_EQ(heard, frame(0, 3, 10, 1));
  ASSERT_TRUE(b.receive(heard, 30));
  EXPECT_EQ(heard, frame(0, 3, 10, 1));

  ASSERT_TRUE(learns(platter, 1));

  // To it, without the tag that a's NIC took off, whatever its priority; between trunks with it.
  const int priority = 5 << 13;
  EXPECT_TRUE(carry(a, c, frames(3, 1, 10 | priority, 65)) == frames(3, 1, -1, 65));
  ASSERT_TRUE(learns(platter, 2));
  EXPECT_TRUE(carry(c, a, frames(1, 3, -1, 65)) == frames(1, 3, 10, 65));
  EXPECT_TRUE(carry(b, a, frames(1, 2, 10 | priority, 33)) == frames(1, 2, 10 | priority, 33));
  EXPECT_TRUE(carry(a, b, frames(0, 1, 30, 31)) == frames(0, 1, 30, 31));
  EXPECT_TRUE(c.receive_all().empty());
  platter.expect_clean_end(); // and no byte was copied
}
} // namespace
