// SPDX-License-Identifier: BSD-3-Clause
// Packets of every shape that packet_writable can meet, and a fixture that finds every pool full
// again after its test.
#ifndef DATAPATH_PACKETS_H
#define DATAPATH_PACKETS_H

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rte_mbuf.h>

#include "frame_bytes.h"
#include "packet/packet.h"

inline constexpr unsigned N_FRAMES = 63;
inline constexpr unsigned N_HEADERS = 31;
inline constexpr uint16_t FRAME_MAX = 9216;

enum class Shape {
  single,   // one segment
  two,      // a first segment of 10 bytes, shorter than most headers
  four,     // 1 byte, 13 bytes, no bytes, the rest: a header ends where a segment does
  clone,    // indirect, over one segment
  clones,   // indirect, over several
  external, // an external buffer
  bare,     // one segment, without headroom
};
inline constexpr std::array<const char *, 7> shape_names = {"single", "two",      "four", "clone",
                                                            "clones", "external", "bare"};

inline uint16_t site_id(const std::string &name)
{
  for (uint16_t id = 0; id < copy_sites.count; id++) {
    if (copy_sites.label[id]->name == name)
      return id;
  }
  ADD_FAILURE() << "no copy site " << name;
  return 0;
}

// What packet_writable must have counted.
struct Counts {
  copy_count header_rewrite;
  copy_count short_frame;
};

class PacketTest : public testing::Test
{
protected:
  void SetUp() override
  {
    frames = rte_pktmbuf_pool_create("frames", N_FRAMES, 8, 0, RTE_PKTMBUF_HEADROOM + FRAME_MAX,
                                     SOCKET_ID_ANY);
    ASSERT_NE(frames, nullptr);
    copier.headers =
        rte_pktmbuf_pool_create("headers", N_HEADERS, 4, 0, PACKET_HEADER_ROOM, SOCKET_ID_ANY);
    ASSERT_NE(copier.headers, nullptr);
  }

  void TearDown() override
  {
    EXPECT_EQ(rte_mempool_avail_count(frames), N_FRAMES);
    EXPECT_EQ(rte_mempool_avail_count(copier.headers), N_HEADERS);
    EXPECT_EQ(external_info.refcnt, 0);
    rte_mempool_free(frames);
    rte_mempool_free(copier.headers);
  }

  static Bytes pattern(size_t length)
  {
    Bytes bytes(length);
    for (size_t i = 0; i < length; i++)
      bytes[i] = static_cast<uint8_t>(i * 7 + i / 256 + 1);
    return bytes;
  }

  rte_mbuf *segments(const Bytes &bytes, std::vector<size_t> lengths)
  {
    rte_mbuf *head = nullptr;
    size_t at = 0;
    lengths.push_back(bytes.size());
    for (size_t length : lengths) {
      length = std::min(length, bytes.size() - at);
      rte_mbuf *segment = rte_pktmbuf_alloc(frames);
      memcpy(rte_pktmbuf_append(segment, static_cast<uint16_t>(length)), bytes.data() + at, length);
      at += length;
      if (head == nullptr)
        head = segment;
      else
        EXPECT_EQ(rte_pktmbuf_chain(head, segment), 0);
    }
    return head;
  }

  rte_mbuf *external(const Bytes &bytes)
  {
    external_bytes = bytes;
    external_info.free_cb = [](void *, void *) {};
    external_info.fcb_opaque = nullptr;
    rte_mbuf_ext_refcnt_set(&external_info, 1);
    rte_mbuf *m = rte_pktmbuf_alloc(frames);
    rte_pktmbuf_attach_extbuf(m, external_bytes.data(), RTE_BAD_IOVA,
                              static_cast<uint16_t>(bytes.size()), &external_info);
    rte_pktmbuf_append(m, static_cast<uint16_t>(bytes.size()));
    return m;
  }

  // A clone whose original is freed: the clone alone keeps the bytes, and still does not own them.
  rte_mbuf *clone_of(rte_mbuf *original)
  {
    rte_mbuf *clone = rte_pktmbuf_clone(original, frames);
    rte_pktmbuf_free(original);
    return clone;
  }

  rte_mbuf *bare(const Bytes &bytes)
  {
    rte_mbuf *m = rte_pktmbuf_alloc(frames);
    m->data_off = 0;
    memcpy(rte_pktmbuf_append(m, static_cast<uint16_t>(bytes.size())), bytes.data(), bytes.size());
    return m;
  }

  rte_mbuf *make(Shape shape, const Bytes &bytes)
  {
    switch (shape) {
    case Shape::single:
      return segments(bytes, {});
    case Shape::two:
      return segments(bytes, {10});
    case Shape::four:
      return segments(bytes, {1, 13, 0});
    case Shape::clone:
      return clone_of(segments(bytes, {}));
    case Shape::clones:
      return clone_of(segments(bytes, {10, 30}));
    case Shape::external:
      return external(bytes);
    case Shape::bare:
      return bare(bytes);
    }
    return nullptr;
  }

  static Bytes read(const rte_mbuf *m)
  {
    return bytes_of(m);
  }

  void expect_counts(const Counts &expected)
  {
    for (unsigned id = 0; id < LABELS_MAX; id++) {
      copy_count count = {};
      if (id == site_id("header_rewrite"))
        count = expected.header_rewrite;
      else if (id == site_id("short_frame"))
        count = expected.short_frame;
      EXPECT_EQ(copier.copied[id].packets, count.packets) << id;
      EXPECT_EQ(copier.copied[id].bytes, count.bytes) << id;
    }
  }

  rte_mempool *frames = nullptr;
  struct copier copier = {};
  Bytes external_bytes;
  rte_mbuf_ext_shared_info external_info = {};
};

#endif
