// SPDX-License-Identifier: BSD-3-Clause
// memif peers that lie, stay silent or vanish (tests/soak/memif_peer.py). What DPDK's driver makes
// of them is SIGBUS, SIGSEGV, a panic, or a descriptor less for each.
#include <gtest/gtest.h>

#include <csignal>
#include <vector>

#include "appliance.h"
#include "expect.h"

namespace
{
class MemifHostile : public testing::Test
{
protected:
  std::string side(const std::string &role, const std::string &more = "") const
  {
    return wire_between("net_null0,size=64",
                        "net_memif0,role=" + role + ",socket-abstract=no,socket=" + socket_ + more);
  }
  std::vector<std::string> peer(const std::string &role, std::vector<std::string> more = {}) const
  {
    std::vector<std::string> line = {"python3", source_path("tests/soak/memif_peer.py"), role,
                                     socket_};
    line.insert(line.end(), more.begin(), more.end());
    return line;
  }
  static size_t descriptors(Appliance &appliance)
  {
    return list_directory("/proc/" + std::to_string(appliance.process().pid()) + "/fd").size();
  }
  static bool up(const Appliance &appliance)
  {
    return appliance.get("/platter/port,b")["link"].text() == "up";
  }

  Namespace middle_;
  Scratch scratch_;
  std::string socket_ = scratch_ / "memif.sock";
};

TEST_F(MemifHostile, EveryLieOfAClient)
{
  Appliance server(middle_, side("server"));
  size_t before = descriptors(server);
  Ended ended = Process(peer("client"), middle_.around()).wait(60);
  EXPECT_EQ(ended.status, OK) << ended.out << ended.err;
  EXPECT_TRUE(eventually([&] { return descriptors(server) == before; })) << descriptors(server);
  EXPECT_NE(server.process().err().find("port b: its memif peer (process "), std::string::npos)
      << server.process().err();
  EXPECT_EQ(server.process().err().find('\x1b'), std::string::npos) << "a peer's words are printed";

  Appliance client(middle_, side("client"));
  EXPECT_TRUE(eventually([&] { return up(server) && up(client); })) << "an honest one is let in";
  client.expect_clean_end();
  server.expect_clean_end();
}

TEST_F(MemifHostile, LiesAtRandomUnderTraffic)
{
  Appliance server(middle_, side("server"));
  size_t before = descriptors(server);
  Ended ended =
      Process(peer("client", {"--seconds", "5", "--seed", "20261128"}), middle_.around()).wait(60);
  EXPECT_EQ(ended.status, OK) << ended.out << ended.err;
  EXPECT_TRUE(eventually([&] { return descriptors(server) == before; })) << descriptors(server);
  server.expect_clean_end();
}

TEST_F(MemifHostile, EveryLieOfAServer)
{
  Process liar(peer("server"), middle_.around());
  ASSERT_TRUE(eventually([&] { return !list_directory(scratch_.path()).empty(); }));
  Appliance client(middle_, side("client"));
  Ended ended = liar.wait(60);
  EXPECT_EQ(ended.status, OK) << ended.out << ended.err;
  size_t after = descriptors(client);
  Process again(peer("server", {"--seconds", "5"}), middle_.around());
  EXPECT_EQ(again.wait(60).status, OK);
  EXPECT_LE(descriptors(client), after + 2) << "one that it knocks with";
  client.expect_clean_end();
}

// Whether control goes on looking at its ports, five times a second on a machine that is free.
void expect_steady(const Appliance &appliance, double seconds)
{
  unsigned changes = 0;
  int64_t last = 0;
  for (double end = monotonic() + seconds; monotonic() < end; rest(0.01)) {
    int64_t now = appliance.get("/platter/port,c")["received"].number();
    changes += now != last;
    last = now;
  }
  EXPECT_GT(changes, seconds);
}

// It accepts nobody. Behind a long queue a connection comes about and says nothing; behind a short
// one it does not come about.
TEST_F(MemifHostile, AServerThatListensAndSaysNothing)
{
  std::string silent = "import socket, sys, time\n"
                       "s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n"
                       "s.bind(sys.argv[1]); s.listen(int(sys.argv[2]))\n"
                       "print('listens', flush=True); time.sleep(60)\n";
  for (const char *queue : {"0", "100"}) {
    SCOPED_TRACE(queue);
    std::string name = socket_ + queue;
    Process server({"python3", "-c", silent, name, queue}, middle_.around());
    ASSERT_TRUE(server.prints("listens"));
    Appliance client(middle_, "ports:\n"
                              "  a: {device: \"net_null0\"}\n"
                              "  b: {device: \"net_memif0,socket-abstract=no,socket=" +
                                  name +
                                  "\"}\n"
                                  "  c: {device: \"net_null1\"}\n"
                                  "  d: {device: \"net_null2\"}\n"
                                  "forward: [{wire: [a, b]}, {wire: [c, d]}]\n");
    expect_steady(client, 7);
    double told = monotonic();
    client.expect_clean_end();
    EXPECT_LT(monotonic() - told, 5);
  }
}

// The client says how large its buffers are; frames that do not fit would spoil others.
TEST_F(MemifHostile, BuffersOfTwoSizesAreRefused)
{
  Appliance server(middle_, side("server", ",bsize=9216"));
  Appliance client(middle_, side("client"));
  std::string words = "bsize=2048 of the client, bsize=9216 of the server: give both the same";
  for (Appliance *end : {&server, &client})
    EXPECT_TRUE(eventually([&] { return end->process().err().find(words) != std::string::npos; }))
        << end->process().err();
  EXPECT_FALSE(up(server));
  client.expect_clean_end();
  server.expect_clean_end();
}
} // namespace
