// SPDX-License-Identifier: BSD-3-Clause
// The frames that `platter-bench zero-copy` forwards.
#include "zero_copy/traffic.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "packet/headers.h"

namespace
{

using Bytes = std::vector<uint8_t>;

constexpr uint64_t MEGA = 1024 * 1024;
constexpr caches CACHES = {1 * MEGA, 32 * MEGA};
constexpr uint64_t PLENTY = 1024 * MEGA;

std::string read_all(int fd)
{
  std::string all;
  char block[65536];
  ssize_t n;
  off_t at = 0;
  while ((n = pread(fd, block, sizeof(block), at)) > 0) {
    all.append(block, n);
    at += n;
  }
  return all;
}

std::string capture(unsigned size, unsigned frames, uint64_t seed = 1)
{
  int fd = traffic_write(size, frames, seed);
  EXPECT_GE(fd, 0);
  std::string all = read_all(fd);
  close(fd);
  return all;
}

std::vector<Bytes> frames_of(const std::string &capture)
{
  std::vector<Bytes> frames;
  for (size_t at = 24; at + 16 <= capture.size();) {
    uint32_t record[4];
    memcpy(record, capture.data() + at, sizeof(record));
    EXPECT_EQ(record[2], record[3]);
    at += sizeof(record);
    frames.emplace_back(capture.begin() + at, capture.begin() + at + record[2]);
    at += record[2];
  }
  return frames;
}

unsigned be16(const Bytes &frame, size_t at)
{
  return frame[at] << 8 | frame[at + 1];
}

// RFC 1071: over a header with a right check sum the sum is all ones.
unsigned sum_of_header(const Bytes &frame)
{
  unsigned sum = 0;
  for (size_t at = 14; at < 34; at += 2)
    sum += be16(frame, at);
  return (sum & 0xffff) + (sum >> 16);
}

TEST(Traffic, HeadersAreValid)
{
  for (unsigned size : {60u, 64u, 1518u, 9000u, 9216u})
    for (const Bytes &frame : frames_of(capture(size, 24))) {
      headers read;
      ASSERT_EQ(frame.size(), size);
      EXPECT_EQ(headers_read(frame.data(), frame.size(), &read), 42u);
      EXPECT_EQ(read.ether_type, 0x0800);
      EXPECT_EQ(read.protocol, 17);
      EXPECT_EQ(read.transport, 34);
      EXPECT_EQ(be16(frame, 16), size - 14) << "total length";
      EXPECT_EQ(be16(frame, 38), size - 34) << "UDP length";
      EXPECT_EQ(sum_of_header(frame), 0xffffu);
    }
}

TEST(Traffic, TheSameFromTheSameSeed)
{
  EXPECT_EQ(capture(200, 120, 7), capture(200, 120, 7));
  EXPECT_NE(capture(200, 120, 7), capture(200, 120, 8));
  std::vector<Bytes> frames = frames_of(capture(200, 120, 7));
  EXPECT_EQ(frames.size(), 120u);
  std::sort(frames.begin(), frames.end());
  EXPECT_EQ(std::unique(frames.begin(), frames.end()), frames.end()) << "no frame twice";
}

TEST(Traffic, ImixIsSevenToFourToOneInEveryGroup)
{
  std::vector<Bytes> frames = frames_of(capture(TRAFFIC_IMIX, 10 * TRAFFIC_GROUP));
  ASSERT_EQ(frames.size(), 10u * TRAFFIC_GROUP);
  std::map<std::vector<size_t>, unsigned> orders;
  for (size_t at = 0; at < frames.size(); at += TRAFFIC_GROUP) {
    std::map<size_t, unsigned> count;
    std::vector<size_t> order;
    size_t bytes = 0;
    for (size_t i = at; i < at + TRAFFIC_GROUP; i++) {
      count[frames[i].size()]++;
      order.push_back(frames[i].size());
      bytes += frames[i].size();
    }
    EXPECT_EQ(count, (std::map<size_t, unsigned>{{64, 7}, {594, 4}, {1518, 1}}));
    EXPECT_EQ(bytes, size_t{TRAFFIC_GROUP_BYTES});
    orders[order]++;
  }
  EXPECT_GT(orders.size(), 5u) << "in another order each time";
  EXPECT_NEAR(traffic_mean(TRAFFIC_IMIX), 361.83, 0.01);
  EXPECT_EQ(traffic_longest(TRAFFIC_IMIX), 1518u);
}

TEST(Traffic, WorkingSetsFitTheCachesOrDoNot)
{
  for (unsigned size : {64u, 512u, 1518u, 9000u, unsigned{TRAFFIC_IMIX}}) {
    double each = traffic_mean(size) + TRAFFIC_MBUF;
    unsigned in = traffic_frames(size, SET_IN_CACHE, &CACHES, PLENTY);
    unsigned out = traffic_frames(size, SET_OUT_OF_CACHE, &CACHES, PLENTY);
    EXPECT_EQ(in % TRAFFIC_GROUP, 0u);
    EXPECT_EQ(out % TRAFFIC_GROUP, 0u);
    EXPECT_GE(in, unsigned{TRAFFIC_FEWEST});
    if (in > TRAFFIC_FEWEST) {
      EXPECT_LE(in * each, CACHES.second / 2);
    }
    EXPECT_GE((out + TRAFFIC_GROUP) * each, 4.0 * CACHES.last);
  }
}

TEST(Traffic, MemoryBoundsIt)
{
  for (unsigned size : {64u, 1518u, unsigned{TRAFFIC_IMIX}}) {
    unsigned frames = traffic_frames(size, SET_OUT_OF_CACHE, &CACHES, 16 * MEGA);
    EXPECT_LE(traffic_memory(size, frames), 16 * MEGA);
    EXPECT_GE(traffic_memory(size, frames), 15 * MEGA);
  }
  EXPECT_EQ(traffic_frames(9000, SET_OUT_OF_CACHE, &CACHES, 0), unsigned{TRAFFIC_FEWEST});
}

TEST(Traffic, ShownForAPerson)
{
  EXPECT_STREQ(traffic_show(64).text, "64 bytes");
  EXPECT_STREQ(traffic_show(TRAFFIC_IMIX).text, "IMIX");
}

} // namespace
