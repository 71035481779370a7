// SPDX-License-Identifier: BSD-3-Clause
// Two platters between two kernels: A - packet socket - platter - memif - platter - packet socket -
// B. Each has one worker on a core of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <memory>

#include "appliance.h"
#include "pcap_file.h"

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

// A killed server leaves its socket's file, which must not keep the next one from starting; and the
// client finds that one.
TEST(Memif, ServerIsKilledAndComesBack)
{
  Pair pair;
  auto server = std::make_unique<Appliance>(pair.kernels.middle, pair.server());
  Appliance client(pair.kernels.middle, pair.client());
  ASSERT_TRUE(ping(pair.kernels.a, "10.0.0.2"));
  for (int round = 0; round < 2; round++) {
    {
      Process flood({"ping", "-q", "-f", "10.0.0.1"}, pair.kernels.b.around());
      rest(0.2);
      server->process().signal(SIGKILL);
      server->process().wait();
    }
    EXPECT_TRUE(eventually([&] { return link(client) == "down"; }, 5)) << round;
    ASSERT_FALSE(list_directory(pair.scratch.path()).empty()) << "or it shows nothing";
    server = std::make_unique<Appliance>(pair.kernels.middle, pair.server());
    EXPECT_TRUE(eventually([&] { return link(client) == "up"; })) << round;
    expect_reachable(pair.kernels);
  }
  EXPECT_GE(client.get("/platter/port,b")["link_changes"].number(), 4);
  server->expect_clean_end();
  EXPECT_TRUE(eventually([&] { return link(client) == "down"; }, 5));
  client.expect_clean_end();
}

// Frames of up to 9,000 bytes, many times more of them than the rings hold, both ways at once.
class MemifLong : public testing::TestWithParam<const char *>
{
protected:
  static constexpr int ROUNDS = 9;

  static Frames mixed()
  {
    Frames frames;
    for (unsigned i = 0; i < 257; i++)
      frames.push_back(numbered_frames(1, i % 5 == 0 ? 9000 : 60 + 7 * i, i)[0]);
    return frames;
  }
  // What arrives of ROUNDS rounds, where nothing longer than `longest` does.
  static Frames expected(size_t longest)
  {
    Frames all, frames = mixed();
    for (int round = 0; round < ROUNDS; round++)
      std::copy_if(frames.begin(), frames.end(), std::back_inserter(all),
                   [&](const std::string &frame) { return frame.size() <= longest; });
    return all;
  }
  std::string side(const std::string &role, int core) const
  {
    return wire_between(
        "replay,file=" + (pair_.scratch / "mixed.pcap") + ",out=" + (pair_.scratch / role) +
            ".pcap,loop=" + std::to_string(ROUNDS),
        "net_memif0,role=" + role + ",socket-abstract=no,socket=" + (pair_.scratch / "memif.sock") +
            GetParam(),
        "workers: {cores: [" + std::to_string(core) + "]}\n");
  }
  void expect_arrived(const std::string &role, const Frames &frames) const
  {
    Frames got = read_frames(pair_.scratch / role + ".pcap");
    ASSERT_EQ(got.size(), frames.size()) << role;
    for (size_t i = 0; i < got.size(); i++)
      ASSERT_TRUE(got[i] == frames[i]) << role << ": frame " << i;
  }

  Pair pair_;
};

TEST_P(MemifLong, NoneSpoilsOthers)
{
  write_frames(pair_.scratch / "mixed.pcap", mixed());
  Frames frames = expected(*GetParam() != '\0' ? 9000 : 2048);
  auto all = static_cast<int64_t>(expected(9000).size()), fit = static_cast<int64_t>(frames.size());
  Appliance server(pair_.kernels.middle, side("server", 0));
  Appliance client(pair_.kernels.middle, side("client", 1));
  for (Appliance *end : {&server, &client})
    EXPECT_TRUE(
        eventually([&] { return end->get("/platter/port,a")["transmitted"].number() == fit; }));
  for (Appliance *end : {&server, &client}) {
    EXPECT_EQ(end->get("/platter/drops")["too_long"].number(), all - fit);
    end->expect_clean_end();
  }
  expect_arrived("server", frames);
  expect_arrived("client", frames);
}

INSTANTIATE_TEST_SUITE_P(Buffers, MemifLong, testing::Values("", ",bsize=9216"),
                         [](const auto &param) {
                           return std::string(*param.param != '\0' ? "Long" : "Default");
                         });

TEST(Memif, AServerThatRunsKeepsItsSocket)
{
  Pair pair;
  Appliance server(pair.kernels.middle, pair.server());
  std::string second = pair.scratch.write("second.yaml", pair.side("port_b", "server", 0));
  Ended ended = Process(platter_line({"run", second}), pair.kernels.middle.around()).wait();
  EXPECT_EQ(ended.status, 1) << ended.out << ended.err;
  Appliance client(pair.kernels.middle, pair.client());
  EXPECT_TRUE(ping(pair.kernels.a, "10.0.0.2")) << "the first still listens";
  client.expect_clean_end();
  server.expect_clean_end();
}
} // namespace
