// SPDX-License-Identifier: BSD-3-Clause
// Frames put together by hand, header by header: ether(0x0800) + ipv4({17}, udp()).
#ifndef UNIT_FRAMES_H
#define UNIT_FRAMES_H

#include <cstddef>
#include <cstdint>
#include <vector>

using Bytes = std::vector<uint8_t>;

inline Bytes operator+(Bytes left, const Bytes &right)
{
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Bytes be16(unsigned value)
{
  return {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
}

inline Bytes byte(unsigned value)
{
  return {static_cast<uint8_t>(value)};
}

inline Bytes zeros(size_t n)
{
  return Bytes(n);
}

inline Bytes ether(unsigned type)
{
  return Bytes{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2} + be16(type);
}

inline Bytes tag(unsigned tci, unsigned type)
{
  return be16(tci) + be16(type);
}

struct Ipv4 {
  unsigned protocol;
  unsigned options = 0; // bytes
  unsigned fragment = 0;
};

inline Bytes ipv4(const Ipv4 &ip, const Bytes &payload)
{
  unsigned size = 20 + ip.options;
  return byte(0x40 | size / 4) + byte(0) + be16(size + payload.size()) + be16(7) +
         be16(ip.fragment) + byte(64) + byte(ip.protocol) + zeros(10) + Bytes(ip.options, 1) +
         payload;
}

inline Bytes ipv6(unsigned next, const Bytes &payload)
{
  return Bytes{0x60, 0, 0, 0} + be16(payload.size()) + byte(next) + byte(64) + zeros(32) + payload;
}

// An extension header of `units` times 8 bytes.
inline Bytes extension(unsigned next, unsigned units)
{
  return byte(next) + byte(units - 1) + zeros(units * 8 - 2);
}

inline Bytes ipv6_fragment(unsigned next, unsigned offset_and_more)
{
  return byte(next) + byte(0) + be16(offset_and_more) + zeros(4);
}

inline Bytes authentication(unsigned next, unsigned words)
{
  return byte(next) + byte(words - 2) + zeros(words * 4 - 2);
}

inline Bytes tcp(unsigned words = 5)
{
  return zeros(12) + byte(words << 4) + zeros(words * 4 - 13);
}

inline Bytes udp(const Bytes &payload = {})
{
  return be16(53) + be16(53) + be16(8 + payload.size()) + be16(0) + payload;
}

inline Bytes arp()
{
  return be16(1) + be16(0x0800) + byte(6) + byte(4) + be16(1) + zeros(20);
}

#endif
