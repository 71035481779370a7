// SPDX-License-Identifier: BSD-3-Clause
// A port that a guest attaches to: platter is the vhost-user server, and the guest's side of the
// virtio queues is a second platter with DPDK's virtio-user. Each has one worker on a core of its
// own.
#include <gtest/gtest.h>

#include <csignal>

#include "appliance.h"
#include "expect.h"
#include "pcap_file.h"
#include "raw_port.h"

namespace
{
struct Pair {
  Kernels kernels;
  Scratch scratch;

  std::string socket() const
  {
    return scratch / "guest.sock";
  }
  std::string host_device() const
  {
    return "net_vhost0,iface=" + socket() + ",queues=1";
  }
  std::string guest_device() const
  {
    return "net_virtio_user0,path=" + socket();
  }
  std::string host(const std::string &other = "net_af_packet0,iface=port_a") const
  {
    return wire_between(other, host_device(), "workers: {cores: [0]}\n");
  }
  std::string guest(const std::string &other = "net_af_packet0,iface=port_b") const
  {
    return wire_between(other, guest_device(), "workers: {cores: [1]}\n");
  }
};

int64_t count(const Appliance &appliance, const std::string &port, const std::string &what)
{
  return appliance.get("/platter/port," + port)[what].number();
}

bool becomes(const Appliance &appliance, const std::string &state)
{
  return eventually([&] { return appliance.get("/platter/port,b")["link"].text() == state; });
}

void kill(Appliance &appliance)
{
  appliance.process().signal(SIGKILL);
  appliance.process().wait();
}

Frames all_captures()
{
  Frames frames;
  for (const std::string &file : sample_captures())
    for (const std::string &frame : read_frames(file))
      frames.push_back(frame);
  return frames;
}

void expect_frames(const std::string &file, const Frames &expected)
{
  Frames got = read_frames(file);
  ASSERT_EQ(got.size(), expected.size()) << file;
  for (size_t i = 0; i < got.size(); i++)
    ASSERT_TRUE(got[i] == expected[i]) << file << ": frame " << i;
}

// From a third platter by memif, which begins when the guest is there: a virtio driver throws away
// what reached its queue before it started.
TEST(Vhost, CapturesPassByteForByteBothWays)
{
  Pair pair;
  Frames there = all_captures(), back(there.rbegin(), there.rend());
  write_frames(pair.scratch / "there.pcap", there);
  write_frames(pair.scratch / "back.pcap", back);
  auto replay = [&](const std::string &in, const std::string &out) {
    return "replay,file=" + pair.scratch / in + ",out=" + pair.scratch / out;
  };
  auto memif = [&](const std::string &role) {
    return "net_memif0,role=" + role +
           ",socket-abstract=no,socket=" + (pair.scratch / "memif.sock") + ",bsize=9216";
  };
  Appliance host(pair.kernels.middle, pair.host(memif("server")));
  EXPECT_EQ(host.get("/platter/port,b")["link"].text(), "down");
  Appliance guest(pair.kernels.middle, pair.guest(replay("back.pcap", "from-host.pcap")));
  EXPECT_TRUE(becomes(host, "up"));
  Appliance feeder(pair.kernels.middle, wire_between(replay("there.pcap", "from-guest.pcap"),
                                                     memif("client"), "workers: {cores: [1]}\n"));
  auto all = static_cast<int64_t>(there.size());
  for (const Appliance *end : {&guest, &feeder})
    EXPECT_TRUE(eventually([&] { return count(*end, "a", "transmitted") == all; }));
  for (Appliance *end : {&feeder, &guest, &host})
    end->expect_clean_end();
  expect_frames(pair.scratch / "from-host.pcap", there);
  expect_frames(pair.scratch / "from-guest.pcap", back);
  EXPECT_EQ(list_directory(pair.scratch.path()).count("guest.sock"), 0u) << "the socket is gone";
}

TEST(Vhost, GuestIsKilledAndComesBack)
{
  Pair pair;
  Appliance host(pair.kernels.middle, pair.host());
  for (int round = 0; round < 3; round++) {
    Appliance guest(pair.kernels.middle, pair.guest());
    ASSERT_TRUE(ping(pair.kernels.a, "10.0.0.2")) << round;
    Process flood({"ping", "-q", "-f", "10.0.0.2"}, pair.kernels.a.around());
    rest(0.2);
    kill(guest);
    EXPECT_TRUE(becomes(host, "down")) << round;
    EXPECT_EQ(count(host, "b", "link_changes"), 2 * round + 2);
    ASSERT_TRUE(host.process().running()) << round << host.process().err();
  }
  Appliance guest(pair.kernels.middle, pair.guest());
  expect_reachable(pair.kernels);
  guest.expect_clean_end();
  EXPECT_TRUE(becomes(host, "down"));
  Ended ended = host.expect_clean_end();
  EXPECT_NE(ended.out.find("  port b: link up\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("  port b: link down\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("port b: link changes: 8; at the end it was down\n"), std::string::npos)
      << ended.out;
}

TEST(Vhost, HostStopsWithADeadGuest)
{
  Pair pair;
  Appliance host(pair.kernels.middle, pair.host("net_null0,size=64"));
  {
    Appliance guest(pair.kernels.middle, pair.guest("net_null0,size=64"));
    ASSERT_TRUE(eventually([&] { return count(host, "a", "transmitted") > 1000; }));
    kill(guest);
  }
  EXPECT_TRUE(becomes(host, "down"));
  Ended ended = host.expect_clean_end();
  EXPECT_NE(ended.out.find(" shutdown ("), std::string::npos) << "packets were waiting\n"
                                                              << ended.out;
}

TEST(Vhost, HostStopsWhileTheGuestSends)
{
  Pair pair;
  for (int round = 0; round < 2; round++) {
    Appliance host(pair.kernels.middle, pair.host("net_null0,size=64"));
    Appliance guest(pair.kernels.middle, pair.guest("net_null0,size=64"));
    ASSERT_TRUE(eventually([&] { return count(host, "b", "received") > 1000; }));
    if (round == 1)
      guest.process().signal(SIGTERM); // both at once
    host.expect_clean_end();
    EXPECT_EQ(list_directory(pair.scratch.path()).size(), 0u) << "the socket is gone";
    guest.expect_clean_end();
    ASSERT_FALSE(HasFailure()) << round;
  }
}

// A killed host leaves its socket's file, which must not keep the next one from starting.
TEST(Vhost, HostIsKilledAndComesBack)
{
  Pair pair;
  {
    Appliance host(pair.kernels.middle, pair.host());
    Appliance guest(pair.kernels.middle, pair.guest());
    ASSERT_TRUE(ping(pair.kernels.a, "10.0.0.2"));
    Process flood({"ping", "-q", "-f", "10.0.0.1"}, pair.kernels.b.around());
    rest(0.2);
    kill(host);
    EXPECT_TRUE(becomes(guest, "down"));
    guest.expect_clean_end();
  }
  ASSERT_EQ(list_directory(pair.scratch.path()).count("guest.sock"), 1u) << "or it shows nothing";
  Appliance host(pair.kernels.middle, pair.host());
  Appliance guest(pair.kernels.middle, pair.guest());
  expect_reachable(pair.kernels);
  guest.expect_clean_end();
  host.expect_clean_end();
}

TEST(Vhost, AHostThatRunsKeepsItsSocket)
{
  Pair pair;
  Appliance host(pair.kernels.middle, pair.host());
  std::string second = pair.scratch.write("second.yaml", pair.host("net_null0,size=64"));
  expect_refusal(platter({"run", second}), FAILED,
                 ": another process listens at '" + pair.socket() + "' (`ss -xlp` shows which)");
  Appliance guest(pair.kernels.middle, pair.guest());
  EXPECT_TRUE(ping(pair.kernels.a, "10.0.0.2")) << "the first still listens";
  guest.expect_clean_end();
  host.expect_clean_end();
}

// A station behind the dead guest takes nothing; the bridge's other ports do not notice.
TEST(Vhost, ABridgeForwardsBesideADeadGuest)
{
  const std::string station("\x02\0\0\0\0\x99", 6);
  Pair pair;
  Appliance host(pair.kernels.middle,
                 "ports:\n  a: {device: \"net_af_packet0,iface=port_a\"}\n"
                 "  c: {device: \"net_af_packet1,iface=port_b\"}\n  b: {device: \"" +
                     pair.host_device() +
                     "\"}\nforward:\n- bridge:\n    name: lan\n    ports: [a, c, b]\n"
                     "    static: [{address: \"02:00:00:00:00:99\", port: b}]\n");
  const std::string reflector = "ports: {b: {device: \"" + pair.guest_device() +
                                "\"}}\nforward: [{reflect: [b]}]\nworkers: {cores: [1]}\n";
  RawPort raw(pair.kernels.a, "eth0", "ether proto 0x88b5");
  Frames sent = numbered_frames(257, 300), expected;
  for (std::string &frame : sent) {
    frame.replace(0, 6, station).replace(6, 6, std::string("\x02\0\0\0\0\x01", 6));
    expected.push_back(swapped(frame));
  }
  {
    Appliance guest(pair.kernels.middle, reflector);
    EXPECT_TRUE(becomes(host, "up"));
    for (const std::string &frame : sent)
      raw.send(frame);
    EXPECT_TRUE(raw.receive(expected.size()) == expected);
    kill(guest);
  }
  EXPECT_TRUE(becomes(host, "down"));
  auto dropped = [&] { return host.get("/platter/drops")["no_member_up"].number(); };
  for (const std::string &frame : sent)
    raw.send(frame);
  EXPECT_TRUE(eventually([&] { return dropped() >= 257; })) << dropped();
  expect_reachable(pair.kernels);
  EXPECT_EQ(host.get("/platter/accounting")["difference"].number(), 0);
  host.expect_clean_end();
}
} // namespace
