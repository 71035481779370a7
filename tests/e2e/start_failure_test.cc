// SPDX-License-Identifier: BSD-3-Clause
// Starts that fail: one sentence that names the place, status 1, and a clean machine.
#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include <net/if.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "expect.h"
#include "leftovers.h"
#include "scratch.h"
#include "telemetry.h"

namespace
{
class StartFailure : public testing::Test
{
protected:
  Ended run(const std::string &yaml, const Surroundings &around = {})
  {
    return platter({"run", "--duration", "0.1", dir.write("c.yaml", yaml)}, around);
  }

  void expect_failure(const std::string &yaml, const std::string &what)
  {
    SCOPED_TRACE(yaml);
    Ended ended = run(yaml);
    expect_refusal(ended, FAILED, what);
    EXPECT_EQ(ended.err.find(dir / "c.yaml:"), 0u) << ended.err;
    // What is wrong with a port has a place.
    bool placed = isdigit(static_cast<unsigned char>(ended.err[(dir / "c.yaml:").size()])) != 0;
    EXPECT_EQ(placed, what.find("ports.") == 0) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_LT(ended.seconds, 10);
    EXPECT_EQ(before.now(), "");
  }

  // As the left device, and as the right one, when the left one already stands.
  void expect_bad_device(const std::string &device, const std::string &why)
  {
    expect_failure(wire_yaml(device, "net_null9", prefix), "ports.left.device: '" + device + "'");
    expect_failure(wire_yaml("net_null9", device, prefix),
                   "ports.right.device: '" + device + "'" + why);
  }

  std::string ports(const std::string &left, const std::string &rest = memory_yaml())
  {
    return "ports: {left: {" + left + "}, right: {device: net_null9}}\n" +
           "forward: [{wire: [left, right]}]\ntelemetry: {prefix: " + prefix + "}\n" + rest;
  }

  // Each line with one of these words, up to it, with an '@' for the rest: what this machine has.
  static std::string without_rests(std::string text, const std::vector<std::string> &words)
  {
    for (const std::string &word : words)
      for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
        at += word.size();
        text.replace(at, text.find('\n', at) + 1 - at, "@");
      }
    return text;
  }

  Scratch dir;
  std::string prefix = unique_prefix("fail");
  Leftovers before{prefix};
};
} // namespace

TEST_F(StartFailure, DevicesThatAreNotThere)
{
  expect_bad_device("net_nosuch0", ": DPDK has no driver of this name");
  expect_bad_device("net_pcap0,rx_pcap=/nonexistent",
                    ": the driver refuses it (DPDK says: open_single_rx_pcap(): Couldn't open "
                    "/nonexistent: ");
  expect_bad_device("net_af_packet0,iface=nosuch0",
                    ": there is no interface 'nosuch0' here (`ip link`");
  expect_failure(wire_yaml("0000:fe:00.0", "net_null9", prefix),
                 "ports.left.device: '0000:fe:00.0': there is no PCI device at this address; ");
  expect_failure(wire_yaml("net_null9", "fe:00.0,rx=1", prefix),
                 "ports.right.device: '0000:fe:00.0,rx=1': there is no PCI device at this ");
}

// Each is found by another step: reading captures, before EAL, by platter, by EAL, by the driver.
TEST_F(StartFailure, AllPortsThatFailAtOnceWithTheirPlaces)
{
  std::string pcap = dir / "none.pcap",
              file = dir.write(
                  "c.yaml",
                  "ports:\n"
                  "  a: {device: 'net_pcap0,rx_pcap=" +
                      pcap +
                      ",infinite_rx=1'}\n"
                      "  b: {device: 'replay,file=" +
                      pcap +
                      "'}\n"
                      "  c: {device: 'fe:00.0'}\n"
                      "  good: {device: net_tap0}\n"
                      "  d:\n    mtu: 1500\n    device: 'net_af_packet0,iface=nosuch0'\n"
                      "  e: {device: net_nosuch0}\n"
                      "  f: {device: 'net_null0,foo=1'}\n"
                      "forward: [{sink: [a, b, c, good, d, e, f]}]\ntelemetry: {prefix: " +
                      prefix + "}\n" + memory_yaml());
  Ended ended = platter({"run", "--duration", "0.1", file});
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_EQ(ended.out, "");
  std::string expected =
      file + ":2:15: ports.a.device: 'net_pcap0,rx_pcap=" + pcap + ",infinite_rx=1': " + pcap +
      ": No such file or directory\n" + file + ":3:15: ports.b.device: " + pcap +
      ": No such file or directory\n" + file +
      ":4:15: ports.c.device: '0000:fe:00.0': there is no PCI device at this address; @" + file +
      ":8:13: ports.d.device: 'net_af_packet0,iface=nosuch0': there is no interface "
      "'nosuch0' here@" +
      file + ":9:15: ports.e.device: 'net_nosuch0': DPDK has no driver of this name\n" + file +
      ":10:15: ports.f.device: 'net_null0,foo=1': the driver refuses it; are its "
      "arguments right?\n";
  EXPECT_EQ(without_rests(ended.err, {"at this address; ", "'nosuch0' here"}), expected);
  EXPECT_EQ(before.now(), "");
  EXPECT_EQ(if_nametoindex("dtap0"), 0u) << "the device that did start is given back";
}

// Where devices are there, but not as they are to be.
TEST_F(StartFailure, AllSettingsThatDevicesDoNotTakeAtOnce)
{
  std::string file = dir.write("c.yaml", "ports:\n"
                                         "  a: {device: net_ring0, rx_queues: 17}\n"
                                         "  b: {device: 'net_af_packet0,iface=lo', mtu: 9000}\n"
                                         "  c: {rx_queues: 18, device: net_ring1}\n"
                                         "forward: [{sink: [a, b, c]}]\ntelemetry: {prefix: " +
                                             prefix + "}\n" + memory_yaml());
  Ended ended = platter({"run", "--duration", "0.1", file});
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_EQ(ended.err,
            file + ":2:37: ports.a.rx_queues: 17 asked, but 'net_ring0' has 16\n" + file +
                ":3:47: ports.b.mtu: 9000 asked, but 'net_af_packet0,iface=lo' takes 46 to "
                "1500\n" +
                file + ":4:18: ports.c.rx_queues: 18 asked, but 'net_ring1' has 16\n");
  EXPECT_EQ(before.now(), "");
}

TEST_F(StartFailure, AllPortsThatLackAPermission)
{
  Surroundings nobody;
  nobody.nobody = true;
  nobody.set = {"XDG_RUNTIME_DIR=" + dir.path()};
  std::string file = dir.write("c.yaml", wire_yaml("net_af_packet0,iface=lo", "net_tap0", prefix));
  Ended ended = platter({"run", "--duration", "0.1", file}, nobody);
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_EQ(ended.err.find(file + ":2:"), 0u) << ended.err;
  EXPECT_NE(ended.err.find("'net_af_packet0,iface=lo': packet sockets need the capability"),
            std::string::npos)
      << ended.err;
  EXPECT_NE(ended.err.find("\n" + file + ":3:"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find(": ports.right.device: 'net_tap0': "), std::string::npos) << ended.err;
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 2) << ended.err;
}

TEST_F(StartFailure, ArgumentsThatAreNotTheDrivers)
{
  expect_bad_device("net_null0,foo=1", ": the driver refuses it; are its arguments right?");
  expect_bad_device("net_memif0,role=queen", ": the driver refuses it (DPDK says: ");
}

TEST_F(StartFailure, SocketsThatCannotBeMade)
{
  expect_bad_device("net_vhost0,iface=/nonexistent/guest.sock",
                    ": the directory of its socket, '/nonexistent': No such file or directory");
  expect_bad_device("net_memif0,role=server,socket-abstract=no,socket=/nonexistent/memif.sock",
                    ": the directory of its socket, '/nonexistent': No such file or directory");
  expect_bad_device("net_vhost0,iface=/etc/passwd", ": '/etc/passwd' is there already, and is no ");
  expect_bad_device("net_vhost0,iface=/tmp/" + std::string(103, 'x'),
                    ": iface: a socket's path has 1 to 107 bytes");
  std::string path = "/tmp/" + prefix + ".sock";
  expect_failure(wire_yaml("net_vhost0,iface=" + path, "net_vhost1,iface=" + path, prefix),
                 "ports.right.device: 'net_vhost1,iface=" + path +
                     "': another port of this platter has the socket '" + path + "'");
}

TEST_F(StartFailure, CoresThatAreNotThere)
{
  std::string w = "workers: {cores: [900]}\n";
  expect_failure(null_yaml(prefix, memory_yaml() + w),
                 "workers: core 900 cannot be used here; this process");
  w = "workers: {assign: [{core: 0, rx: [left/0], tx: [right]}, "
      "{core: 901, rx: [right/0], tx: [left]}]}\n";
  expect_failure(null_yaml(prefix, memory_yaml() + w),
                 "workers: core 901 cannot be used here; this process");
}

TEST_F(StartFailure, MoreThanTheDeviceHas)
{
  expect_failure(ports("device: net_ring0, rx_queues: 17"),
                 "ports.left.rx_queues: 17 asked, but 'net_ring0' has 16");
  expect_failure(ports("device: 'net_af_packet0,iface=lo', rx_queues: 2"),
                 "ports.left.rx_queues: ");
  expect_failure(ports("device: 'net_af_packet0,iface=lo', mtu: 9000"),
                 "ports.left.mtu: 9000 asked, but 'net_af_packet0,iface=lo' takes 46 to 1500");
}

TEST_F(StartFailure, AsManyQueuesAsTheFileMayAskFor)
{
  Ended ended = run(ports("device: net_null0, rx_queues: 64"));
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed_text(ended);
}

TEST_F(StartFailure, MoreMemoryThanThereIs)
{
  expect_failure(null_yaml(prefix, "memory: {hugepages: on, mbufs: 16777216}\n"),
                 "memory.hugepages is on, but ");
  // Where the machine has as much, this process may not have it.
  Surroundings poor;
#ifndef SANITIZED // which needs terabytes of address space
  poor.before_exec = [] {
    struct rlimit limit = {1ul << 30, 1ul << 30};
    setrlimit(RLIMIT_AS, &limit);
  };
#endif
  for (const char *choice : {"off", "auto"}) {
    Ended ended = run(
        null_yaml(prefix, "memory: {mbufs: 16777216, hugepages: " + std::string(choice) + "}\n"),
        poor);
    EXPECT_EQ(ended.status, FAILED) << ended.err;
    EXPECT_NE(ended.err.find("c.yaml: "), std::string::npos) << ended.err;
    EXPECT_EQ(before.now(), "");
  }
}

TEST_F(StartFailure, NoHugepagesWithAutoIsOneWarning)
{
  // A little more than the free hugepages hold.
  std::string mbufs = std::to_string(free_hugepages() * 2048 * 1024 / 2304 + 20000);
  Ended ended = run(null_yaml(prefix, "memory: {hugepages: auto, mbufs: " + mbufs + "}\n"));
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_NE(ended.err.find("/proc/sys/vm/nr_hugepages"), std::string::npos) << ended.err;
  expect_closed_text(ended);
}

Surroundings with_open_files(rlim_t soft, rlim_t hard)
{
  Surroundings around;
  around.before_exec = [=] {
    struct rlimit limit = {soft, hard};
    setrlimit(RLIMIT_NOFILE, &limit);
  };
  return around;
}

// 150 pages of 2 MB, each of which would be a file of its own.
TEST_F(StartFailure, HugepagesTakeFewDescriptors)
{
  std::string yaml = null_yaml(prefix, "memory: {hugepages: on, mbufs: 131072}\n");
  for (Surroundings limit : {with_open_files(100, 100), with_open_files(16, 4096)}) {
    Ended ended = run(yaml, limit);
    EXPECT_EQ(ended.status, OK) << ended.err;
    expect_closed_text(ended);
  }
}

TEST_F(StartFailure, TooFewDescriptors)
{
  for (rlim_t few : {8, 10, 16, 20, 40})
    expect_refusal(run(null_yaml(prefix), with_open_files(few, few)), FAILED,
                   " open files and may have " + std::to_string(few) + ": raise its hard limit");
  // Enough to begin with: af_packet takes a socket for each queue.
  expect_refusal(run(ports("device: 'net_af_packet0,iface=lo,qpairs=40', rx_queues: 40"),
                     with_open_files(60, 60)),
                 FAILED, "; this process may have 60 open files: raise its hard limit");
  EXPECT_EQ(before.now(), "");
}

TEST_F(StartFailure, TheSamePrefixTwice)
{
  Process first(platter_line({"run", dir.write("first.yaml", null_yaml(prefix)), "--json"}));
  {
    Telemetry client(telemetry_path(prefix));
    ASSERT_TRUE(client.ready());
    Ended second = run(null_yaml(prefix));
    expect_refusal(second, FAILED, "another platter runs with the prefix '" + prefix + "'");
    EXPECT_TRUE(client.get("/platter/info")) << "the first one goes on";
    Telemetry other(telemetry_path(prefix));
    EXPECT_EQ(other.greeting()["pid"].number(), first.pid());
  }
  first.signal(SIGTERM);
  Ended ended = first.wait(10);
  EXPECT_EQ(ended.status, OK) << ended.err;
  expect_closed(ended);
  EXPECT_EQ(before.now(), "");
}

// A socket there that is alive is another program's; one that is dead is nobody's.
TEST_F(StartFailure, ATelemetrySocketInItsPlace)
{
  std::filesystem::create_directories(runtime_directory(prefix));
  struct sockaddr_un address = {AF_UNIX, ""};
  strcpy(address.sun_path, telemetry_path(prefix).c_str());
  int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  ASSERT_EQ(bind(fd, reinterpret_cast<struct sockaddr *>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(fd, 1), 0);
  expect_refusal(run(null_yaml(prefix)), FAILED,
                 "another program answers at the telemetry socket " + telemetry_path(prefix));
  EXPECT_TRUE(std::filesystem::exists(telemetry_path(prefix)));
  close(fd);
  Process process(platter_line({"run", dir.write("c.yaml", null_yaml(prefix)), "--json"}));
  EXPECT_TRUE(Telemetry(telemetry_path(prefix)).ready());
  process.signal(SIGTERM);
  expect_closed(process.wait(10));
  EXPECT_EQ(before.now(), "");
}

// Longer than the address of a socket: its directory is opened then.
TEST_F(StartFailure, ARuntimeDirectoryWithALongName)
{
  Surroundings around;
  std::string base = dir / std::string(150, 'd');
  std::filesystem::create_directories(base);
  around.set = {"RUNTIME_DIRECTORY=" + base};
  Process process(platter_line({"run", dir.write("c.yaml", null_yaml(prefix)), "--json"}), around);
  std::string file = base + "/dpdk/" + prefix + "/dpdk_telemetry.v2";
  for (double end = monotonic() + 20; !std::filesystem::exists(file) && monotonic() < end;)
    rest(0.01);
  std::filesystem::create_directory_symlink(base + "/dpdk/" + prefix, dir / "short");
  EXPECT_TRUE(Telemetry(dir / "short/dpdk_telemetry.v2").ready());
  process.signal(SIGTERM);
  expect_closed(process.wait(10));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(StartFailure, ARuntimeDirectoryThatCannotBe)
{
  Surroundings around;
  around.nobody = true;
  around.set = {"XDG_RUNTIME_DIR=/nowhere/at/all"};
  Ended ended = run(null_yaml(prefix), around);
  expect_refusal(ended, FAILED, "set XDG_RUNTIME_DIR to a directory that you can write to");
}
