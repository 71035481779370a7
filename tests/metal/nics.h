// SPDX-License-Identifier: BSD-3-Clause
// The NICs of an emulated machine, from its own side: who drives them, and platter on them.
#ifndef TESTS_METAL_NICS_H
#define TESTS_METAL_NICS_H

#include <string>
#include <vector>

#include "json.h"
#include "machine.h"

enum { HUGEPAGES = 256 }; // of 2 MB, that prepare reserves

// Reserves hugepages and gives these NICs to vfio-pci, by deploy/host-setup. What it said.
std::string prepare(Machine &machine, const std::vector<unsigned> &nics,
                    const std::string &more = "");

// The driver that the kernel has for a NIC: "e1000e", "vfio-pci"; "" for none.
std::string driver_of(Machine &machine, unsigned nic);

// The number in a file of the machine.
long number_in(Machine &machine, const std::string &file);

// Frames as they come out of a NIC: Ethernet's least length is 60 without the checksum, and NICs
// fill up with zeros what is shorter.
Frames filled_up(Frames frames);

// That these frames came, byte for byte and in this order. Says which is the first that did not.
void expect_frames(const Frames &came, const Frames &expected);

// A port on a NIC, as a line of YAML's `ports`; `more`: further keys, as ", mtu: 9000".
std::string port_yaml(const Machine &machine, const std::string &name, unsigned nic,
                      const std::string &more = "");

// Ports "left" and "right" on two NICs with a wire between them, as YAML.
std::string wire_yaml(const Machine &machine, unsigned left, unsigned right,
                      const std::string &more = "");

// platter in the machine. It forwards when the constructor is through; else the test fails.
class Forwarder
{
public:
  // `nobody`: as that user, who has no privileges but those that host-setup gave.
  Forwarder(Machine &machine, const std::string &yaml, bool nobody = false);

  // The reply's value from its telemetry; nothing where it does not answer.
  Json get(const std::string &command);

  // Waits for so many seconds until the port's link is this. How long that took; -1: too long.
  double link_becomes(const std::string &port, const std::string &state, double seconds = 60);

  // Ends it by SIGTERM. Its summary: exit status 0, the accounting closed, pools full, no copies.
  Json expect_clean_end();

  // What it has written to standard error.
  std::string said();

  const std::string &pid() const
  {
    return pid_;
  }

private:
  Machine &machine_;
  std::string directory_; // of its telemetry socket
  std::string pid_;
};

// Runs platter where it has to refuse: status 1 and one message, or so many, which have all of
// `words`.
void expect_refused(Machine &machine, const std::string &yaml,
                    const std::vector<std::string> &words, int sentences = 1);

#endif
