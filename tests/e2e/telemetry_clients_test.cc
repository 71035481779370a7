// SPDX-License-Identifier: BSD-3-Clause
// Telemetry clients that are too many, hang up or never read: an error for them, nothing for the
// traffic.
#include <thread>

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include "under_traffic.h"
#include "unix_socket.h"

TEST_F(UnderTraffic, ElevenClientsAtOnce)
{
  std::vector<std::unique_ptr<Telemetry>> ten; // with the fixture's own
  while (ten.size() < 9) {
    ten.push_back(std::make_unique<Telemetry>(path));
    ASSERT_TRUE(ten.back()->greeted()) << ten.size();
  }
  Telemetry eleventh(path, 0.5);
  EXPECT_FALSE(eleventh.greeted());
  for (const auto &one : ten)
    EXPECT_EQ(one->get("/platter/accounting")["closed"].text(), "yes");
  EXPECT_EQ(client->get("/platter/accounting")["closed"].text(), "yes");
  ten.clear();
  for (double end = monotonic() + 5; monotonic() < end; rest(0.05))
    if (Telemetry(path, 0.5).greeted())
      return;
  ADD_FAILURE() << "nobody is served after the ten have gone";
}

TEST_F(UnderTraffic, ClientsThatHangUpBeforeTheReply)
{
  for (int i = 0; i < 300; i++) {
    Telemetry rude(path, 0.5);
    if (rude.greeted()) // else DPDK still holds ten that have gone
      rude.send(i % 2 == 0 ? "/platter/port,left" : "/platter/handoffs");
  }
  rest(0.2);
  EXPECT_TRUE(Telemetry(path).ready());
  EXPECT_EQ(client->get("/platter/accounting")["closed"].text(), "yes");
}

// Those that have gone before DPDK's greeting cost it one of its ten places each (client_handler in
// lib/telemetry/telemetry.c): telemetry may fall silent for newcomers, the traffic may not notice.
TEST_F(UnderTraffic, ClientsThatHangUpBeforeTheGreeting)
{
  int64_t start = received();
  for (int i = 0; i < 300; i++) {
    int fd = connect_unix(path, SOCK_SEQPACKET);
    if (fd >= 0 && i % 2 == 0)
      send(fd, "/platter/info", 13, MSG_NOSIGNAL);
    close(fd);
  }
  for (double end = monotonic() + 10; received() <= start && monotonic() < end;)
    rest(0.02);
  Json accounting = client->get("/platter/accounting");
  EXPECT_GT(accounting["received"].number(), start);
  EXPECT_EQ(accounting["closed"].text(), "yes");
}

TEST_F(UnderTraffic, AClientThatNeverReads)
{
  int fd = connect_unix(path, SOCK_SEQPACKET);
  ASSERT_GE(fd, 0);
  for (int i = 0; i < 2000; i++)
    send(fd, "/platter/ports", 14, MSG_NOSIGNAL | MSG_DONTWAIT);
  EXPECT_EQ(client->get("/platter/accounting")["closed"].text(), "yes");
  close(fd);
}

TEST_F(UnderTraffic, ManyThatAskAtTheSameTime)
{
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; i++)
    threads.emplace_back([this] {
      Telemetry own(path);
      for (int n = 0; n < 200; n++)
        EXPECT_EQ(own.get("/platter/accounting")["closed"].text(), "yes");
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
