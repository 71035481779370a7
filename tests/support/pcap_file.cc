// SPDX-License-Identifier: BSD-3-Clause
#include "pcap_file.h"

#include <stdexcept>

#include <pcap/pcap.h>

#include "capture_file.h"
#include "scratch.h"

Frames read_frames(const std::string &path)
{
  char detail[PCAP_ERRBUF_SIZE] = "";
  pcap_t *pcap = pcap_open_offline(path.c_str(), detail);
  if (pcap == nullptr)
    throw std::runtime_error(path + ": " + detail);
  Frames frames;
  struct pcap_pkthdr *header;
  const u_char *bytes;
  int got;
  while ((got = pcap_next_ex(pcap, &header, &bytes)) == 1)
    frames.emplace_back(reinterpret_cast<const char *>(bytes), header->caplen);
  std::string error = got == PCAP_ERROR_BREAK ? "" : pcap_geterr(pcap);
  pcap_close(pcap);
  if (!error.empty())
    throw std::runtime_error(path + ": " + error);
  return frames;
}

void write_frames(const std::string &path, const Frames &frames)
{
  Pcap file;
  for (const std::string &frame : frames)
    file.add(frame);
  write_file(path, file.bytes);
}

Frames numbered_frames(unsigned count, unsigned size, unsigned seed)
{
  Frames frames;
  uint32_t noise = seed + 1;
  for (unsigned i = 0; i < count; i++) {
    std::string frame = frame_of(0x88b5, 14) + number(seed, 4, true) + number(i, 4, true);
    while (frame.size() < size) {
      noise = noise * 1664525 + 1013904223; // Numerical Recipes' linear congruential generator
      frame += static_cast<char>(noise >> 24);
    }
    frames.push_back(frame);
  }
  return frames;
}

std::string swapped(std::string frame)
{
  return frame.substr(6, 6) + frame.substr(0, 6) + frame.substr(12);
}

std::vector<std::string> sample_captures()
{
  std::vector<std::string> paths;
  for (const std::string &name : list_directory(source_path("pcaps")))
    if (name.find(".pcap") != std::string::npos)
      paths.push_back(source_path("pcaps/" + name));
  return paths;
}
