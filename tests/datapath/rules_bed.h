// SPDX-License-Identifier: BSD-3-Clause
// What the tests of rules share: frames, and a test bed with rules on it. Every test ends with the
// accounting closed and every mbuf back, which the test bed checks.
#ifndef TESTS_DATAPATH_RULES_BED_H
#define TESTS_DATAPATH_RULES_BED_H

#include <algorithm>
#include <cstring>
#include <functional>

#include "testbed.h"

enum { A, B, C, D, N_PORTS };

inline const std::vector<size_t> lengths = {60, 64, 65, 127, 128, 129, 1514, 9000};

// An Ethernet header with this type, before bytes that differ from place to place.
inline Bytes frame(size_t length, uint16_t type = 0x0800, unsigned seed = 0)
{
  Bytes bytes = pattern(length, seed);
  bytes[12] = static_cast<uint8_t>(type >> 8);
  bytes[13] = static_cast<uint8_t>(type & 0xff);
  return bytes;
}

inline Bytes tagged(Bytes bytes, uint16_t vlan, uint16_t tpid = 0x8100)
{
  const uint8_t tag[] = {static_cast<uint8_t>(tpid >> 8), static_cast<uint8_t>(tpid & 0xff),
                         static_cast<uint8_t>(vlan >> 8), static_cast<uint8_t>(vlan & 0xff)};
  bytes.insert(bytes.begin() + 12, std::begin(tag), std::end(tag));
  return bytes;
}

class Rules : public Testbed
{
protected:
  void start_rules(const std::string &rules, const std::string &cores = "0",
                   const std::string &forward = "wire: [a, b], sink: [c, d]")
  {
    start(text({"a", "b", "c", "d"}, "forward: [" + forward + "]\nworkers: { cores: [" + cores +
                                         "] }\nmemory: { hugepages: off }\nrules:\n" + rules));
  }

  // Feeds one frame after the other in a burst of its own or all in one.
  void pass(unsigned port, const std::vector<Bytes> &frames, unsigned n_segments = 1)
  {
    for (const Bytes &bytes : frames)
      feed(port,
           {make(bytes, n_segments > 1 ? split(bytes.size(), n_segments) : std::vector<size_t>{})});
    settle();
  }

  std::vector<Bytes> take(unsigned port)
  {
    Packets packets = read(port);
    std::vector<Bytes> bytes = bytes_of(packets);
    release(packets);
    return bytes;
  }

  status_rule rule(unsigned number)
  {
    static struct status status;
    status = {};
    rules_gather(rules, &status);
    return status.rule[number];
  }

  // Over all lengths, in one and in several segments.
  void each(const std::function<void(const Bytes &, unsigned)> &test, uint16_t type = 0x0800)
  {
    for (size_t length : lengths)
      for (unsigned n_segments : {1u, 2u, 3u, 5u}) {
        if (length <= 2 * n_segments * n_segments || length / n_segments > 1800)
          continue; // segments of nothing, or longer than an mbuf
        SCOPED_TRACE(std::to_string(length) + " bytes, " + std::to_string(n_segments) +
                     " segments");
        test(frame(length, type), n_segments);
      }
  }
};

using List = std::vector<Bytes>;

inline List sorted(List list)
{
  std::sort(list.begin(), list.end());
  return list;
}

#endif
