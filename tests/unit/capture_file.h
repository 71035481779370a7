// SPDX-License-Identifier: BSD-3-Clause
// Capture files built by hand, pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng).
#ifndef TESTS_UNIT_CAPTURE_FILE_H
#define TESTS_UNIT_CAPTURE_FILE_H

#include <cstdint>
#include <string>

enum { LINK_ETHERNET = 1, LINK_SLL = 113 };

inline std::string number(uint32_t value, int bytes, bool big)
{
  std::string text;
  for (int i = 0; i < bytes; i++)
    text += static_cast<char>(value >> 8 * (big ? bytes - 1 - i : i));
  return text;
}

// A frame of this EtherType, or of as many of its bytes as asked for.
inline std::string frame_of(unsigned ether_type, size_t size = 60)
{
  std::string frame = std::string("\x02\0\0\0\0\1\x02\0\0\0\0\2", 12) + number(ether_type, 2, true);
  frame.resize(size, '\0');
  return frame;
}

struct Pcap {
  bool big = false;
  std::string bytes;

  explicit Pcap(bool big_endian = false, uint32_t magic = 0xa1b2c3d4, uint32_t link = LINK_ETHERNET,
                uint32_t snap_length = 262144)
      : big(big_endian)
  {
    bytes = number(magic, 4, big) + number(2, 2, big) + number(4, 2, big) + std::string(8, '\0') +
            number(snap_length, 4, big) + number(link, 4, big);
  }

  // `missing`: bytes that the frame had and the capture does not. `part`: of the second.
  Pcap &add(const std::string &frame, uint32_t missing = 0, uint32_t seconds = 1700000000,
            uint32_t part = 999999)
  {
    bytes += number(seconds, 4, big) + number(part, 4, big) + number(frame.size(), 4, big) +
             number(frame.size() + missing, 4, big) + frame;
    return *this;
  }
};

struct Pcapng {
  bool big = false;
  std::string bytes;

  explicit Pcapng(bool big_endian = false) : big(big_endian)
  {
    block(0x0a0d0d0a, number(0x1a2b3c4d, 4, big) + number(1, 2, big) + number(0, 2, big) +
                          std::string(8, '\xff'));
  }

  // A section of its own, whose byte order may be another.
  Pcapng &section(bool big_endian)
  {
    bytes += Pcapng(big_endian).bytes;
    big = big_endian;
    return *this;
  }

  // `resolution`: timestamps count units of 10 to the minus this, or with 128 in it of 2. `offset`:
  // seconds to be added.
  Pcapng &interface(uint32_t link = LINK_ETHERNET, int resolution = 6, uint32_t snap_length = 0,
                    int64_t offset = 0)
  {
    uint64_t plus = static_cast<uint64_t>(offset);
    uint32_t high = static_cast<uint32_t>(plus >> 32), low = static_cast<uint32_t>(plus);
    std::string options = number(9, 2, big) + number(1, 2, big) + static_cast<char>(resolution) +
                          std::string(3, '\0');
    if (offset != 0)
      options += number(14, 2, big) + number(8, 2, big) + number(big ? high : low, 4, big) +
                 number(big ? low : high, 4, big);
    options += number(0, 4, big);
    return block(1,
                 number(link, 2, big) + number(0, 2, big) + number(snap_length, 4, big) + options);
  }

  Pcapng &add(const std::string &frame, uint32_t on = 0, uint32_t missing = 0)
  {
    return block(6, number(on, 4, big) + std::string(8, '\1') + number(frame.size(), 4, big) +
                        number(frame.size() + missing, 4, big) + frame);
  }

  // With this time stamp, in the interface's units.
  Pcapng &at(uint64_t units, const std::string &frame, uint32_t on = 0)
  {
    return block(6, number(on, 4, big) + number(static_cast<uint32_t>(units >> 32), 4, big) +
                        number(static_cast<uint32_t>(units), 4, big) +
                        number(frame.size(), 4, big) + number(frame.size(), 4, big) + frame);
  }

  // A simple packet block, of the first interface.
  Pcapng &simple(const std::string &frame, uint32_t whole)
  {
    return block(3, number(whole, 4, big) + frame);
  }

  // The obsolete packet block, as early programs wrote it.
  Pcapng &old(const std::string &frame, uint32_t on = 0)
  {
    return block(2, number(on, 2, big) + number(0xffff, 2, big) + std::string(8, '\1') +
                        number(frame.size(), 4, big) + number(frame.size(), 4, big) + frame);
  }

  Pcapng &block(uint32_t type, std::string body)
  {
    body.resize((body.size() + 3) / 4 * 4, '\0');
    std::string size = number(body.size() + 12, 4, big);
    bytes += number(type, 4, big) + size + body + size;
    return *this;
  }
};

#endif
