// SPDX-License-Identifier: BSD-3-Clause
// Filters as libpcap's manual has them, for the frames of these tests, over plain bytes.
#include <algorithm>
#include <stdexcept>

#include "forwarding_model.h"

namespace model
{

unsigned word(const Bytes &bytes, size_t at)
{
  return at + 2 <= bytes.size() ? bytes[at] << 8 | bytes[at + 1] : 0;
}

bool tagged(const Bytes &bytes)
{
  return word(bytes, ADDRESSES) == CUSTOMER || word(bytes, ADDRESSES) == SERVICE;
}

namespace
{

enum : unsigned { TCP = 6, UDP = 17 };

// IPv4 or IPv6 behind `at` bytes: protocol and both ports of what our frames hold.
struct Inner {
  unsigned protocol = 0, source = 0, destination = 0;
};
Inner inner(const Bytes &bytes, size_t at)
{
  unsigned type = word(bytes, at - 2);
  if (type == 0x0800)
    return {bytes[at + 9], word(bytes, at + 20), word(bytes, at + 22)};
  if (type == 0x86dd)
    return {bytes[at + 6], word(bytes, at + 40), word(bytes, at + 42)};
  return {};
}

bool has_port(const Bytes &bytes, size_t at, unsigned protocol, unsigned port)
{
  Inner i = inner(bytes, at);
  return i.protocol == protocol && (i.source == port || i.destination == port);
}

// libpcap takes a third TPID for a VLAN, which no frame of ours has.
bool in_vlan(const Bytes &bytes, unsigned vlan)
{
  return tagged(bytes) && (word(bytes, HEADER) & VLAN_ID) == vlan;
}

// Reading behind the end rejects the packet, whatever stands around it.
bool byte_is_odd(const Bytes &bytes, size_t at)
{
  return at < bytes.size() && bytes[at] % 2 == 1;
}

} // namespace

const std::vector<Filter> &filters()
{
  static const std::vector<Filter> all = {
      {"", [](const Bytes &) { return true; }},
      {"ip", [](const Bytes &b) { return word(b, 12) == 0x0800; }},
      {"not ip", [](const Bytes &b) { return word(b, 12) != 0x0800; }},
      {"ip6", [](const Bytes &b) { return word(b, 12) == 0x86dd; }},
      {"arp", [](const Bytes &b) { return word(b, 12) == 0x0806; }},
      {"udp port 53", [](const Bytes &b) { return has_port(b, 14, UDP, 53); }},
      {"tcp port 443", [](const Bytes &b) { return has_port(b, 14, TCP, 443); }},
      {"src net 10.9.0.0/16",
       [](const Bytes &b) {
         return (word(b, 12) == 0x0800 && word(b, 26) == 0x0a09) ||
                (word(b, 12) == 0x0806 && word(b, 28) == 0x0a09);
       }},
      {"vlan", tagged},
      {"not vlan", [](const Bytes &b) { return !tagged(b); }},
      {"vlan 10", [](const Bytes &b) { return in_vlan(b, 10); }},
      {"vlan 20 and udp port 53",
       [](const Bytes &b) { return in_vlan(b, 20) && has_port(b, 18, UDP, 53); }},
      {"ether multicast", [](const Bytes &b) { return b[0] % 2 == 1; }},
      {"ether broadcast",
       [](const Bytes &b) { return std::all_of(&b[0], &b[6], [](auto x) { return x == 0xff; }); }},
      {"greater 129", [](const Bytes &b) { return b.size() >= 129; }},
      {"less 128", [](const Bytes &b) { return b.size() <= 128; }},
      {"ether[63] & 1 = 1", [](const Bytes &b) { return byte_is_odd(b, 63); }},
      {"ether[1400] & 1 = 1", [](const Bytes &b) { return byte_is_odd(b, 1400); }},
  };
  return all;
}

const Filter &filter(const std::string &text)
{
  for (const Filter &one : filters())
    if (one.text == text)
      return one;
  throw std::runtime_error("no filter " + text);
}

} // namespace model
