// SPDX-License-Identifier: BSD-3-Clause
// Frames that no kernel understands, sent and received raw: byte for byte, of every length.
#include <gtest/gtest.h>

#include "appliance.h"
#include "raw_port.h"

namespace
{
const std::string port_a = "net_af_packet0,iface=port_a";
const std::string port_b = "net_af_packet1,iface=port_b";
const std::string ours = "ether proto 0x88b5"; // for local experiments: IEEE 802, section 9.2.3

std::string tagged(const std::string &frame, const std::string &tag)
{
  return frame.substr(0, 12) + tag + frame.substr(12);
}

void expect_frames(const RawPort &from, const RawPort &to, const Frames &frames,
                   const Frames &expected)
{
  for (const std::string &frame : frames)
    from.send(frame);
  Frames got = to.receive(expected.size());
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); i++)
    EXPECT_EQ(got[i], expected[i]) << "frame " << i << " of " << expected[i].size() << " bytes";
}

TEST(Raw, ReflectedWithAddressesSwapped)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, "ports:\n  probe: {device: \"" + port_a +
                                          "\"}\nforward: [{reflect: [probe]}]\n");
  RawPort raw(kernels.a, "eth0", ours);
  Frames sent, expected;
  for (unsigned size = 60; size <= 1514; size += size < 70 || size > 1504 ? 1 : 61)
    sent.push_back(numbered_frames(1, size, size)[0]);
  for (const std::string &frame : sent)
    expected.push_back(swapped(frame));
  expect_frames(raw, raw, sent, expected);
  EXPECT_EQ(appliance.get("/platter/copies")["header_rewrite"]["packets"].number(), 0)
      << "a frame with one reader is rewritten in place";
  appliance.expect_clean_end();
}

TEST(Raw, SinkCountsAndDrops)
{
  Kernels kernels;
  Appliance appliance(kernels.middle,
                      "ports:\n  hole: {device: \"" + port_a + "\"}\nforward: [{sink: [hole]}]\n");
  RawPort raw(kernels.a, "eth0", ours);
  int64_t before = appliance.get("/platter/port,hole")["received"].number(); // the kernel's own
  for (const std::string &frame : numbered_frames(257, 100))
    raw.send(frame);
  auto counted = [&] { return appliance.get("/platter/port,hole")["received"].number() - before; };
  EXPECT_TRUE(eventually([&] { return counted() >= 257; })) << counted();
  EXPECT_EQ(appliance.get("/platter/drops")["sink"].number(),
            appliance.get("/platter/port,hole")["received"].number());
  EXPECT_EQ(raw.receive(1, 0.2).size(), 0u);
  appliance.expect_clean_end();
}

TEST(Raw, WireKeepsBytesAndOrder)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  RawPort a(kernels.a, "eth0", ours), b(kernels.b, "eth0", ours);
  Frames there = numbered_frames(257, 300, 1), back = numbered_frames(65, 1514, 2);
  expect_frames(a, b, there, there);
  expect_frames(b, a, back, back);
  appliance.expect_clean_end();
}

// The kernel takes the tag of a received frame out and keeps it beside: it has to be in the frame
// again at the far end, priority and all, with what was behind it.
TEST(Raw, VlanTagsStayInTheFrame)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  RawPort a(kernels.a, "eth0", "vlan"), b(kernels.b, "eth0", "vlan");
  const std::string vlan_7("\x81\x00\x00\x07", 4), vlan_4094("\x81\x00\xaf\xfe", 4);
  Frames plain = numbered_frames(33, 1500), once, twice;
  for (const std::string &frame : plain) {
    once.push_back(tagged(frame, vlan_7));
    twice.push_back(tagged(once.back(), vlan_4094));
  }
  expect_frames(a, b, once, once);
  expect_frames(b, a, twice, twice);
  appliance.expect_clean_end();
}
} // namespace
