// SPDX-License-Identifier: BSD-3-Clause
// Cables that are pulled and put back, and interfaces that disappear, while platter forwards.
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "appliance.h"
#include "expect.h"
#include "pcap_file.h"

namespace
{
class Link : public testing::TestWithParam<const char *>
{
protected:
  std::string port(const std::string &name, int number) const
  {
    return std::string(GetParam()) + std::to_string(number) + ",iface=" + name;
  }

  Kernels kernels_;
  Appliance appliance_{kernels_.middle, wire_between(port("port_a", 0), port("port_b", 1))};

  std::string link(const std::string &name) const
  {
    return appliance_.get("/platter/port," + name)["link"].text();
  }
  bool becomes(const std::string &name, const std::string &state) const
  {
    return eventually([&] { return link(name) == state; }, 2);
  }

  // What the kernel had not sent when the interface went, af_xdp's driver does not free. platter
  // says so, and every packet is accounted for all the same.
  void expect_end_without_the_device()
  {
    appliance_.process().signal(SIGTERM);
    Ended ended = appliance_.process().wait(30);
    EXPECT_TRUE(ended.status == OK || ended.status == ACCOUNTING) << ended.out << ended.err;
    EXPECT_NE(ended.out.find(" + in flight 0: "), std::string::npos) << ended.out;
    EXPECT_EQ(ended.out.find("; off by"), std::string::npos) << ended.out;
    EXPECT_EQ(ended.status == ACCOUNTING, ended.out.find("mbufs came back") != std::string::npos)
        << ended.out;
  }
};

TEST_P(Link, GoesDownAndUpDuringTraffic)
{
  ASSERT_TRUE(ping(kernels_.a, "10.0.0.2"));
  EXPECT_TRUE(becomes("b", "up"));
  Process flood({"ping", "-q", "-f", "10.0.0.2"}, kernels_.a.around());
  for (unsigned round = 0; round < 3; round++) {
    kernels_.b.run("ip link set eth0 down");
    EXPECT_TRUE(becomes("b", "down")) << round;
    EXPECT_EQ(link("a"), "up");
    rest(0.5);
    kernels_.b.run("ip link set eth0 up");
    EXPECT_TRUE(becomes("b", "up")) << round;
    EXPECT_TRUE(ping(kernels_.a, "10.0.0.2")) << round;
  }
  EXPECT_GE(appliance_.get("/platter/port,b")["link_changes"].number(), 6);
  EXPECT_EQ(appliance_.get("/platter/port,a")["link_changes"].number(), 0);
  appliance_.expect_clean_end();
}

TEST_P(Link, PortsOwnInterfaceIsSetDownAndUp)
{
  ASSERT_TRUE(ping(kernels_.a, "10.0.0.2"));
  Process flood({"ping", "-q", "-f", "10.0.0.2"}, kernels_.a.around());
  kernels_.middle.run("ip link set port_b down");
  EXPECT_TRUE(becomes("b", "down"));
  kernels_.middle.run("ip link set port_b up");
  EXPECT_TRUE(becomes("b", "up"));
  EXPECT_TRUE(ping(kernels_.a, "10.0.0.2"));
  appliance_.expect_clean_end();
}

TEST_P(Link, InterfaceIsDeletedDuringTraffic)
{
  ASSERT_TRUE(ping(kernels_.a, "10.0.0.2"));
  Process flood({"ping", "-q", "-f", "10.0.0.2"}, kernels_.a.around());
  kernels_.middle.run("ip link del port_b");
  bool may_return = std::string(GetParam()) == "net_af_packet";
  EXPECT_TRUE(becomes("b", may_return ? "absent" : "down"));
  rest(0.5);
  EXPECT_TRUE(appliance_.process().running()) << appliance_.process().err();
  EXPECT_EQ(link("a"), "up");
  EXPECT_EQ(appliance_.get("/platter/accounting")["difference"].number(), 0);
  if (may_return)
    appliance_.expect_clean_end();
  else
    expect_end_without_the_device();
}

TEST_P(Link, InterfacesAreAsPromiscuousAsBefore)
{
  EXPECT_NE(kernels_.middle.run("ip -d link show dev port_a").find("promiscuity 1"),
            std::string::npos);
  appliance_.expect_clean_end();
  EXPECT_EQ(kernels_.middle.run("ip -d link").find("promiscuity 1"), std::string::npos);
  EXPECT_EQ(kernels_.middle.run("ip link").find("PROMISC"), std::string::npos);
  kernels_.middle.run("ip link set port_a promisc on");
  Appliance second(kernels_.middle, wire_between(port("port_a", 0), port("port_b", 1)));
  second.expect_clean_end();
  EXPECT_NE(kernels_.middle.run("ip link show dev port_a").find("PROMISC"), std::string::npos);
}

// The interface below a port is deleted and made again, as containers do, several times.
class Return : public testing::Test
{
protected:
  Return()
  {
    set_address();
  }
  // A's kernel knows B by it, and would take its time to learn another.
  void set_address()
  {
    kernels_.b.run("ip link set eth0 address 02:00:00:00:00:02");
  }
  void plug()
  {
    connect(kernels_.middle, "port_b", kernels_.b, "eth0");
    set_address();
    give_addresses(kernels_.b, 2);
  }
  Json port_b() const
  {
    return appliance_.get("/platter/port,b");
  }

  Kernels kernels_;
  Appliance appliance_{kernels_.middle,
                       wire_between("net_af_packet0,iface=port_a", "net_af_packet1,iface=port_b")};
};

TEST_F(Return, TrafficFlowsAgain)
{
  ASSERT_TRUE(ping(kernels_.a, "10.0.0.2"));
  Process flood({"ping", "-q", "-f", "10.0.0.2"}, kernels_.a.around());
  double received = 0;
  for (unsigned round = 1; round <= 3; round++) {
    kernels_.middle.run("ip link del port_b");
    ASSERT_TRUE(eventually([&] { return port_b()["link"].text() == "absent"; }, 5)) << round;
    EXPECT_EQ(port_b()["absences"].number(), round);
    EXPECT_GE(port_b()["received"].number(), received);
    EXPECT_TRUE(eventually([&] { return port_b()["drops"]["absent"].number() > 0; }, 5));
    EXPECT_EQ(appliance_.get("/platter/accounting")["difference"].number(), 0);
    plug();
    ASSERT_TRUE(eventually([&] { return port_b()["link"].text() == "up"; }, 10)) << round;
    expect_reachable(kernels_, 1 << 16);
    received = port_b()["received"].number();
  }
  EXPECT_NE(appliance_.process().err().find("port b: its device"), std::string::npos);
  Ended ended = appliance_.expect_clean_end();
  EXPECT_NE(ended.out.find("port b: its device went 3 times\n"), std::string::npos) << ended.out;
}

TEST_F(Return, EndsCleanWhileItIsAway)
{
  ASSERT_TRUE(ping(kernels_.a, "10.0.0.2"));
  Process flood({"ping", "-q", "-f", "10.0.0.2"}, kernels_.a.around());
  kernels_.middle.run("ip link del port_b");
  ASSERT_TRUE(eventually([&] { return port_b()["link"].text() == "absent"; }, 5));
  Ended ended = appliance_.expect_clean_end();
  EXPECT_NE(ended.out.find("port b: its device went once; at the end it was away\n"),
            std::string::npos)
      << ended.out;
}

// A driver that waits for the kernel: net_pcap, for who reads from its pipe.
class Stuck : public testing::Test
{
protected:
  Stuck()
  {
    kernels_.a.run("ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0");
    Process flood({"ping", "-q", "-f", "-l", "300", "-s", "1400", "10.0.0.2"}, kernels_.a.around());
    EXPECT_TRUE(eventually([&] { return in_write(); }));
  }
  ~Stuck() override
  {
    close(pipe_);
  }

  // Whether one of platter's threads waits in write(2), as the kernel shows it.
  bool in_write()
  {
    const std::string tasks = "/proc/" + std::to_string(appliance_.process().pid()) + "/task/";
    const std::string write_to = std::to_string(SYS_write) + " ";
    for (const std::string &task : list_directory(tasks))
      if (read_file(tasks + task + "/syscall").rfind(write_to, 0) == 0)
        return true;
    return false;
  }
  bool a_becomes(const char *state) const
  {
    return eventually([&] { return appliance_.get("/platter/port,a")["link"].text() == state; });
  }
  std::string file(const std::string &name) const
  {
    return dir_ / name;
  }
  int make_files() const
  {
    write_frames(file("none.pcap"), {});
    EXPECT_EQ(mkfifo(file("pipe").c_str(), 0666), 0);
    return open(file("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }

  Kernels kernels_;
  Scratch dir_;
  int pipe_ = make_files();
  Appliance appliance_{kernels_.middle, wire_between("net_af_packet0,iface=port_a",
                                                     "net_pcap1,rx_pcap=" + file("none.pcap") +
                                                         ",tx_pcap=" + file("pipe"))};
};

// Control goes on, says so once, and lets the other port's device go when the worker has come out.
TEST_F(Stuck, HoldsUpNobodyElse)
{
  const std::string complaint = "is to go, but a worker does not come out of a driver";
  kernels_.middle.run("ip link del port_a");
  EXPECT_TRUE(a_becomes("down"));
  EXPECT_TRUE(
      eventually([&] { return appliance_.process().err().find(complaint) != std::string::npos; }));
  double seconds = appliance_.get("/platter/info")["uptime_seconds"].real();
  EXPECT_TRUE(eventually(
      [&] { return appliance_.get("/platter/info")["uptime_seconds"].real() >= seconds + 3; }));
  EXPECT_EQ(appliance_.get("/platter/accounting")["consistent"].dump(), "false");
  std::string said = appliance_.process().err();
  EXPECT_EQ(said.find(complaint), said.rfind(complaint)) << said;
  const std::string driver = " has not come back from the driver of port b (net_pcap)";
  EXPECT_NE(said.find(driver), std::string::npos) << said;
  EXPECT_EQ(said.find(driver), said.rfind(driver)) << "once: " << said;

  std::atomic<bool> over = false;
  std::thread reader([&] {
    for (char bytes[4096]; !over; rest(0.001))
      while (read(pipe_, bytes, sizeof(bytes)) > 0)
        ;
  });
  EXPECT_TRUE(a_becomes("absent"));
  connect(kernels_.middle, "port_a", kernels_.a, "eth0");
  EXPECT_TRUE(a_becomes("up"));
  EXPECT_TRUE(
      eventually([&] { return appliance_.get("/platter/accounting")["consistent"].is_true(); }));
  EXPECT_NE(appliance_.process().err().find(" is back after "), std::string::npos);
  appliance_.expect_clean_end();
  over = true;
  reader.join();
}

// It is named, and only it.
TEST_F(Stuck, IsNamedAtTheEnd)
{
  const std::string named = " does not come back from the driver of port ";
  appliance_.process().signal(SIGTERM);
  double told = monotonic();
  Ended ended = appliance_.process().wait(30);
  EXPECT_EQ(ended.status, ACCOUNTING) << ended.out << ended.err;
#ifndef SANITIZED
  EXPECT_LT(monotonic() - told, 4.5) << "two seconds to drain, one for the worker";
#endif
  EXPECT_NE(ended.out.find(": NOT CLOSED"), std::string::npos) << ended.out;
  EXPECT_NE(ended.err.find(" has not come back from the driver of port b (net_pcap)"),
            std::string::npos)
      << ended.err;
  EXPECT_NE(ended.out.find(named), std::string::npos) << ended.out;
  EXPECT_EQ(ended.out.find(named), ended.out.rfind(named)) << ended.out;
}

INSTANTIATE_TEST_SUITE_P(Drivers, Link, testing::Values("net_af_packet", "net_af_xdp"),
                         [](const auto &param) { return std::string(param.param); });
} // namespace
