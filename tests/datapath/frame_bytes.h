// SPDX-License-Identifier: BSD-3-Clause
// The bytes of a packet, whatever its segments.
#ifndef TESTS_DATAPATH_FRAME_BYTES_H
#define TESTS_DATAPATH_FRAME_BYTES_H

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <rte_mbuf.h>

using Bytes = std::vector<uint8_t>;

// All of them, by way of every segment; the packet's own count of both must agree.
inline Bytes bytes_of(const rte_mbuf *m)
{
  Bytes bytes;
  unsigned n_segments = 0;
  for (const rte_mbuf *segment = m; segment != nullptr; segment = segment->next, n_segments++) {
    const auto *data = rte_pktmbuf_mtod(segment, const uint8_t *);
    bytes.insert(bytes.end(), data, data + segment->data_len);
  }
  EXPECT_EQ(n_segments, m->nb_segs);
  EXPECT_EQ(bytes.size(), m->pkt_len);
  return bytes;
}

#endif
