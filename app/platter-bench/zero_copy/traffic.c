// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/traffic.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

enum {
  MBUF_ROOM = 128 + 64 + 64, // headroom, object header, padding
  FLOWS = 256,
};

static const unsigned imix[TRAFFIC_GROUP] = {64, 64, 64, 64, 64, 64, 64, 594, 594, 594, 594, 1518};

double traffic_mean(unsigned size)
{
  return size != TRAFFIC_IMIX ? size : (double)TRAFFIC_GROUP_BYTES / TRAFFIC_GROUP;
}

unsigned traffic_longest(unsigned size)
{
  return size != TRAFFIC_IMIX ? size : imix[TRAFFIC_GROUP - 1];
}

static uint64_t frame_memory(unsigned size)
{
  return (traffic_longest(size) + 63) / 64 * 64 + TRAFFIC_MBUF + MBUF_ROOM;
}

uint64_t traffic_memory(unsigned size, unsigned frames)
{
  return frame_memory(size) * frames;
}

unsigned traffic_frames(unsigned size, enum working_set set, const struct caches *caches,
                        uint64_t memory)
{
  double wanted = set == SET_IN_CACHE ? caches->second / 2.0 : 4.0 * caches->last;
  uint64_t frames = wanted / (traffic_mean(size) + TRAFFIC_MBUF);
  if (frames > memory / frame_memory(size))
    frames = memory / frame_memory(size);
  if (frames < TRAFFIC_FEWEST)
    frames = TRAFFIC_FEWEST;
  return frames / TRAFFIC_GROUP * TRAFFIC_GROUP;
}

// xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators,
// scrambled", 2016).
static uint64_t random_next(uint64_t *state)
{
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static void fill(uint8_t *bytes, size_t length, uint64_t *state)
{
  for (size_t i = 0; i < length; i += sizeof(uint64_t)) {
    uint64_t value = random_next(state);
    size_t left = length - i;
    memcpy(bytes + i, &value, left < sizeof(value) ? left : sizeof(value));
  }
}

// Headers of one of FLOWS flows. A UDP check sum of 0 says that there is none (RFC 768).
static void make_frame(uint8_t *frame, unsigned length, uint64_t *state)
{
  unsigned flow = random_next(state) >> 32 & (FLOWS - 1);
  const struct rte_ether_hdr ether = {
      .dst_addr = {{0x02, 0, 0, 0, 0, 0x02}},
      .src_addr = {{0x02, 0, 0, 0, 0, 0x01}},
      .ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4),
  };
  struct rte_ipv4_hdr ip = {
      .version_ihl = RTE_IPV4_VHL_DEF,
      .total_length = rte_cpu_to_be_16(length - sizeof(ether)),
      .time_to_live = 64,
      .next_proto_id = IPPROTO_UDP,
      .src_addr = rte_cpu_to_be_32(RTE_IPV4(192u, 0, 2, 1)), // RFC 5737
      .dst_addr = rte_cpu_to_be_32(RTE_IPV4(198u, 51, 100, 0) + flow),
  };
  const struct rte_udp_hdr udp = {
      .src_port = rte_cpu_to_be_16(49152 + flow),
      .dst_port = rte_cpu_to_be_16(9), // discard (RFC 863)
      .dgram_len = rte_cpu_to_be_16(length - sizeof(ether) - sizeof(ip)),
  };
  ip.hdr_checksum = rte_ipv4_cksum(&ip);
  memcpy(frame, &ether, sizeof(ether));
  memcpy(frame + sizeof(ether), &ip, sizeof(ip));
  memcpy(frame + sizeof(ether) + sizeof(ip), &udp, sizeof(udp));
  const size_t headers = sizeof(ether) + sizeof(ip) + sizeof(udp);
  fill(frame + headers, length - headers, state);
}

// The lengths of the next group, IMIX in another order each time.
static void next_group(unsigned size, unsigned *length, uint64_t *state)
{
  for (unsigned i = 0; i < TRAFFIC_GROUP; i++)
    length[i] = size != TRAFFIC_IMIX ? size : imix[i];
  for (unsigned i = TRAFFIC_GROUP - 1; i > 0; i--) { // Fisher and Yates
    unsigned other = (random_next(state) >> 32) % (i + 1), was = length[i];
    length[i] = length[other];
    length[other] = was;
  }
}

// The pcap format (draft-ietf-opsawg-pcap), a microsecond between frames.
static bool put_header(FILE *out)
{
  const struct {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, snap_length, link;
  } header = {0xa1b2c3d4, 2, 4, 0, 0, 65535, 1};
  return fwrite(&header, sizeof(header), 1, out) == 1;
}

static bool put_frame(FILE *out, unsigned number, const uint8_t *frame, unsigned length)
{
  const uint32_t record[] = {number / 1000000, number % 1000000, length, length};
  return fwrite(record, sizeof(record), 1, out) == 1 && fwrite(frame, length, 1, out) == 1;
}

static bool put_all(FILE *out, unsigned size, unsigned frames, uint64_t seed)
{
  static uint8_t frame[TRAFFIC_SIZE_MAX];
  unsigned length[TRAFFIC_GROUP];
  uint64_t state = (seed + size) * 2 + 1; // never 0
  bool good = put_header(out);
  for (unsigned i = 0; i < frames && good; i++) {
    if (i % TRAFFIC_GROUP == 0)
      next_group(size, length, &state);
    make_frame(frame, length[i % TRAFFIC_GROUP], &state);
    good = put_frame(out, i, frame, length[i % TRAFFIC_GROUP]);
  }
  return good;
}

int traffic_write(unsigned size, unsigned frames, uint64_t seed)
{
  int fd = memfd_create("platter-bench-capture", 0);
  FILE *out = fd >= 0 ? fdopen(dup(fd), "w") : NULL;
  bool good = out != NULL && put_all(out, size, frames, seed);
  int status = -errno;
  if (out != NULL && fclose(out) != 0) {
    status = -errno;
    good = false;
  }
  if (good)
    return fd;
  if (fd >= 0)
    close(fd);
  return status != 0 ? status : -EIO;
}
