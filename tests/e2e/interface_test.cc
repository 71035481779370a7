// SPDX-License-Identifier: BSD-3-Clause
// The kernel's interfaces below ports: nothing merges frames there while platter has them, and what
// was changed is given back, also after a failed start and after SIGKILL.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "appliance.h"
#include "expect.h"
#include "raw_port.h"
#include "telemetry.h"

namespace
{
const std::string port_a = "net_af_packet0,iface=port_a";
const std::string port_b = "net_af_packet1,iface=port_b";

bool gro(const Namespace &where, const std::string &interface)
{
  return where.run("ethtool -k " + interface).find("generic-receive-offload: on") !=
         std::string::npos;
}

std::string link_of(const Namespace &where, const std::string &interface)
{
  return where.run("ip -d link show dev " + interface);
}

bool has(const std::string &text, const std::string &part)
{
  return text.find(part) != std::string::npos;
}

struct MergingKernels : Kernels {
  MergingKernels()
  {
    middle.run("ethtool -K port_a gro on; ethtool -K port_b gro on");
  }
};

TEST(Interface, TcpRunsAtFullSpeedWhereTheKernelWouldMergeFrames)
{
  MergingKernels kernels;
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  EXPECT_FALSE(gro(kernels.middle, "port_a"));
  EXPECT_TRUE(has(appliance.process().err(), "port a: rx-gro of 'port_a' is off while"))
      << appliance.process().err();
  ASSERT_TRUE(ping(kernels.a, "10.0.0.2"));
  double start = monotonic();
  EXPECT_EQ(transfer(kernels.a, kernels.b, "10.0.0.2", 16 << 20), "");
  EXPECT_LT(monotonic() - start, 20) << "6 Mbit/s are no full speed";
  EXPECT_EQ(appliance.get("/platter/drops")["too_long"].number(), 0);
  appliance.expect_clean_end();
  EXPECT_TRUE(gro(kernels.middle, "port_a"));
  EXPECT_TRUE(gro(kernels.middle, "port_b"));
}

// The kernel would put them together, for more than the ring's slots hold.
TEST(Interface, FragmentsStayFragments)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  ASSERT_TRUE(ping(kernels.a, "10.0.0.2"));
  EXPECT_EQ(echo_datagrams(kernels.a, kernels.b, "10.0.0.2", 20, 4000), 20u);
  EXPECT_EQ(appliance.get("/platter/drops")["too_long"].number(), 0);
  appliance.expect_clean_end();
}

// A frame that fills the slot may have been longer.
TEST(Interface, FramesThatMayHaveBeenCutAreDropped)
{
  Kernels kernels;
  for (const Namespace *kernel : {&kernels.a, &kernels.b})
    kernel->run("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set eth0 mtu 9000");
  kernels.middle.run("ip link set port_a mtu 9000; ip link set port_b mtu 9000");
  Appliance appliance(kernels.middle, wire_between(port_a, port_b));
  RawPort a(kernels.a, "eth0", ""), b(kernels.b, "eth0", "");
  const std::string tag("\x81\x00\x00\x07", 4);
  Frames whole;
  for (size_t length : {1980, 1982, 1981, 1983, 5000, 9014, 60}) {
    std::string plain = numbered_frames(1, length, length)[0];
    std::string tagged = std::string(plain).insert(12, tag);
    for (const std::string &frame : {plain, tagged}) {
      a.send(frame);
      if (length < 1982)
        whole.push_back(frame);
    }
  }
  Frames got = b.receive(whole.size());
  EXPECT_TRUE(got == whole) << got.size();
  EXPECT_EQ(b.receive(1, 0.1).size(), 0u);
  EXPECT_TRUE(eventually(
      [&] { return appliance.get("/platter/port,a")["drops"]["too_long"].number() == 8; }));
  EXPECT_TRUE(eventually([&] {
    return has(appliance.process().err(), "port a: frames of 1982 bytes and more come in");
  })) << appliance.process().err();
  appliance.expect_clean_end();
}

// The other end of a pair that leaves checksums to a NIC is named, where it can be seen.
TEST(Interface, ChecksumsLeftToANicAreSaid)
{
  Namespace middle;
  middle.run("ip link add port_a type veth peer name near; ip link set port_a up; "
             "ip link set near up; ethtool -K port_a gro off");
  const std::string sink = "ports: {a: {device: \"" + port_a + "\"}}\nforward: [{sink: [a]}]\n";
  {
    Appliance appliance(middle, sink);
    EXPECT_TRUE(has(appliance.process().err(), "`ethtool -K near tx off`"))
        << appliance.process().err();
    appliance.expect_clean_end();
  }
  middle.run("ethtool -K near tx off");
  {
    Appliance appliance(middle, sink);
    EXPECT_FALSE(has(appliance.process().err(), "ethtool")) << appliance.process().err();
    appliance.expect_clean_end();
  }
  Kernels apart;
  Appliance appliance(apart.middle, sink);
  EXPECT_TRUE(has(appliance.process().err(), "is in another network namespace"));
  appliance.expect_clean_end();
}

class GivenBack : public testing::TestWithParam<const char *>
{
protected:
  std::string device(const std::string &interface, int number) const
  {
    return std::string(GetParam()) + std::to_string(number) + ",iface=" + interface;
  }
  std::string with_mtu(unsigned b_mtu) const
  {
    return "ports:\n  a: {device: \"" + device("port_a", 0) + "\", mtu: 1400}\n  b: {device: \"" +
           device("port_b", 1) + "\", mtu: " + std::to_string(b_mtu) +
           "}\nforward: [{wire: [a, b]}]\n";
  }

  Kernels kernels_;
};

TEST_P(GivenBack, MtuAndPromiscuityAtTheEnd)
{
  Appliance appliance(kernels_.middle, with_mtu(1300));
  EXPECT_TRUE(has(link_of(kernels_.middle, "port_a"), "mtu 1400"));
  EXPECT_TRUE(has(link_of(kernels_.middle, "port_b"), "mtu 1300"));
  EXPECT_TRUE(has(link_of(kernels_.middle, "port_a"), "promiscuity 1"));
  kernels_.middle.run("ip link set port_b mtu 1200"); // which is not platter's to undo
  appliance.expect_clean_end();
  EXPECT_TRUE(has(link_of(kernels_.middle, "port_a"), "mtu 1500"));
  EXPECT_TRUE(has(link_of(kernels_.middle, "port_b"), "mtu 1200"));
  EXPECT_TRUE(has(link_of(kernels_.middle, "port_a"), "promiscuity 0"));
}

TEST_P(GivenBack, MtuAfterAFailedStart)
{
  std::string prefix = unique_prefix("given-back");
  Scratch dir;
  std::string file = dir.write("c.yaml", with_mtu(9000) + "telemetry: {prefix: " + prefix +
                                             "}\nmemory: {hugepages: off}\n");
  Ended ended = Process(platter_line({"run", file}), kernels_.middle.around()).wait();
  EXPECT_EQ(ended.status, FAILED) << ended.out << ended.err;
  EXPECT_TRUE(has(ended.err, "ports.b.mtu: 9000 asked")) << ended.err;
  EXPECT_TRUE(has(link_of(kernels_.middle, "port_a"), "mtu 1500"));
  EXPECT_TRUE(has(link_of(kernels_.middle, "port_a"), "promiscuity 0"));
  EXPECT_FALSE(std::filesystem::exists(runtime_directory(prefix)));
}

INSTANTIATE_TEST_SUITE_P(Drivers, GivenBack, testing::Values("net_af_packet", "net_af_xdp"),
                         [](const auto &param) { return std::string(param.param); });

// Killed with an MTU, an offload and a link changed.
class Killed : public testing::Test
{
protected:
  Killed()
  {
    Appliance appliance(kernels_.middle,
                        "ports:\n  a: {device: \"" + port_a + "\", mtu: 1400}\n  b: {device: \"" +
                            port_b + "\"}\nforward: [{wire: {ports: [a, b], link_follow: true}}]\n",
                        prefix_);
    auto link = [&] { return appliance.get("/platter/port,a")["link"].text(); };
    EXPECT_TRUE(eventually([&] { return link() == "up"; }));
    kernels_.b.run("ip link set eth0 down");
    EXPECT_TRUE(eventually([&] { return link() == "down (follows b)"; }));
    appliance.process().signal(SIGKILL);
    EXPECT_EQ(appliance.process().wait(10).status, 128 + SIGKILL);
    appliance.keep_directory();
    std::string port_a = link_of(kernels_.middle, "port_a");
    EXPECT_TRUE(has(port_a, "state DOWN")) << port_a;
    EXPECT_TRUE(has(port_a, "mtu 1400")) << port_a;
    EXPECT_TRUE(has(port_a, "promiscuity 0")) << port_a;
    EXPECT_FALSE(gro(kernels_.middle, "port_a"));
  }
  ~Killed() override
  {
    std::error_code ignored;
    std::filesystem::remove_all(runtime_directory(prefix_), ignored);
  }
  Ended restore(std::vector<std::string> which = {}) const
  {
    if (which.empty())
      which = {"--prefix", prefix_};
    which.insert(which.begin(), "restore");
    return Process(platter_line(which), kernels_.middle.around()).wait();
  }
  void expect_given_back() const
  {
    std::string port_a = link_of(kernels_.middle, "port_a");
    EXPECT_TRUE(has(port_a, ",UP")) << port_a;
    EXPECT_TRUE(has(port_a, "mtu 1500")) << port_a;
    EXPECT_TRUE(gro(kernels_.middle, "port_a"));
    EXPECT_TRUE(gro(kernels_.middle, "port_b"));
  }

  MergingKernels kernels_;
  std::string prefix_ = unique_prefix("killed");
};

TEST_F(Killed, AllIsGivenBackByRestore)
{
  Ended ended = restore();
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_TRUE(has(ended.out, "'port_a' has its mtu back: 1500 in place of 1400")) << ended.out;
  expect_given_back();
  EXPECT_FALSE(std::filesystem::exists(runtime_directory(prefix_) + "/interfaces"));
  ended = restore();
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(ended.out, "");
}

TEST_F(Killed, AllIsGivenBackByTheNextStart)
{
  Appliance next(kernels_.middle,
                 "ports: {b: {device: \"" + port_b + "\"}}\nforward: [{sink: [b]}]\n", prefix_);
  EXPECT_TRUE(has(next.process().err(), "'port_a' has its mtu back: 1500 in place of 1400"))
      << next.process().err();
  Ended ended = restore();
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_TRUE(has(ended.err, "another platter runs with the prefix")) << ended.err;
  next.expect_clean_end();
  expect_given_back();
}

// As a service's end does, which knows no prefixes. One that runs is left alone.
TEST_F(Killed, AllIsGivenBackByRestoreAll)
{
  MergingKernels others;
  Appliance other(others.middle, wire_between(port_a, port_b));
  Ended ended = restore({"--all"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_TRUE(has(ended.out, "'port_a' has its mtu back: 1500 in place of 1400")) << ended.out;
  expect_given_back();
  EXPECT_FALSE(gro(others.middle, "port_a")) << "of the one that runs";
  other.expect_clean_end();
  EXPECT_EQ(restore({"--all", "--prefix", prefix_}).status, USAGE);
}

// What somebody has set since is not touched, and nothing is done in another namespace.
TEST_F(Killed, OnlyWhatIsStillAsItWasLeft)
{
  Namespace elsewhere;
  Scratch dir;
  kernels_.middle.run("ip link set port_a mtu 1350");
  EXPECT_EQ(restore().status, OK);
  EXPECT_TRUE(has(link_of(kernels_.middle, "port_a"), "mtu 1350"));
  EXPECT_TRUE(gro(kernels_.middle, "port_a"));
}
} // namespace
