// SPDX-License-Identifier: BSD-3-Clause
// Both ends of a memif end at the same time: each finds its peer gone while it closes its own side.
#include <gtest/gtest.h>

#include <csignal>

#include "appliance.h"
#include "expect.h"

namespace
{
std::string side(const std::string &role, const std::string &socket, int core)
{
  return wire_between("net_null0,size=64",
                      "net_memif0,role=" + role + ",socket-abstract=no,socket=" + socket,
                      "workers: {cores: [" + std::to_string(core) + "]}\n");
}

bool received(const Appliance &appliance)
{
  return appliance.get("/platter/port,b")["received"].number() > 0;
}

TEST(MemifStop, BothEndsAtOnce)
{
  Namespace middle;
  Scratch scratch;
  for (unsigned round = 0; round < 5; round++) {
    Appliance server(middle, side("server", scratch / "memif.sock", 0));
    Appliance client(middle, side("client", scratch / "memif.sock", 1));
    ASSERT_TRUE(eventually([&] { return received(server) && received(client); })) << round;
    server.process().signal(SIGTERM);
    client.process().signal(SIGTERM);
    for (Appliance *end : {&server, &client}) {
      Ended ended = end->expect_clean_end();
      EXPECT_EQ(ended.err.find("Invalid memory"), std::string::npos) << ended.err;
    }
    EXPECT_TRUE(list_directory(scratch.path()).empty()) << "the socket is gone";
    ASSERT_FALSE(HasFailure()) << round;
  }
}
} // namespace
