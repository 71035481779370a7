// SPDX-License-Identifier: BSD-3-Clause
// A wire that is like one cable: what one far end loses, the other one sees. Cables are veth pairs,
// so that the far ends have real carriers.
#include <gtest/gtest.h>

#include <csignal>

#include "appliance.h"
#include "expect.h"

namespace
{

const std::string port_a = "net_af_packet0,iface=port_a";
const std::string port_b = "net_af_packet1,iface=port_b";
const std::string follows_a = "down (follows a)";
const std::string follows_b = "down (follows b)";

std::string following(const std::string &a, const std::string &b)
{
  return "ports:\n  a: {device: \"" + a + "\"}\n  b: {device: \"" + b +
         "\"}\nforward: [{wire: {ports: [a, b], link_follow: true}}]\n";
}

// Whether the far end's own interface has a carrier.
bool carrier(const Namespace &kernel)
{
  return kernel.run("ethtool eth0").find("Link detected: yes") != std::string::npos;
}

bool becomes(const Appliance &appliance, const std::string &port, const std::string &state)
{
  return eventually([&] { return appliance.get("/platter/port," + port)["link"].text() == state; });
}

bool is_up(const Namespace &kernel, const std::string &interface)
{
  return kernel.run("ip -o link show dev " + interface).find(",UP") != std::string::npos;
}

void cut(const Namespace &kernel)
{
  kernel.run("ip link set eth0 down");
}

void mend(const Namespace &kernel)
{
  kernel.run("ip link set eth0 up");
}

class LinkFollow : public testing::TestWithParam<const char *>
{
protected:
  std::string port(const std::string &name, int number) const
  {
    return std::string(GetParam()) + std::to_string(number) + ",iface=" + name;
  }
  Kernels kernels_;
  Appliance appliance_{kernels_.middle, following(port("port_a", 0), port("port_b", 1))};
};

// It is terminated while it holds a side down, and releases that.
TEST_P(LinkFollow, CutAndMendedAtEitherEndUnderTraffic)
{
  ASSERT_TRUE(ping(kernels_.a, "10.0.0.2"));
  Process flood({"ping", "-q", "-f", "10.0.0.2"}, kernels_.a.around());
  cut(kernels_.b);
  EXPECT_TRUE(becomes(appliance_, "a", follows_b));
  EXPECT_TRUE(eventually([&] { return !carrier(kernels_.a); }));
  EXPECT_EQ(appliance_.get("/platter/ports")["a"]["link"].text(), follows_b);
  EXPECT_EQ(appliance_.get("/platter/ports")["b"]["link"].text(), "down");
  mend(kernels_.b);
  EXPECT_TRUE(becomes(appliance_, "a", "up"));
  EXPECT_TRUE(carrier(kernels_.a));
  EXPECT_TRUE(ping(kernels_.a, "10.0.0.2"));

  cut(kernels_.a);
  EXPECT_TRUE(becomes(appliance_, "b", follows_a));
  EXPECT_TRUE(eventually([&] { return !carrier(kernels_.b); }));
  EXPECT_EQ(appliance_.get("/platter/port,a")["times_held"].number(), 1);
  EXPECT_FALSE(is_up(kernels_.middle, "port_b"));
  Ended ended = appliance_.expect_clean_end();
  EXPECT_NE(ended.out.find("port b: taken down once, with the other side of its wire\n"),
            std::string::npos)
      << ended.out;
  EXPECT_TRUE(is_up(kernels_.middle, "port_b"));
  EXPECT_TRUE(carrier(kernels_.b));
}

INSTANTIATE_TEST_SUITE_P(Drivers, LinkFollow, testing::Values("net_af_packet", "net_af_xdp"),
                         [](const auto &param) { return std::string(param.param); });

TEST(LinkFollowBoth, CutAtOnceAndMendedInAnyOrder)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, following(port_a, port_b));
  ASSERT_TRUE(ping(kernels.a, "10.0.0.2"));
  for (const Namespace *first : {&kernels.a, &kernels.b}) {
    cut(kernels.a);
    cut(kernels.b);
    // The second cut may come when the first was noticed, or before.
    EXPECT_TRUE(eventually([&] {
      Json ports = appliance.get("/platter/ports");
      return ports["a"]["link"].text() != "up" && ports["b"]["link"].text() != "up";
    }));
    mend(*first);
    rest(0.5);
    mend(first == &kernels.a ? kernels.b : kernels.a);
    EXPECT_TRUE(eventually([&] { return carrier(kernels.a) && carrier(kernels.b); }, 30));
    EXPECT_TRUE(ping(kernels.a, "10.0.0.2"));
  }
  appliance.expect_clean_end();
}

// Nobody releases what a killed platter held; the next one does.
TEST(LinkFollowKilled, TheNextOneBringsBothSidesUp)
{
  Kernels kernels;
  {
    Appliance appliance(kernels.middle, following(port_a, port_b));
    cut(kernels.b);
    ASSERT_TRUE(becomes(appliance, "a", follows_b));
    appliance.process().signal(SIGKILL);
    appliance.process().wait(10);
  }
  EXPECT_FALSE(is_up(kernels.middle, "port_a"));
  mend(kernels.b);
  Appliance second(kernels.middle, following(port_a, port_b));
  EXPECT_TRUE(ping(kernels.a, "10.0.0.2"));
  second.expect_clean_end();
}

TEST(LinkFollowAbsent, AnInterfaceThatGoesTakesTheOtherSideDown)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, following(port_a, port_b));
  ASSERT_TRUE(ping(kernels.a, "10.0.0.2"));
  kernels.middle.run("ip link del port_b");
  EXPECT_TRUE(becomes(appliance, "a", follows_b));
  EXPECT_EQ(appliance.get("/platter/port,b")["link"].text(), "absent");
  EXPECT_FALSE(carrier(kernels.a));
  connect(kernels.middle, "port_b", kernels.b, "eth0");
  give_addresses(kernels.b, 2);
  EXPECT_TRUE(becomes(appliance, "a", "up"));
  EXPECT_TRUE(ping(kernels.a, "10.0.0.2"));
  appliance.expect_clean_end();
}

// The held side itself goes and comes back: it is held again.
TEST(LinkFollowAbsent, AHeldSideThatReturnsIsHeldAgain)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, following(port_a, port_b));
  cut(kernels.b);
  ASSERT_TRUE(becomes(appliance, "a", follows_b));
  kernels.middle.run("ip link del port_a");
  EXPECT_TRUE(becomes(appliance, "a", "absent"));
  connect(kernels.middle, "port_a", kernels.a, "eth0");
  give_addresses(kernels.a, 1);
  EXPECT_TRUE(becomes(appliance, "a", follows_b));
  EXPECT_TRUE(eventually([&] { return !carrier(kernels.a); }));
  mend(kernels.b);
  EXPECT_TRUE(ping(kernels.a, "10.0.0.2"));
  appliance.expect_clean_end();
}

// A driver that has a link of its own to take down: the tap's interface.
TEST(LinkFollowDriver, TakesItsLinkDown)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, following(port_a, "net_tap0,iface=tap_b"));
  EXPECT_TRUE(becomes(appliance, "b", "up"));
  cut(kernels.a);
  EXPECT_TRUE(becomes(appliance, "b", follows_a));
  EXPECT_FALSE(is_up(kernels.middle, "tap_b"));
  mend(kernels.a);
  EXPECT_TRUE(becomes(appliance, "b", "up"));
  EXPECT_TRUE(is_up(kernels.middle, "tap_b"));
  appliance.expect_clean_end();
}

TEST(LinkFollowFixed, DevicesWhoseLinkNobodyCanTakeDown)
{
  Scratch dir;
  std::string prefix = unique_prefix("follow");
  std::string file =
      dir.write("c.yaml", following("net_null0", "net_null1,no-rx=1") +
                              "telemetry: {prefix: " + prefix + "}\n" + memory_yaml());
  Ended ended = platter({"run", "--duration", "0.3", file});
  EXPECT_EQ(ended.status, OK) << ended.err;
  for (const char *line :
       {"warning: port a: link_follow: 'net_null0' has no link that platter can take down (",
        "): it stays up when b loses its own\n",
        "warning: port b: link_follow: 'net_null1,no-rx=1' has no link that platter can take"})
    EXPECT_NE(ended.err.find(line), std::string::npos) << ended.err;
  expect_closed_text(ended);
  ended = platter({"check", file});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.out.find("\nlink_follow: a and b\n"), std::string::npos) << ended.out;
}

} // namespace
