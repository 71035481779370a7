// SPDX-License-Identifier: BSD-3-Clause
// The NICs of an emulated machine, from its own side: who drives them, and platter on them.
#ifndef TESTS_METAL_NICS_H
#define TESTS_METAL_NICS_H

#include <string>
#include <vector>

#include "json.h"
#include "machine.h"

// Reserves hugepages of 2 MB and gives these NICs to vfio-pci.
void prepare(Machine &machine, const std::vector<unsigned> &nics, unsigned pages = 256);

// The driver that the kernel has for a NIC: "e1000e", "vfio-pci"; "" for none.
std::string driver_of(Machine &machine, unsigned nic);

// The frame as it comes out of a NIC: Ethernet's least length is 60 without the checksum, and NICs
// fill up with zeros what is shorter.
Frames filled_up(Frames frames);

// A NIC as a configuration's `device`; `more`: further keys of the port.
std::string port_yaml(const Machine &machine, const std::string &name, unsigned nic,
                      const std::string &more = "");

// platter in the machine. It forwards when the constructor is through; else the test fails.
class Forwarder
{
public:
  // `before`: words before the command, such as those that make it another user's.
  Forwarder(Machine &machine, const std::string &yaml, const std::string &before = "");

  // The reply's value from its telemetry; nothing where it does not answer.
  Json get(const std::string &command);

  // Ends it by SIGTERM. Its summary: exit status 0, the accounting closed, pools full, no copies.
  Json expect_clean_end();

  const std::string &pid() const
  {
    return pid_;
  }

private:
  Machine &machine_;
  std::string pid_;
};

// Runs platter where it has to refuse: status 1 and one message, which is returned.
std::string expect_refused(Machine &machine, const std::string &yaml);

#endif
