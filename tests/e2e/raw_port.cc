// SPDX-License-Identifier: BSD-3-Clause
#include "raw_port.h"

#include <stdexcept>

#include <pcap/pcap.h>

RawPort::RawPort(const Namespace &where, const std::string &interface, const std::string &filter)
{
  where.inside([&] { // the socket stays in the namespace that it was made in
    char error[PCAP_ERRBUF_SIZE] = "";
    struct bpf_program program;
    pcap_ = pcap_create(interface.c_str(), error);
    if (pcap_ == nullptr || pcap_set_snaplen(pcap_, 65535) != 0 ||
        pcap_set_immediate_mode(pcap_, 1) != 0 || pcap_activate(pcap_) < 0 ||
        pcap_setdirection(pcap_, PCAP_D_IN) != 0 || pcap_setnonblock(pcap_, 1, error) != 0 ||
        pcap_compile(pcap_, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
      throw std::runtime_error(interface + ": " + (pcap_ != nullptr ? pcap_geterr(pcap_) : error));
    pcap_setfilter(pcap_, &program);
    pcap_freecode(&program);
  });
}

RawPort::~RawPort()
{
  pcap_close(pcap_);
}

void RawPort::send(const std::string &frame) const
{
  if (pcap_inject(pcap_, frame.data(), frame.size()) != static_cast<int>(frame.size()))
    throw std::runtime_error(std::string("cannot send: ") + pcap_geterr(pcap_));
}

Frames RawPort::receive(size_t count, double seconds) const
{
  Frames frames;
  double end = monotonic() + seconds;
  while (frames.size() < count && monotonic() < end) {
    struct pcap_pkthdr *header;
    const unsigned char *bytes;
    if (pcap_next_ex(pcap_, &header, &bytes) == 1)
      frames.emplace_back(reinterpret_cast<const char *>(bytes), header->caplen);
    else
      rest(0.0002);
  }
  return frames;
}
