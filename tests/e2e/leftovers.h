// SPDX-License-Identifier: BSD-3-Clause
// What a run of platter could leave behind on the machine: runtime directories and sockets, files
// of hugepages (such as no process has are those of files), files in /tmp and /dev/shm. Taken
// before and compared after.
#ifndef TESTS_E2E_LEFTOVERS_H
#define TESTS_E2E_LEFTOVERS_H

#include <set>
#include <string>

class Leftovers
{
public:
  // What holds `mine` in its name is looked at, so that other DPDK processes do no harm: a
  // telemetry prefix that only this test uses. "": everything that looks like DPDK's or platter's.
  explicit Leftovers(const std::string &mine);

  // What is there now and was not then, one a line; "" where the machine is clean.
  std::string now() const;

private:
  std::string mine_;
  std::set<std::string> paths_;
};

long free_hugepages(); // of 2 MB

#endif
