// SPDX-License-Identifier: BSD-3-Clause
// platter check --here: what `run` refuses on this machine, said without a start. Each fault is
// staged on a file that is valid: `check` accepts it, `check --here` and `run` refuse it.
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "expect.h"
#include "leftovers.h"
#include "netns.h"
#include "pcap_file.h"
#include "scratch.h"
#include "telemetry.h"

namespace
{
Surroundings as_nobody()
{
  Surroundings around;
  around.nobody = true;
  around.unset = {"XDG_RUNTIME_DIR", "HOME", "RUNTIME_DIRECTORY"};
  return around;
}

// Without the drivers of DPDK that are installed in a directory.
Surroundings without_drivers(const std::string &directory)
{
  Surroundings around;
  around.before_exec = [=] {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("none", directory.c_str(), "tmpfs", 0, nullptr) != 0)
      _exit(99);
  };
  return around;
}

Surroundings with_open_files(rlim_t few)
{
  Surroundings around;
  around.before_exec = [=] {
    struct rlimit limit = {few, few};
    setrlimit(RLIMIT_NOFILE, &limit);
  };
  return around;
}

class CheckHere : public testing::Test
{
protected:
  // `what` stands behind the place of the file's line and column, or behind its name alone.
  void expect_refused(const std::string &yaml, const std::string &place, const std::string &what,
                      const Surroundings &around = {})
  {
    SCOPED_TRACE(yaml);
    std::string file = dir.write("c.yaml", yaml);
    Ended accepted = platter({"check", file}, around);
    EXPECT_EQ(accepted.status, OK) << accepted.err;
    Ended here = platter({"check", "--here", file}, around);
    expect_refusal(here, FAILED, what);
    EXPECT_EQ(here.err.find(file + place + ": " + what), 0u) << here.err;
    EXPECT_EQ(here.out, "");
    Ended run = platter({"run", "--duration", "0.1", file}, around);
    EXPECT_EQ(run.status, FAILED) << run.out;
    EXPECT_NE(run.err, "");
  }

  // As the left device of a wire, which stands in line 2.
  void expect_device_refused(const std::string &device, const std::string &why,
                             const Surroundings &around = {})
  {
    expect_refused(wire(device), ":2:18", "ports.left.device: '" + device + "': " + why, around);
  }

  std::string wire(const std::string &device, const std::string &rest = memory_yaml())
  {
    return "ports:\n  left: {device: '" + device + "'}\n  right: {device: net_null9}\n" +
           "forward: [{wire: [left, right]}]\ntelemetry: {prefix: " + prefix + "}\n" + rest;
  }

  Scratch dir;
  std::string prefix = unique_prefix("here");
};
} // namespace

TEST_F(CheckHere, Cores)
{
  expect_refused("workers: {cores: [0, 900]}\n" + wire("net_null0"), ":1:22",
                 "workers: core 900 cannot be used here; this process may use ");
  expect_refused("workers: {assign: [{core: 900, rx: [left/0, right/0], tx: [left, right]}]}\n" +
                     wire("net_null0"),
                 ":1:20", "workers: core 900 cannot be used here; this process may use ");
}

TEST_F(CheckHere, DevicesAndDrivers)
{
  expect_device_refused("0000:fe:00.0", "there is no PCI device at this address; ");
  expect_device_refused("net_nosuch0", "DPDK has no driver of this name here (none in ");
  Ended ended = platter({"check", "--here", dir.write("c.yaml", wire("net_nosuch0"))});
  size_t at = ended.err.find("(none in ") + strlen("(none in ");
  std::string directory = ended.err.substr(at, ended.err.find(')', at) - at);
  ASSERT_TRUE(std::filesystem::is_directory(directory)) << ended.err;
  std::string yaml = "ports: {a: {device: net_null0}, b: {device: net_nosuch1}}\n"
                     "forward: [{wire: [a, b]}]\ntelemetry: {prefix: " +
                     prefix + "}\n" + memory_yaml();
  ended = platter({"check", "--here", dir.write("c.yaml", yaml)}, without_drivers(directory));
  EXPECT_NE(ended.err.find("c.yaml:1:21: ports.a.device: 'net_null0': DPDK has no driver"),
            std::string::npos)
      << ended.err;
  EXPECT_EQ(platter({"run", dir / "c.yaml"}, without_drivers(directory)).status, FAILED);
}

TEST_F(CheckHere, MoreQueuesThanTheArgumentsGive)
{
  struct {
    const char *device;
    const char *queues;
  } cases[] = {{"net_ring0", "16"},
               {"net_tap0,iface=t0", "16"},
               {"net_af_packet0,iface=lo,qpairs=3", "3"},
               {"net_memif0", "1"},
               {"net_pcap0,iface=lo", "1"}};
  for (const auto &c : cases)
    expect_refused("ports: {a: {rx_queues: 20, device: '" + std::string(c.device) +
                       "'}, b: {device: net_null9}}\nforward: [{wire: [a, b]}]\n"
                       "telemetry: {prefix: " +
                       prefix + "}\n" + memory_yaml(),
                   ":1:24",
                   "ports.a.rx_queues: 20 asked, but '" + std::string(c.device) + "' has " +
                       c.queues);
}

TEST_F(CheckHere, Interfaces)
{
  Namespace empty;
  Surroundings inside = empty.around();
  for (const char *driver : {"net_af_packet0,iface", "net_af_xdp0,iface", "net_pcap0,iface",
                             "net_pcap0,rx_iface", "net_tap0,iface=t0,remote"})
    expect_device_refused(driver + std::string("=nosuch0"),
                          "there is no interface 'nosuch0' here (`ip link` lists them)", inside);
  expect_device_refused("net_tap0,iface=lo", "there is an interface 'lo' already, which is no tap",
                        inside);
}

TEST_F(CheckHere, Permissions)
{
  expect_device_refused("net_af_packet0,iface=lo", "packet sockets need the capability CAP_NET_RAW",
                        as_nobody());
  expect_device_refused("net_tap0,iface=t0", "making a tap needs the capability CAP_NET_ADMIN",
                        as_nobody());
  std::string secret = dir.write("secret.pcap", "");
  chmod(secret.c_str(), 0);
  expect_device_refused("net_pcap0,rx_pcap=" + secret,
                        "the capture does not open: " + secret + ": Permission denied",
                        as_nobody());
  expect_device_refused(
      "net_pcap0,tx_pcap=/etc/new.pcap",
      "cannot write /etc/new.pcap: no file can be made in '/etc' (Permission denied)", as_nobody());
  expect_device_refused("net_vhost0,iface=/etc/guest.sock",
                        "its socket cannot be made in '/etc' (Permission denied)", as_nobody());
}

TEST_F(CheckHere, Files)
{
  std::string text = dir.write("text.pcap", "this is no capture\n");
  expect_device_refused("net_pcap0,rx_pcap=/nonexistent.pcap",
                        "the capture does not open: /nonexistent.pcap: No such file");
  expect_device_refused("net_pcap0,rx_pcap=" + text + ",infinite_rx=1",
                        "the capture does not open: unknown file format");
  expect_device_refused(
      "net_pcap0,tx_pcap=/nonexistent/a.pcap",
      "cannot write /nonexistent/a.pcap: no file can be made in '/nonexistent' (No such file");
  expect_device_refused("net_pcap0,tx_pcap=" + dir.path(),
                        "cannot write " + dir.path() + ": it is a directory");
  std::string source = dir.path() + "/good.pcap";
  write_frames(source, numbered_frames(3));
  expect_device_refused("replay,file=" + source + ",out=/nonexistent/a.pcap",
                        "cannot write /nonexistent/a.pcap: no file can be made in '/nonexistent'");
  expect_refused(wire("replay,file=/nonexistent.pcap"), ":2:18",
                 "ports.left.device: /nonexistent.pcap: No such file or directory");
  expect_refused(wire("replay,file=" + text), ":2:18", "ports.left.device: " + text + ": ");
}

TEST_F(CheckHere, Sockets)
{
  expect_device_refused("net_vhost0,iface=/nonexistent/guest.sock",
                        "the directory of its socket, '/nonexistent': No such file or directory");
  expect_device_refused("net_vhost0,iface=/etc/passwd",
                        "'/etc/passwd' is there already, and is no ");
  expect_device_refused(
      "net_virtio_user0,path=/nonexistent/guest.sock",
      "'/nonexistent/guest.sock': No such file or directory; start the vhost-user");
  std::string path = dir / "taken.sock";
  struct sockaddr_un address = {AF_UNIX, ""};
  strcpy(address.sun_path, path.c_str());
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(fd, reinterpret_cast<struct sockaddr *>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(fd, 5), 0);
  expect_device_refused("net_vhost0,iface=" + path, "another process listens at '" + path + "'");
  close(fd);

  // Nobody listens there any more: a start removes it, and a check leaves it.
  std::string file = dir.write("c.yaml", wire("net_vhost0,iface=" + path));
  EXPECT_EQ(platter({"check", "--here", file}).status, OK);
  EXPECT_TRUE(std::filesystem::exists(path));
  std::filesystem::remove(path);

  std::string twice = "ports:\n  a: {device: 'net_vhost0,iface=" + path +
                      "'}\n  b: {device: 'net_vhost1,iface=" + path +
                      "'}\nforward: [{wire: [a, b]}]\ntelemetry: {prefix: " + prefix + "}\n" +
                      memory_yaml();
  expect_refused(twice, ":3:15",
                 "ports.b.device: 'net_vhost1,iface=" + path +
                     "': another port of this platter has the socket '" + path + "'");
}

TEST_F(CheckHere, MemoryAndDescriptors)
{
  expect_refused(wire("net_null0", "memory: {hugepages: on, mbufs: 16777216}\n"), ":6:1",
                 "memory.hugepages is on, but ");
  expect_refused(wire("net_null0"), "", "it needs at least ", with_open_files(16));
}

TEST_F(CheckHere, ARuntimeDirectoryThatCannotBe)
{
  Surroundings around = as_nobody();
  around.set = {"XDG_RUNTIME_DIR=/nowhere/at/all"};
  expect_refused(wire("net_null0"), ":5:1",
                 "cannot make the runtime directory /nowhere/at/all/dpdk (No such file or "
                 "directory); set XDG_RUNTIME_DIR",
                 around);
  around.set = {"XDG_RUNTIME_DIR=" + dir.path()};
  std::filesystem::create_directory(dir / "dpdk");
  std::filesystem::permissions(dir / "dpdk", std::filesystem::perms::all);
  expect_refused(wire("net_null0"), ":5:1",
                 "others may write to the runtime directory " + dir.path() + "/dpdk", around);
}

// Another platter, which goes on undisturbed.
TEST_F(CheckHere, WhatAnotherPlatterHas)
{
  Namespace there;
  Surroundings inside = there.around();
  Process first(
      platter_line({"run", dir.write("first.yaml", wire("net_af_packet0,iface=lo")), "--json"}),
      inside);
  {
    Telemetry client(telemetry_path(prefix));
    ASSERT_TRUE(client.ready());
    expect_refused(wire("net_null0"), ":5:1", "another platter runs with the prefix '" + prefix,
                   inside);
    std::string own = prefix;
    prefix = unique_prefix("here_too");
    expect_device_refused("net_af_packet0,iface=lo", "another platter has the interface 'lo'; stop",
                          inside);
    prefix = own;
    EXPECT_TRUE(client.get("/platter/info"));
  }
  first.signal(SIGTERM);
  expect_closed(first.wait(10));
}

TEST_F(CheckHere, SaysAllAtOnceInTheOrderOfTheFile)
{
  std::string yaml = "ports:\n"
                     "  a: {device: 'net_af_packet0,iface=nosuch0'}\n"
                     "  b: {device: '0000:fe:00.0'}\n"
                     "  c: {device: 'net_pcap0,rx_pcap=/nonexistent.pcap,infinite_rx=1'}\n"
                     "  d: {device: 'replay,file=/nonexistent.pcap'}\n"
                     "  e: {device: net_nosuch0}\n"
                     "workers: {cores: [0, 900]}\n"
                     "memory: {hugepages: on, mbufs: 16777216}\n"
                     "forward: [{bridge: [a, b, c, d, e]}]\n"
                     "telemetry: {prefix: " +
                     prefix + "}\n";
  std::string file = dir.write("c.yaml", yaml);
  auto lines = [&](const Ended &ended) {
    std::vector<int> all;
    for (size_t at = 0; (at = ended.err.find(file + ":", at)) != std::string::npos; at++)
      all.push_back(std::stoi(ended.err.substr(at + file.size() + 1)));
    return all;
  };
  Ended here = platter({"check", "--here", file});
  EXPECT_EQ(lines(here), (std::vector<int>{2, 3, 4, 5, 6, 7, 8})) << here.err;
  Ended run = platter({"run", file});
  EXPECT_EQ(run.status, FAILED);

  Ended ended = platter({"check", "--here", "--json", file});
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_EQ(ended.err, "");
  Json json = Json::parse(ended.out);
  EXPECT_TRUE(json["valid"].is_true());
  EXPECT_EQ(json["ports"].size(), 5u);
  ASSERT_EQ(json["errors"].size(), 7u) << ended.out;
  EXPECT_EQ(json["errors"].at(0)["line"].number(), 2);
  EXPECT_EQ(json["errors"].at(0)["column"].number(), 15);
  EXPECT_NE(here.err.find(json["errors"].at(0)["message"].text()), std::string::npos);
}

// Everything that a start would make, and nothing of it is made; then it starts.
TEST_F(CheckHere, AMachineThatFitsStaysAsItIs)
{
  Namespace there;
  Surroundings inside = there.around();
  Leftovers before(prefix);
  write_frames(dir / "in.pcap", numbered_frames(8));
  std::string yaml = "ports:\n"
                     "  a: {device: 'net_tap0,iface=here0'}\n"
                     "  b: {device: 'net_vhost0,iface=" +
                     (dir / "guest.sock") +
                     "'}\n"
                     "  c: {device: 'replay,file=" +
                     (dir / "in.pcap") +
                     "'}\n"
                     "  d: {device: 'net_pcap0,rx_pcap=" +
                     (dir / "in.pcap") + ",tx_pcap=" + (dir / "out.pcap") +
                     "'}\n"
                     "forward: [{wire: [a, b]}, {wire: [c, d]}]\n"
                     "telemetry: {prefix: " +
                     prefix + "}\n" + memory_yaml();
  std::string file = dir.write("c.yaml", yaml);
  std::set<std::string> files = list_directory(dir.path());
  Ended ended = platter({"check", "--here", file}, inside);
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(ended.err, "");
  EXPECT_NE(ended.out.find("\nhere: nothing on this machine stands in the way\n"),
            std::string::npos)
      << ended.out;
  EXPECT_EQ(list_directory(dir.path()), files);
  EXPECT_EQ(before.now(), "");
  Ended run = platter({"run", "--duration", "0.1", file}, inside);
  EXPECT_EQ(run.status, OK) << run.err;

  // What a start would warn of is a warning.
  file = dir.write("c.yaml", wire("net_null0", "memory: {mbufs: 2000000}\n"));
  ended = platter({"check", "--here", file});
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(ended.err.find("platter: warning: running without hugepages, "), 0u) << ended.err;
}
