// SPDX-License-Identifier: BSD-3-Clause
#include "made_up_machine.h"

#include <filesystem>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace
{
const std::string PCI = "/sys/bus/pci", DEVICES = PCI + "/devices/", DRIVERS = PCI + "/drivers/";

std::string line(std::string text)
{
  return text.substr(0, text.find('\n'));
}

std::string number(int n)
{
  return std::to_string(n);
}
} // namespace

MadeUpMachine::MadeUpMachine(int nodes) : inotify_(inotify_init1(IN_CLOEXEC))
{
  file("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu constant_tsc nonstop_tsc sse4_2 avx2\n");
  file("/proc/cmdline", "quiet nohz_full=1 rcu_nocbs=1\n");
  file("/proc/meminfo", "MemTotal:       16777216 kB\n");
  file("/proc/net/route",
       "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n");
  file("/proc/self/limits", "Max open files            1024                 4096      files\n"
                            "Max locked memory         unlimited            unlimited bytes\n");
  file("/proc/sys/kernel/osrelease", "6.1.0\n");
  std::string cpu = "/sys/devices/system/cpu/", last = number(nodes * 2 - 1);
  file(cpu + "online", "0-" + last + "\n");
  file(cpu + "isolated", "1-" + last + "\n");
  file(cpu + "nohz_full", "1-" + last + "\n");
  file("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
  file("/sys/devices/system/node/has_memory", "0-" + number(nodes - 1) + "\n");
  for (int n = 0; n < nodes; n++)
    node(n);
  link("/sys/class/iommu/dmar0", "/sys/devices/virtual/iommu/dmar0");
  file("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"quiet\"\n");
  file("/etc/group", "root:x:0:\nusers:x:100:eve\n");
  file("/etc/passwd", "root:x:0:0::/root:/bin/sh\neve:x:1000:1000::/home/eve:/bin/sh\n");
  fs::create_directories(dir_ / "/etc/systemd/system");
  fs::create_directories(dir_ / "/etc/udev/rules.d");
  fs::create_directories(dir_ / "/dev/vfio");
  fs::create_directories(dir_ / "/sys/class/net");
  file(PCI + "/drivers_probe", "");
  watch(PCI + "/drivers_probe");
  for (const std::string driver :
       {"vfio-pci", "uio_pci_generic", "e1000e", "ixgbe", "mlx5_core", "pcieport", "snd"}) {
    for (const char *name : {"/bind", "/unbind"}) {
      file(DRIVERS + driver + name, "");
      watch(DRIVERS + driver + name);
    }
  }
  thread_ = std::thread(&MadeUpMachine::kernel, this);
}

MadeUpMachine::~MadeUpMachine()
{
  over_ = true;
  thread_.join();
  close(inotify_);
}

void MadeUpMachine::node(int n) const
{
  std::string here = "/sys/devices/system/node/node" + number(n);
  file(here + "/meminfo", "Node " + number(n) + " MemTotal:       8388608 kB\n");
  for (const char *size : {"2048", "1048576"}) {
    std::string pages = here + "/hugepages/hugepages-" + size + "kB/";
    file(pages + "nr_hugepages", size == std::string("2048") ? "512\n" : "0\n");
    file(pages + "free_hugepages", size == std::string("2048") ? "500\n" : "0\n");
  }
  for (int cpu : {n * 2, n * 2 + 1}) {
    std::string at = "/sys/devices/system/cpu/cpu" + number(cpu);
    file(at + "/topology/thread_siblings_list", number(cpu) + "\n");
    link(at + "/node" + number(n), "../../node/node" + number(n));
  }
}

void MadeUpMachine::file(const std::string &path, const std::string &text) const
{
  fs::create_directories(fs::path(dir_ / path).parent_path());
  write_file(dir_ / path, text);
}

std::string MadeUpMachine::text(const std::string &path) const
{
  return read_file(dir_ / path);
}

void MadeUpMachine::link(const std::string &path, const std::string &target) const
{
  fs::create_directories(fs::path(dir_ / path).parent_path());
  fs::create_symlink(target, dir_ / path);
}

void MadeUpMachine::remove(const std::string &path) const
{
  fs::remove_all(dir_ / path);
}

bool MadeUpMachine::exists(const std::string &path) const
{
  return fs::symlink_status(dir_ / path).type() != fs::file_type::not_found;
}

unsigned MadeUpMachine::mode(const std::string &path) const
{
  return static_cast<unsigned>(fs::status(dir_.path() + path).permissions());
}

void MadeUpMachine::nic(const MadeUpNic &nic)
{
  std::string device = DEVICES + nic.address, group = number(nic.group);
  file(device + "/class", "0x020000\n");
  file(device + "/vendor", "0x" + nic.id.substr(0, 4) + "\n");
  file(device + "/device", "0x" + nic.id.substr(5) + "\n");
  file(device + "/numa_node", number(nic.node) + "\n");
  file(device + "/driver_override", "(null)\n");
  if (nic.group >= 0) {
    link(device + "/iommu_group", "../../../../kernel/iommu_groups/" + group);
    link("/sys/kernel/iommu_groups/" + group + "/devices/" + nic.address, "../" + nic.address);
  }
  nics_[nic.address] = nic;
  if (!nic.driver.empty())
    give(nic, nic.driver);
  if (!nic.interface.empty())
    file("/sys/class/net/" + nic.interface + "/flags", "0x1003\n");
}

void MadeUpMachine::default_route(const std::string &interface) const
{
  file("/proc/net/route", text("/proc/net/route") + interface +
                              " 00000000 0101A8C0 0003 0 0 0 00000000 0 0 0\n" + interface +
                              " 0001A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0\n");
}

void MadeUpMachine::no_iommu() const
{
  remove("/sys/class/iommu");
}

std::string MadeUpMachine::driver(const std::string &address) const
{
  std::error_code none;
  return fs::read_symlink(dir_ / (DEVICES + address + "/driver"), none).filename();
}

std::string MadeUpMachine::pages(int node, int n) const
{
  std::string path =
      "/sys/devices/system/node/node" + number(node) + "/hugepages/hugepages-2048kB/nr_hugepages";
  if (n >= 0)
    file(path, number(n) + "\n");
  return line(text(path));
}

Ended MadeUpMachine::setup(const std::vector<std::string> &arguments,
                           const std::vector<std::string> &environment) const
{
  std::vector<std::string> all = {source_path("deploy/host-setup")};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Surroundings around;
  around.set = environment;
  around.set.push_back("HOST_SETUP_ROOT=" + dir_.path());
  if (environment.empty())
    around.unset = {"SSH_CONNECTION"};
  return Process(all, around).wait(60);
}

std::map<std::string, std::string> MadeUpMachine::contents() const
{
  std::map<std::string, std::string> all;
  for (const char *top : {"etc", "sys", "dev", "var"}) {
    if (!fs::exists(dir_ / top))
      continue;
    for (const auto &entry : fs::recursive_directory_iterator(dir_ / top)) {
      std::string path = entry.path().string().substr(dir_.path().size());
      if (entry.is_symlink())
        all[path] = "to " + fs::read_symlink(entry.path()).string();
      else if (entry.is_regular_file())
        all[path] = line(read_file(entry.path()));
      else
        all[path] = "directory";
    }
  }
  return all;
}

// The kernel's part.

void MadeUpMachine::watch(const std::string &path)
{
  watched_[inotify_add_watch(inotify_, (dir_ / path).c_str(), IN_CLOSE_WRITE)] = path;
}

void MadeUpMachine::kernel()
{
  alignas(inotify_event) char buffer[4096];
  while (!over_) {
    struct pollfd wait = {inotify_, POLLIN, 0};
    if (poll(&wait, 1, 20) <= 0)
      continue;
    ssize_t n = read(inotify_, buffer, sizeof(buffer));
    for (ssize_t at = 0; at < n;) {
      auto *event = reinterpret_cast<inotify_event *>(buffer + at);
      if (watched_.count(event->wd) != 0)
        written(watched_[event->wd]);
      at += sizeof(*event) + event->len;
    }
  }
}

void MadeUpMachine::written(const std::string &path)
{
  auto found = nics_.find(line(text(path)));
  if (found == nics_.end())
    return;
  const MadeUpNic &nic = found->second;
  std::string name = fs::path(path).filename();
  std::string asked = line(text(DEVICES + nic.address + "/driver_override"));
  if (name == "unbind")
    take(nic);
  else if (driver(nic.address).empty() && name == "bind")
    give(nic, fs::path(path).parent_path().filename());
  else if (driver(nic.address).empty() && exists(DRIVERS + asked + "/bind"))
    give(nic, asked);
}

void MadeUpMachine::give(const MadeUpNic &nic, const std::string &driver) const
{
  if (driver == "vfio-pci")
    file("/dev/vfio/" + number(nic.group), "");
  else if (driver == nic.driver && !nic.interface.empty()) {
    fs::create_directories(dir_ / (DEVICES + nic.address + "/net/" + nic.interface));
    file("/sys/class/net/" + nic.interface + "/flags", "0x1002\n");
    file("/sys/class/net/" + nic.interface + "/operstate", "up\n");
    file("/sys/class/net/" + nic.interface + "/speed", "10000\n");
  }
  link(DEVICES + nic.address + "/driver", "../../drivers/" + driver);
}

void MadeUpMachine::take(const MadeUpNic &nic) const
{
  remove(DEVICES + nic.address + "/net");
  remove("/sys/class/net/" + nic.interface + (nic.interface.empty() ? "none" : ""));
  remove("/dev/vfio/" + number(nic.group));
  remove(DEVICES + nic.address + "/driver");
}
