// SPDX-License-Identifier: BSD-3-Clause
// A bed with a bridge: frames between stations, and control's ticks at a time of the test's own.
#ifndef TESTS_DATAPATH_BRIDGE_BED_H
#define TESTS_DATAPATH_BRIDGE_BED_H

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>

#include "features/bridge/bridge.h"
#include "testbed.h"

// Station 0 to 2^32 - 1.
inline Bytes station(uint32_t number)
{
  return {0x02,
          0x01,
          static_cast<uint8_t>(number >> 24),
          static_cast<uint8_t>(number >> 16),
          static_cast<uint8_t>(number >> 8),
          static_cast<uint8_t>(number)};
}

inline const Bytes broadcast(6, 0xff);
inline const Bytes group = {0x01, 0x00, 0x5e, 0x01, 0x02, 0x03};

// Tags from the outermost on: TPID << 16 | TCI.
inline Bytes frame(const Bytes &to, const Bytes &from, const std::vector<uint32_t> &tags = {},
                   size_t length = 64)
{
  Bytes bytes = to;
  bytes.insert(bytes.end(), from.begin(), from.end());
  for (uint32_t tag : tags)
    for (unsigned shift : {24, 16, 8, 0})
      bytes.push_back(static_cast<uint8_t>(tag >> shift));
  bytes.push_back(0x88);
  bytes.push_back(0xb5); // local experimental EtherType 1
  Bytes rest = pattern(length - std::min(length, bytes.size()), static_cast<unsigned>(length));
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

inline uint32_t tag(unsigned vlan, unsigned priority = 0)
{
  return 0x81000000u | priority << 13 | vlan;
}

class BridgeBed : public Testbed
{
protected:
  enum { A, B, C, D };

  // Ports a, b, … as many as named, and the bridge's settings.
  void start_bridge(const std::vector<std::string> &names, const std::string &settings,
                    const std::string &more = "workers: {cores: [0]}\n", const Sizes &sizes = {})
  {
    start(text(names, "forward:\n- bridge: " + settings + "\n" + more), sizes);
    tick();
  }

  portset all_up = UINT32_MAX;
  double now = 1000;

  // Control's turn, after so many seconds of its ticks.
  void tick(double seconds = 0)
  {
    for (; seconds > 0; seconds -= 0.25) {
      now += 0.25;
      bridges_tick(bridges, all_up, now);
    }
    bridges_tick(bridges, all_up, now);
  }

  void links(portset up)
  {
    all_up = up;
    datapath_links(&datapath, up);
  }

  struct status_bridge figures(unsigned number = 0)
  {
    auto s = std::make_unique<struct status>();
    memset(static_cast<void *>(s.get()), 0, sizeof(*s));
    bridges_gather(bridges, s.get());
    EXPECT_GT(s->n_bridges, number);
    return s->bridge[number];
  }

  // Sends frames in at a port; what has left where, by port.
  std::map<unsigned, std::vector<Bytes>> pass(unsigned port, const std::vector<Bytes> &frames,
                                              unsigned n_segments = 1)
  {
    Packets packets;
    for (const Bytes &bytes : frames)
      packets.push_back(make(bytes, ::split(bytes.size(), n_segments)));
    feed(port, packets);
    settle();
    std::map<unsigned, std::vector<Bytes>> out;
    for (unsigned p = 0; p < config->n_ports; p++) {
      Packets left = read(p);
      if (!left.empty())
        out[p] = bytes_of(left);
      release(left);
    }
    return out;
  }

  // The ports by which one frame leaves; it must be the same at each.
  std::vector<unsigned> ways(unsigned port, const Bytes &bytes)
  {
    std::vector<unsigned> ports;
    for (const auto &[out, frames] : pass(port, {bytes})) {
      EXPECT_EQ(frames, std::vector<Bytes>{bytes});
      ports.push_back(out);
    }
    return ports;
  }

  // Has the bridge learn stations behind a port, without a tag or with this one.
  void introduce(unsigned port, const std::vector<uint32_t> &numbers,
                 const std::vector<uint32_t> &tags = {})
  {
    std::vector<Bytes> frames;
    for (uint32_t number : numbers)
      frames.push_back(frame(broadcast, station(number), tags));
    pass(port, frames);
    tick();
  }

  std::vector<bridge_row> rows(const char *name = nullptr)
  {
    std::vector<bridge_row> all;
    unsigned next = 0;
    do {
      bridge_row part[7];
      int n = bridges_page(bridges, name, next, part, 7, &next);
      EXPECT_GE(n, 0);
      all.insert(all.end(), part, part + std::max(n, 0));
    } while (next != 0);
    return all;
  }
};

using Ports = std::vector<unsigned>;

#endif
