// SPDX-License-Identifier: BSD-3-Clause
// A server made of files, for deploy/host-setup: what it reads of /sys, /proc and /etc below a
// directory of the test's own, and a thread that does what the kernel would when a driver's bind
// and unbind are written to.
#ifndef TESTS_E2E_MADE_UP_MACHINE_H
#define TESTS_E2E_MADE_UP_MACHINE_H

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "process.h"
#include "scratch.h"

struct MadeUpNic {
  std::string address;
  std::string id;        // "8086:10d3"
  std::string driver;    // of the kernel; "": none
  std::string interface; // ""; none
  int node = 0;
  int group = -1; // of the IOMMU; -1: none
};

class MadeUpMachine
{
public:
  // A good server: two CPUs on each node, an IOMMU, 512 pages of 2 MB on each node, nothing that
  // needs advice, no NIC.
  explicit MadeUpMachine(int nodes = 1);
  ~MadeUpMachine();

  void file(const std::string &path, const std::string &text) const;
  std::string text(const std::string &path) const;
  void link(const std::string &path, const std::string &target) const;
  void remove(const std::string &path) const;
  bool exists(const std::string &path) const;
  unsigned mode(const std::string &path) const; // permissions

  void nic(const MadeUpNic &nic);
  void default_route(const std::string &interface) const;
  void no_iommu() const; // neither switched on nor in the firmware
  std::string driver(const std::string &address) const;
  std::string pages(int node, int n = -1) const; // of 2 MB, as text; n: sets them first

  Ended setup(const std::vector<std::string> &arguments,
              const std::vector<std::string> &environment = {}) const;

  // Every file and link of /etc, /sys, /dev and /var with what it holds.
  std::map<std::string, std::string> contents() const;

private:
  void node(int number) const;
  void kernel(); // the thread
  void watch(const std::string &path);
  void written(const std::string &path);
  void give(const MadeUpNic &nic, const std::string &driver) const;
  void take(const MadeUpNic &nic) const;

  Scratch dir_;
  std::map<std::string, MadeUpNic> nics_;
  std::map<int, std::string> watched_;
  int inotify_;
  std::atomic<bool> over_{false};
  std::thread thread_; // last: needs the others
};

#endif
