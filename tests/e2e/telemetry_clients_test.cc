// SPDX-License-Identifier: BSD-3-Clause
// Telemetry clients that are many, hang up or never read: nothing for the others, nothing for the
// traffic.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "appliance.h"
#include "under_traffic.h"
#include "unix_socket.h"

TEST_F(UnderTraffic, AHundredClientsAtOnce)
{
  std::vector<std::unique_ptr<Telemetry>> hundred;
  while (hundred.size() < 100) {
    hundred.push_back(std::make_unique<Telemetry>(path));
    ASSERT_TRUE(hundred.back()->greeted()) << hundred.size();
  }
  for (const auto &one : hundred)
    EXPECT_TRUE(one->get("/platter/accounting")["closed"].is_true());
  EXPECT_TRUE(client->get("/platter/accounting")["closed"].is_true());
}

// Silent ones lock nobody out: the one that has been silent for longest goes.
TEST_F(UnderTraffic, MoreClientsThanThereIsRoomFor)
{
  std::vector<std::unique_ptr<Telemetry>> many;
  while (many.size() < 300) {
    many.push_back(std::make_unique<Telemetry>(path));
    ASSERT_TRUE(many.back()->greeted()) << many.size();
    if (many.size() % 50 == 0) {
      ASSERT_TRUE(client->get("/platter/accounting")["closed"].is_true()) << "who asks stays";
    }
  }
  EXPECT_FALSE(many.front()->ask("/platter/info"));
  EXPECT_TRUE(many.back()->ask("/platter/info"));
}

// Without a descriptor for the next client, one that is silent gives its own; and when there are
// descriptors again, nothing has ended.
TEST_F(UnderTraffic, NoDescriptorLeft)
{
  struct rlimit usual;
  ASSERT_EQ(prlimit(process->pid(), RLIMIT_NOFILE, nullptr, &usual), 0);
  auto allow = [&](rlim_t descriptors) {
    struct rlimit limit = {descriptors, usual.rlim_max};
    ASSERT_EQ(prlimit(process->pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  };
  rlim_t last = 0;
  for (const std::string &name : list_directory("/proc/" + std::to_string(process->pid()) + "/fd"))
    last = std::max<rlim_t>(last, std::stoul(name));
  allow(last + 1);
  std::vector<std::unique_ptr<Telemetry>> many;
  while (many.size() < 40) {
    many.push_back(std::make_unique<Telemetry>(path));
    ASSERT_TRUE(many.back()->greeted()) << many.size();
  }
  allow(3); // none of those that it could close
  EXPECT_FALSE(Telemetry(path, 0.3).greeted());
  allow(usual.rlim_cur);
  client = std::make_unique<Telemetry>(path);
  EXPECT_TRUE(client->ready());
}

TEST_F(UnderTraffic, ClientsThatHangUpBeforeTheReply)
{
  for (int i = 0; i < 300; i++) {
    Telemetry rude(path);
    ASSERT_TRUE(rude.greeted());
    rude.send(i % 2 == 0 ? "/platter/port,left" : "/platter/handoffs");
  }
  EXPECT_TRUE(Telemetry(path).ready());
  EXPECT_TRUE(client->get("/platter/accounting")["closed"].is_true());
}

TEST_F(UnderTraffic, ClientsThatHangUpBeforeTheGreeting)
{
  for (int i = 0; i < 300; i++) {
    int fd = connect_unix(path, SOCK_SEQPACKET);
    ASSERT_GE(fd, 0);
    if (i % 2 == 0)
      send(fd, "/platter/info", 13, MSG_NOSIGNAL);
    close(fd);
  }
  EXPECT_TRUE(Telemetry(path).ready());
  EXPECT_TRUE(client->get("/platter/accounting")["closed"].is_true());
}

// It is let go, and what it would not read is no burden any more.
TEST_F(UnderTraffic, AClientThatNeverReads)
{
  int fd = connect_unix(path, SOCK_SEQPACKET);
  ASSERT_GE(fd, 0);
  bool gone = false;
  for (double end = monotonic() + 15; !gone && monotonic() < end; rest(0.001))
    gone = send(fd, "/platter/ports", 14, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EPIPE;
  EXPECT_TRUE(gone);
  EXPECT_TRUE(client->get("/platter/accounting")["closed"].is_true());
  close(fd);
}

// Each gets the answer to its own question.
TEST_F(UnderTraffic, ManyThatAskDifferentThingsAtTheSameTime)
{
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; i++)
    threads.emplace_back([this, i] {
      Telemetry own(path);
      std::string name = i % 2 == 0 ? "left" : "right";
      std::string device = i % 2 == 0 ? "net_null0,size=64" : "net_null1,no-rx=1";
      for (int n = 0; n < 200; n++)
        EXPECT_EQ(own.get("/platter/port," + name)["device"].text(), device);
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(UnderTraffic, ManyThatAskAtTheSameTime)
{
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; i++)
    threads.emplace_back([this] {
      Telemetry own(path);
      for (int n = 0; n < 200; n++)
        EXPECT_TRUE(own.get("/platter/accounting")["closed"].is_true());
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(UnderTraffic, AClientThatStaysUntilTheEndAndBeyond)
{
  Telemetry late(path);
  ASSERT_TRUE(late.ready());
  std::thread asks([&late] {
    for (int i = 0; i < 100000 && late.ask("/platter/handoffs"); i++)
      ;
  });
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(10).status, OK);
  asks.join();
}

// Whoever may connect can see all, and ask without end.
TEST_F(UnderTraffic, TheSocketIsItsOwnersOnly)
{
  struct stat file;
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_TRUE(S_ISSOCK(file.st_mode));
  EXPECT_EQ(file.st_mode & 0777, 0600u);
}

// DPDK's telemetry looked at devices on threads of its own while they were closed.
TEST_F(UnderTraffic, StopsWhileClientsAskAboutDevices)
{
  for (int round = 0; round < 5; round++) {
    std::atomic<bool> over = false;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; i++)
      clients.emplace_back([&] {
        Telemetry own(path);
        while (!over && own.ask("/ethdev/xstats,0") && own.ask("/ethdev/info,1") &&
               own.ask("/mempool/info,frames_0"))
          ;
      });
    rest(0.05);
    process->signal(SIGTERM);
    Ended ended = process->wait(20);
    over = true;
    for (std::thread &one : clients)
      one.join();
    ASSERT_EQ(ended.status, OK) << ended.err;
    SetUp();
  }
}

TEST(TelemetryOfPortsThatGo, WhileClientsAskAboutThem)
{
  Kernels kernels;
  Appliance appliance(kernels.middle,
                      wire_between("net_af_packet0,iface=port_a", "net_af_packet1,iface=port_b"));
  std::atomic<bool> over = false;
  std::atomic<int> answers = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; i++)
    clients.emplace_back([&] {
      Telemetry own(appliance.telemetry());
      for (; !over && own.ask("/ethdev/xstats,0") && own.ask("/ethdev/info,0") &&
             own.ask("/ethdev/stats,0") && own.ask("/ethdev/link_status,0");)
        answers += 4;
    });
  auto becomes = [&](const std::string &link) {
    for (double end = monotonic() + 20; monotonic() < end; rest(0.02))
      if (appliance.get("/platter/port,a")["link"].text() == link)
        return true;
    return false;
  };
  for (int round = 0; round < 4; round++) {
    kernels.middle.run("ip link del port_a");
    EXPECT_TRUE(becomes("absent"));
    EXPECT_EQ(appliance.get("/ethdev/list").size(), 1u);
    connect(kernels.middle, "port_a", kernels.a, "eth0");
    give_addresses(kernels.a, 1);
    EXPECT_TRUE(becomes("up"));
  }
  int before = answers;
  for (double end = monotonic() + 10; answers == before && monotonic() < end;)
    rest(0.01);
  EXPECT_GT(answers, before);
  over = true;
  for (std::thread &one : clients)
    one.join();
  expect_reachable(kernels);
  appliance.expect_clean_end();
}
