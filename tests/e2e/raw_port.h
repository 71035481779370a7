// SPDX-License-Identifier: BSD-3-Clause
// A kernel's interface used raw: frames in and out as bytes, by libpcap, which puts VLAN tags back
// where they belong.
#ifndef TESTS_E2E_RAW_PORT_H
#define TESTS_E2E_RAW_PORT_H

#include <string>

#include "netns.h"
#include "pcap_file.h"

struct pcap;

class RawPort
{
public:
  // Hears what comes in by `interface`, of what `filter` (pcap-filter(7)) lets through.
  RawPort(const Namespace &where, const std::string &interface, const std::string &filter);
  ~RawPort();
  RawPort(const RawPort &) = delete;
  RawPort &operator=(const RawPort &) = delete;

  void send(const std::string &frame) const;

  // The next frames, up to `count` of them, or as many as came within so many seconds.
  Frames receive(size_t count, double seconds = 10) const;

private:
  struct pcap *pcap_ = nullptr;
};

#endif
