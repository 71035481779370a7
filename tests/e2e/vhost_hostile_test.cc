// SPDX-License-Identifier: BSD-3-Clause
// vhost-user front ends that lie (tests/soak/vhost_peer.py): no descriptor stays open for it, and
// the log stays short.
#include <gtest/gtest.h>

#include "appliance.h"
#include "expect.h"

namespace
{
class VhostHostile : public testing::Test
{
protected:
  Ended lie(const std::vector<std::string> &more) const
  {
    std::vector<std::string> line = {"python3", source_path("tests/soak/vhost_peer.py"), socket_};
    line.insert(line.end(), more.begin(), more.end());
    return Process(line, middle_.around()).wait(60);
  }
  size_t descriptors()
  {
    return list_directory("/proc/" + std::to_string(appliance_.process().pid()) + "/fd").size();
  }

  Namespace middle_;
  Scratch scratch_;
  std::string socket_ = scratch_ / "guest.sock";
  Appliance appliance_{middle_, wire_between("net_null0,size=64", "net_vhost0,iface=" + socket_)};
  size_t before_ = descriptors();
};

TEST_F(VhostHostile, EveryLie)
{
  Ended ended = lie({});
  EXPECT_EQ(ended.status, OK) << ended.out << ended.err;
  EXPECT_TRUE(eventually([&] { return descriptors() == before_; })) << descriptors();
  appliance_.expect_clean_end();
}

TEST_F(VhostHostile, LiesAtRandom)
{
  Ended ended = lie({"--seconds", "5", "--seed", "20261128"});
  EXPECT_EQ(ended.status, OK) << ended.out << ended.err;
  EXPECT_TRUE(eventually([&] { return descriptors() == before_; })) << descriptors();
  appliance_.expect_clean_end();
}

// Two megabytes a second, before there was a limit.
TEST_F(VhostHostile, TheLogStaysShort)
{
  Ended ended = lie({"--seconds", "4", "noise", "too_large", "unknown"});
  EXPECT_EQ(ended.status, OK) << ended.out << ended.err;
  EXPECT_LT(appliance_.process().err().size(), 40000u);
  EXPECT_NE(appliance_.process().err().find(" lines of DPDK's log were left out"),
            std::string::npos);
  appliance_.expect_clean_end();
}
} // namespace
