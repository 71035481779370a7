// SPDX-License-Identifier: BSD-3-Clause
// A guest on one of platter's ports, by vhost-user: its kernel's virtio_net on one side, a kernel
// in a namespace on the other, and platter on this machine between them. Guest and platter are
// killed and come back, each while the other runs.
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <sstream>

#include "appliance.h"
#include "machine.h"
#include "raw_port.h"

namespace
{
enum { GUEST_SECONDS = 60 }; // for its network to work, on a busy host

class Vhost : public testing::Test
{
protected:
  std::string yaml() const
  {
    return wire_between("net_af_packet0,iface=port_a", "net_vhost0,iface=" + socket_ + ",queues=1",
                        "workers: {cores: [1]}\n");
  }

  // qemu starts when platter is there, and looks for it once a second when it has gone. Without KVM
  // qemu 7.2 dies of MSI-X on a vhost-user device, so it has none (vectors=0).
  std::unique_ptr<Machine> boot() const
  {
    MachineSetup setup;
    setup.cpus = 1;
    setup.megabytes = 768;
    setup.iommu = false;
    setup.more = {"-m",       "slots=1,maxmem=2G",
                  "-object",  "memory-backend-memfd,id=mem,size=768M,share=on",
                  "-machine", "memory-backend=mem",
                  "-chardev", "socket,id=port,path=" + socket_ + ",reconnect=1",
                  "-netdev",  "vhost-user,id=net,chardev=port",
                  "-device",  "virtio-net-pci,netdev=net,mac=02:00:00:00:00:02,vectors=0"};
    auto guest = std::make_unique<Machine>(setup);
    guest->must("modprobe -a virtio_pci virtio_net; cd /sys/class/net; set -- [!l]*; "
                "echo 1 >/proc/sys/net/ipv6/conf/$1/disable_ipv6; ip link set $1 name guest up && "
                "ip addr add 10.0.0.9/24 dev guest");
    return guest;
  }

  testing::AssertionResult reaches() const
  {
    return ping(kernels_.a, "10.0.0.9", 3, 1472, "-M do");
  }

  bool becomes(const Appliance &appliance, const std::string &state) const
  {
    return eventually([&] { return appliance.get("/platter/port,b")["link"].text() == state; },
                      GUEST_SECONDS);
  }

  Process flood() const
  {
    return Process({"ping", "-q", "-f", "10.0.0.9"}, kernels_.a.around());
  }

  Kernels kernels_;
  Scratch scratch_;
  std::string socket_ = scratch_ / "guest.sock";
};

// The guest's kernel leaves checksums for its device to fill in, which is platter's driver.
void expect_streams(const Namespace &kernel, Machine &guest, const Scratch &scratch)
{
  std::string out = scratch / "out";
  guest.must("head -c 2000000 /usr/local/bin/platter >/run/file");
  Process from_guest({"socat", "-u", "TCP-LISTEN:5001,reuseaddr", "CREATE:" + out},
                     kernel.around());
  guest.must("for i in {1..100}; do cat /run/file >/dev/tcp/10.0.0.1/5001 && break; sleep 0.2; "
             "done 2>/dev/null");
  EXPECT_EQ(from_guest.wait().status, 0);
  std::string bytes = read_file(platter_binary()).substr(0, 2000000);
  EXPECT_TRUE(read_file(out) == bytes) << read_file(out).size() << " bytes";
  Process to_guest({"socat", "-u", "OPEN:" + out, "TCP-LISTEN:5002,reuseaddr"}, kernel.around());
  guest.must("for i in {1..100}; do cat </dev/tcp/10.0.0.1/5002 >/run/copy && break; sleep 0.2; "
             "done 2>/dev/null; cmp /run/file /run/copy");
  EXPECT_EQ(to_guest.wait().status, 0);
}

// A platter in the guest turns raw frames round, on a packet socket.
void expect_reflected(const Namespace &kernel, Machine &guest)
{
  guest.must("cat >/run/reflect.yaml <<'END'\n"
             "ports: {guest: {device: \"net_af_packet0,iface=guest\"}}\n"
             "forward: [{reflect: [guest]}]\nworkers: {cores: [0]}\n"
             "memory: {hugepages: off}\nEND\n");
  std::string pid = guest.must("platter run /run/reflect.yaml >/run/out 2>&1 & printf %d $!");
  guest.must("for i in {1..600}; do grep -q forwarding /run/out && break; sleep 0.1; done");
  RawPort raw(kernel, "eth0", "ether proto 0x88b5");
  for (unsigned size = 60; size <= 1514; size += 97) {
    Frames sent = numbered_frames(8, size, size);
    for (const std::string &frame : sent)
      raw.send(frame);
    Frames got = raw.receive(sent.size(), 30);
    ASSERT_EQ(got.size(), sent.size()) << size;
    for (size_t i = 0; i < sent.size(); i++)
      EXPECT_TRUE(got[i] == swapped(sent[i])) << "frame " << i << " of " << size << " bytes";
  }
  guest.must("kill -TERM " + pid + "; wait " + pid);
}

// Pieces of the guest's memory that platter has mapped.
long mapped(Appliance &platter)
{
  std::istringstream maps(read_file("/proc/" + std::to_string(platter.process().pid()) + "/maps"));
  long n = 0;
  for (std::string line; std::getline(maps, line);)
    n += line.find("memory-backend-memfd") != std::string::npos;
  return n;
}

// All of it is then mapped anew, and what was before is let go.
void expect_growth(Appliance &platter, Machine &guest)
{
  long before = mapped(platter);
  EXPECT_GE(before, 1);
  guest.monitor("object_add memory-backend-memfd,id=more,size=128M,share=on");
  EXPECT_EQ(guest.monitor("device_add pc-dimm,id=dimm,memdev=more"), "");
  EXPECT_TRUE(eventually([&] { return mapped(platter) == before + 1; }))
      << before << ", then " << mapped(platter);
}

TEST_F(Vhost, GuestAndPlatterAreKilledAndComeBack)
{
  auto platter = std::make_unique<Appliance>(kernels_.middle, yaml());
  auto guest = boot();
  ASSERT_TRUE(reaches());
  expect_streams(kernels_.a, *guest, scratch_);
  expect_reflected(kernels_.a, *guest);
  {
    Process pings = flood();
    expect_growth(*platter, *guest);
    guest.reset(); // by SIGKILL
    EXPECT_TRUE(becomes(*platter, "down"));
    EXPECT_EQ(platter->get("/platter/accounting")["difference"].number(), 0);
  }
  guest = boot();
  EXPECT_TRUE(becomes(*platter, "up"));
  ASSERT_TRUE(reaches());
  {
    Process pings = flood();
    rest(0.5);
    platter->process().signal(SIGKILL);
    platter->process().wait();
  }
  platter = std::make_unique<Appliance>(kernels_.middle, yaml());
  EXPECT_TRUE(becomes(*platter, "up"));
  EXPECT_TRUE(reaches());
  expect_streams(kernels_.a, *guest, scratch_);
  platter->expect_clean_end();
  EXPECT_EQ(list_directory(scratch_.path()).count("guest.sock"), 0u) << "the socket is gone";
}
} // namespace
