// SPDX-License-Identifier: BSD-3-Clause
// The host's end of the cable of an emulated NIC: one Ethernet frame a datagram. The sockets are
// of the Unix kind, not UDP: they have names instead of port numbers that could be taken, and a
// full one makes its sender wait, so that no frame is lost outside the machine.
#ifndef TESTS_METAL_CABLE_H
#define TESTS_METAL_CABLE_H

#include <string>

#include "pcap_file.h"

class Cable
{
public:
  // The end of NIC `name`, with both sockets in `directory`.
  Cable(const std::string &directory, const std::string &name);
  ~Cable();
  Cable(const Cable &) = delete;
  Cable &operator=(const Cable &) = delete;

  // qemu's option behind -netdev.
  std::string netdev() const;

  // False where the machine takes no frame at the moment.
  bool send(const std::string &frame) const;

  // False where no frame came within so many seconds.
  bool receive(std::string &frame, double seconds) const;

  // All that has come.
  Frames receive_all(double seconds = 0) const;

private:
  std::string name_, near_, far_;
  int fd_;
};

// Sends all frames on one cable and gives what comes out of the other, until as many came or none
// does for `patience` seconds. At most `window` are under way, so that no NIC runs out of buffers.
Frames carry(const Cable &from, const Cable &to, const Frames &frames, double patience = 30,
             unsigned window = 32);

#endif
