// SPDX-License-Identifier: BSD-3-Clause
// An emulated machine (qemu without KVM): a q35 board with an Intel IOMMU and PCI Express NICs,
// each in a slot of its own and on a cable to the test, with Debian's kernel and the root that
// image.sh made. Its shell runs commands for the test; qemu's monitor pulls cables and cards. It
// goes off with the object.
#ifndef TESTS_METAL_MACHINE_H
#define TESTS_METAL_MACHINE_H

#include <memory>
#include <string>
#include <vector>

#include "cable.h"
#include "monitor.h"
#include "process.h"
#include "scratch.h"

struct MachineSetup {
  std::vector<std::string> nics = {}; // qemu devices: "e1000e", "vmxnet3", "virtio-net-pci,mq=on"
  unsigned cpus = 3;                  // two workers and control
  unsigned megabytes = 1536;
  bool iommu = true;
  std::vector<std::string> more = {}; // further arguments of qemu
};

struct Reply {
  int status;
  std::string out; // standard output and error
};

class Machine
{
public:
  // Boots. Throws, with the reason, where qemu or the kernel in it does not start.
  explicit Machine(const MachineSetup &setup);
  ~Machine();

  // Runs a command in the machine's shell, to its end. Throws where that takes too long.
  Reply run(const std::string &command, double seconds = 120);

  // The same, for commands that have to succeed. What it printed.
  std::string must(const std::string &command, double seconds = 120);

  // qemu's monitor. What it said.
  std::string monitor(const std::string &line)
  {
    return monitor_->run(line);
  }

  // The NICs, in the order of the setup, from 0. Names, for the monitor, are "nic0" and on.
  const Cable &cable(unsigned nic) const
  {
    return *cables_.at(nic);
  }
  std::string address(unsigned nic) const; // "0000:01:00.0"
  std::string device(unsigned nic) const;  // as device_add takes it, to plug it again
  void set_link(unsigned nic, bool up);    // pulls the cable, or puts it back

  // What qemu and the kernel have said: for whoever looks into a failure.
  std::string log() const;

private:
  void connect_shell(double seconds);
  std::string read_line(double end);
  std::string read_bytes(size_t length, double end);
  void fill(double end);

  Scratch scratch_;
  MachineSetup setup_;
  std::vector<std::unique_ptr<Cable>> cables_;
  std::unique_ptr<Process> qemu_;
  std::unique_ptr<Monitor> monitor_;
  int shell_ = -1;
  std::string pending_; // read from the shell, not yet used
};

#endif
