// SPDX-License-Identifier: BSD-3-Clause
// Two platters between two kernels: A - packet socket - platter - memif - platter - packet socket -
// B. Each has one worker on a core of its own.
#include <gtest/gtest.h>

#include <csignal>

#include "appliance.h"

namespace
{
struct Pair {
  Kernels kernels;
  Scratch scratch;

  std::string side(const std::string &port, const std::string &role, int core,
                   const std::string &more = "") const
  {
    return wire_between("net_af_packet0,iface=" + port,
                        "net_memif0,role=" + role +
                            ",socket-abstract=no,socket=" + (scratch / "memif.sock") + more,
                        "workers: {cores: [" + std::to_string(core) + "]}\n");
  }
  std::string server() const
  {
    return side("port_a", "server", 0);
  }
  std::string client(const std::string &more = "") const
  {
    return side("port_b", "client", 1, more);
  }
};

std::string link(const Appliance &appliance)
{
  return appliance.get("/platter/port,b")["link"].text();
}

TEST(Memif, CarriesTraffic)
{
  Pair pair;
  Appliance server(pair.kernels.middle, pair.server());
  Appliance client(pair.kernels.middle, pair.client());
  expect_reachable(pair.kernels);
  EXPECT_EQ(link(server), "up");
  EXPECT_EQ(link(client), "up");
  auto count = [](const Appliance &appliance, const std::string &what) {
    return appliance.get("/platter/port,b")[what].number();
  };
  EXPECT_TRUE(eventually([&] { return count(server, "transmitted") > 500; }));
  EXPECT_TRUE(
      eventually([&] { return count(server, "transmitted") == count(client, "received"); }));
  EXPECT_TRUE(
      eventually([&] { return count(client, "transmitted") == count(server, "received"); }));
  // In another order than the start: each has to end well without the other.
  server.expect_clean_end();
  EXPECT_TRUE(eventually([&] { return link(client) == "down"; }, 2));
  client.expect_clean_end();
  EXPECT_TRUE(list_directory(pair.scratch.path()).empty()) << "the socket is gone";
}

TEST(Memif, ClientIsKilledAndComesBack)
{
  Pair pair;
  Appliance server(pair.kernels.middle, pair.server());
  for (unsigned round = 0; round < 3; round++) {
    Appliance client(pair.kernels.middle, pair.client());
    ASSERT_TRUE(ping(pair.kernels.a, "10.0.0.2")) << round;
    Process flood({"ping", "-q", "-f", "10.0.0.2"}, pair.kernels.a.around());
    rest(0.2);
    client.process().signal(SIGKILL);
    client.process().wait();
    EXPECT_TRUE(eventually([&] { return link(server) == "down"; }, 5)) << round;
    ASSERT_TRUE(server.process().running()) << round << server.process().err();
  }
  Appliance client(pair.kernels.middle, pair.client());
  expect_reachable(pair.kernels);
  client.expect_clean_end();
  server.expect_clean_end();
}

// A killed server leaves its socket's file, which must not keep the next one from starting. DPDK's
// client connects when it starts and never again, so it waits for its own restart with its link
// down.
TEST(Memif, ServerIsKilledAndComesBack)
{
  Pair pair;
  {
    Appliance server(pair.kernels.middle, pair.server());
    Appliance client(pair.kernels.middle, pair.client());
    ASSERT_TRUE(ping(pair.kernels.a, "10.0.0.2"));
    Process flood({"ping", "-q", "-f", "10.0.0.1"}, pair.kernels.b.around());
    rest(0.2);
    server.process().signal(SIGKILL);
    server.process().wait();
    EXPECT_TRUE(eventually([&] { return link(client) == "down"; }, 5));
    client.expect_clean_end();
  }
  ASSERT_FALSE(list_directory(pair.scratch.path()).empty()) << "or the rest shows nothing";
  Appliance server(pair.kernels.middle, pair.server());
  Appliance client(pair.kernels.middle, pair.client());
  expect_reachable(pair.kernels);
  client.expect_clean_end();
  server.expect_clean_end();
}

TEST(Memif, AServerThatRunsKeepsItsSocket)
{
  Pair pair;
  Appliance server(pair.kernels.middle, pair.server());
  std::string second = pair.scratch.write("second.yaml", pair.server());
  Ended ended = Process(platter_line({"run", second}), pair.kernels.middle.around()).wait();
  EXPECT_EQ(ended.status, 1) << ended.out << ended.err;
  Appliance client(pair.kernels.middle, pair.client());
  EXPECT_TRUE(ping(pair.kernels.a, "10.0.0.2")) << "the first still listens";
  client.expect_clean_end();
  server.expect_clean_end();
}
} // namespace
