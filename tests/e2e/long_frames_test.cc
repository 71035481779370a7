// SPDX-License-Identifier: BSD-3-Clause
// Frames as long as each driver's device takes, and one byte longer: these are dropped and counted,
// all others arrive, in order, and what counts as transmitted has arrived.
#include <gtest/gtest.h>

#include "appliance.h"
#include "raw_port.h"

namespace
{
const std::string customer("\x81\x00\x00\x07", 4), service("\x88\xa8\x00\x07", 4);

// One that is `length` bytes long with its tags.
std::string frame_of(size_t length, const std::string &tags = "")
{
  return numbered_frames(1, length - tags.size(), length)[0].insert(12, tags);
}

struct Device {
  const char *name;
  const char *string;
  const char *interface;                  // where platter's end is
  size_t plain, customer, service, twice; // the longest frame without and with such tags
};

// Frames that fit and frames that do not in turn, each by one byte; at the end one that fits.
void make_frames(const Device &device, Frames &all, Frames &fit)
{
  const std::pair<size_t, std::string> longest[] = {{device.plain, ""},
                                                    {device.customer, customer},
                                                    {device.service, service},
                                                    {device.twice, customer + customer}};
  for (const auto &[length, tags] : longest) {
    all.push_back(frame_of(length, tags));
    fit.push_back(all.back());
    all.push_back(frame_of(length + 1, tags));
  }
  all.push_back(frame_of(64));
  fit.push_back(all.back());
}

std::string source()
{
  return "net_pcap0,iface=port_a"; // takes frames of any length
}

// The kernels say nothing of their own.
struct QuietKernels : Kernels {
  QuietKernels()
  {
    for (const Namespace *kernel : {&a, &b})
      kernel->run("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6");
    a.run("ip link set eth0 mtu 9000");
    middle.run("ip link set port_a mtu 9000");
  }
};

class LongFrames : public testing::TestWithParam<Device>
{
protected:
  LongFrames()
  {
    make_frames(GetParam(), all_, fit_);
  }

  // Where what platter sends arrives: at the far end of the cable, or in the kernel above a tap.
  RawPort far_end() const
  {
    bool tap = std::string(GetParam().name) == "tap";
    return {tap ? kernels_.middle : kernels_.b, tap ? "tap_b" : "eth0", ""};
  }
  void send(const Frames &frames) const
  {
    RawPort a(kernels_.a, "eth0", "");
    for (const std::string &frame : frames)
      a.send(frame);
  }
  void expect_arrive(const RawPort &far, const Frames &expected) const
  {
    Frames got = far.receive(expected.size());
    ASSERT_EQ(got.size(), expected.size());
    for (size_t i = 0; i < got.size(); i++)
      EXPECT_EQ(got[i], expected[i]) << "frame " << i << " of " << expected[i].size() << " bytes";
    EXPECT_EQ(far.receive(1, 0.1).size(), 0u);
  }
  // Of port b.
  void expect_figures(const Appliance &appliance, size_t fit, size_t too_long) const
  {
    Json port;
    EXPECT_TRUE(eventually([&] {
      port = appliance.get("/platter/port,b");
      return port["drops"]["too_long"].number() == static_cast<double>(too_long) &&
             port["transmitted"].number() == static_cast<double>(fit);
    })) << port["drops"]["too_long"].number();
    EXPECT_EQ(port["transmit_errors"].number(), 0);
  }

  void expect_all_at_c(const Appliance &appliance) const
  {
    auto sent = [&] { return appliance.get("/platter/port,c")["transmitted"].number(); };
    EXPECT_TRUE(eventually([&] { return sent() == static_cast<double>(all_.size()); })) << sent();
  }

  QuietKernels kernels_;
  Frames all_, fit_;
};

TEST_P(LongFrames, ByOneByte)
{
  Appliance appliance(kernels_.middle, wire_between(source(), GetParam().string));
  RawPort far = far_end();
  send(all_);
  expect_arrive(far, fit_);
  expect_figures(appliance, fit_.size(), all_.size() - fit_.size());
  appliance.expect_clean_end();
}

TEST_P(LongFrames, ThroughABridge)
{
  Appliance appliance(kernels_.middle, "ports:\n  a: {device: \"" + source() +
                                           "\"}\n  b: {device: \"" + GetParam().string +
                                           "\"}\n  c: {device: \"net_null3,no-rx=1\"}\n"
                                           "forward: [{bridge: {ports: [a, b, c]}}]\n");
  RawPort far = far_end();
  send(all_);
  expect_arrive(far, fit_);
  expect_figures(appliance, fit_.size(), all_.size() - fit_.size());
  expect_all_at_c(appliance);
  appliance.expect_clean_end();
}

TEST_P(LongFrames, ToAMirror)
{
  Appliance appliance(kernels_.middle, "ports:\n  a: {device: \"" + source() +
                                           "\"}\n  b: {device: \"" + GetParam().string +
                                           "\"}\n  c: {device: \"net_null3,no-rx=1\"}\n"
                                           "forward: [{wire: [a, c]}, {sink: [b]}]\nrules: "
                                           "[{match: \"\", from: [a], mirror: [b]}]\n");
  RawPort far = far_end();
  send(all_);
  expect_arrive(far, fit_);
  expect_figures(appliance, fit_.size(), all_.size() - fit_.size());
  expect_all_at_c(appliance);
  appliance.expect_clean_end();
}

// af_packet: 14 bytes over the MTU, and four for a customer tag alone. A veth pair: four for any.
// net_tap: twenty-two.
INSTANTIATE_TEST_SUITE_P(
    Drivers, LongFrames,
    testing::Values(Device{"af_packet", "net_af_packet1,iface=port_b", "port_b", 1514, 1518, 1514,
                           1518},
                    Device{"af_xdp", "net_af_xdp1,iface=port_b", "port_b", 1518, 1518, 1518, 1518},
                    Device{"pcap", "net_pcap1,iface=port_b", "port_b", 1514, 1518, 1514, 1518},
                    Device{"tap", "net_tap1,iface=tap_b", "tap_b", 1522, 1522, 1522, 1522}),
    [](const auto &param) { return std::string(param.param.name); });

// What the kernel's interface takes is asked again while platter runs.
TEST(LongFramesLater, TheInterfacesMtuChanges)
{
  QuietKernels kernels;
  kernels.b.run("ip link set eth0 mtu 1700");
  Appliance appliance(kernels.middle, wire_between(source(), "net_af_packet1,iface=port_b"));
  RawPort a(kernels.a, "eth0", ""), b(kernels.b, "eth0", "");
  auto arrives = [&](size_t length) {
    a.send(frame_of(length));
    return b.receive(1, 0.3).size() == 1;
  };
  EXPECT_TRUE(arrives(1514));
  EXPECT_FALSE(arrives(1515));
  kernels.middle.run("ip link set port_b mtu 1600");
  EXPECT_TRUE(eventually([&] { return arrives(1614); }));
  EXPECT_FALSE(arrives(1615));
  kernels.middle.run("ip link set port_b mtu 1000");
  EXPECT_TRUE(eventually([&] { return !arrives(1015); }));
  EXPECT_TRUE(arrives(1014));
  appliance.expect_clean_end();
}

// A frame in one mbuf that is larger than those of the pool where the driver copies it to: it wrote
// over what stood behind.
TEST(LongFramesInOneMbuf, AfXdpTakesNoneOverItsBuffer)
{
  QuietKernels kernels;
  Scratch dir;
  kernels.middle.run("ip link set port_b mtu 3000");
  kernels.b.run("ip link set eth0 mtu 3000");
  Frames frames;
  for (size_t length : {2048, 2049, 64, 3014, 3015, 9014, 2048, 100})
    frames.push_back(frame_of(length));
  write_frames(dir / "in.pcap", frames);
  RawPort b(kernels.b, "eth0", "");
  Appliance appliance(kernels.middle,
                      wire_between("replay,file=" + dir / "in.pcap" + ",loop=20,rate=500pps",
                                   "net_af_xdp1,iface=port_b"));
  Frames got = b.receive(80, 10);
  ASSERT_EQ(got.size(), 80u);
  const size_t fit[] = {0, 2, 6, 7};
  for (size_t i = 0; i < got.size(); i++)
    EXPECT_EQ(got[i], frames[fit[i % 4]]) << i;
  EXPECT_TRUE(eventually(
      [&] { return appliance.get("/platter/port,b")["drops"]["too_long"].number() == 80; }));
  appliance.expect_clean_end(true);
}
} // namespace
