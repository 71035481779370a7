// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>
#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

enum { TAG = 4, HOP_LIMIT = 64 };

// xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators,
// scrambled", 2016).
static uint64_t random_next(uint64_t *state)
{
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(0x2545f4914f6cdd1d) >> 32;
}

static unsigned link_bytes(const struct frames_wish *wish)
{
  return RTE_ETHER_HDR_LEN + (wish->vlan != 0 ? TAG : 0);
}

static unsigned network_bytes(const struct frames_wish *wish)
{
  return wish->ipv6 ? sizeof(struct rte_ipv6_hdr) : sizeof(struct rte_ipv4_hdr);
}

unsigned frames_least(const struct frames_wish *wish)
{
  return link_bytes(wish) + network_bytes(wish) + sizeof(struct rte_udp_hdr) + STAMP_SIZE +
         FRAMES_CRC;
}

// What a flow is, in network order.
struct flow {
  uint32_t source, destination; // of IPv4; of IPv6, the last 32 bits
  uint16_t network;             // of IPv6
  uint16_t source_port, destination_port;
};

static struct flow draw(const struct frames_wish *wish, uint64_t *state)
{
  unsigned ports = 65536 - FRAMES_PORT_LEAST;
  uint32_t host = 1 + random_next(state) % 254, from = 1 + random_next(state) % 65534;
  uint32_t network = wish->networks > 1 ? random_next(state) % wish->networks : 0;
  return (struct flow){
      .source = rte_cpu_to_be_32(RTE_IPV4(198u, 18, 0, 0) + from),
      .destination = rte_cpu_to_be_32(RTE_IPV4(198u, 19, 0, 0) + (network << 8) + host),
      .network = rte_cpu_to_be_16(network),
      .source_port = rte_cpu_to_be_16(FRAMES_PORT_LEAST + random_next(state) % ports),
      .destination_port = rte_cpu_to_be_16(FRAMES_PORT_LEAST + random_next(state) % ports),
  };
}

static uint8_t *put_link(uint8_t *at, const struct frames_wish *wish)
{
  const struct rte_ether_addr to = {{0x02, 0, 0, 0, 0, 0x02}}, from = {{0x02, 0, 0, 0, 0, 0x01}};
  uint16_t type = rte_cpu_to_be_16(wish->ipv6 ? RTE_ETHER_TYPE_IPV6 : RTE_ETHER_TYPE_IPV4);
  const uint16_t tag[2] = {rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN), rte_cpu_to_be_16(wish->vlan)};
  memcpy(at, &to, sizeof(to));
  memcpy(at + sizeof(to), &from, sizeof(from));
  at += 2 * sizeof(to);
  if (wish->vlan != 0) {
    memcpy(at, tag, sizeof(tag));
    at += sizeof(tag);
  }
  memcpy(at, &type, sizeof(type));
  return at + sizeof(type);
}

// The pseudo header's part of the UDP checksum is the IP library's; the stamp adds nothing
// (stamp.h), so `packet` may be without it.
static void put_ipv4(uint8_t *at, const struct flow *flow, struct rte_udp_hdr udp, uint16_t rest)
{
  struct rte_ipv4_hdr ip = {
      .version_ihl = RTE_IPV4_VHL_DEF,
      .total_length = rte_cpu_to_be_16(sizeof(ip) + rte_be_to_cpu_16(udp.dgram_len)),
      .time_to_live = HOP_LIMIT,
      .next_proto_id = IPPROTO_UDP,
      .src_addr = flow->source,
      .dst_addr = flow->destination,
  };
  ip.hdr_checksum = rte_ipv4_cksum(&ip);
  uint32_t sum = rte_ipv4_phdr_cksum(&ip, 0) + rest + rte_raw_cksum(&udp, sizeof(udp));
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  udp.dgram_cksum = sum == 0xffff ? 0xffff : ~sum;
  memcpy(at, &ip, sizeof(ip));
  memcpy(at + sizeof(ip), &udp, sizeof(udp));
}

static void put_ipv6(uint8_t *at, const struct flow *flow, struct rte_udp_hdr udp, uint16_t rest)
{
  const uint8_t prefix[6] = {0x20, 0x01, 0x00, 0x02};
  struct rte_ipv6_hdr ip = {
      .vtc_flow = rte_cpu_to_be_32(6u << 28),
      .payload_len = udp.dgram_len,
      .proto = IPPROTO_UDP,
      .hop_limits = HOP_LIMIT,
  };
  uint8_t *from = (uint8_t *)&ip + 8, *to = from + 16;
  memcpy(from, prefix, sizeof(prefix));
  from[6] = 0x80; // networks of sources lie beyond those of destinations
  memcpy(from + 12, &flow->source, sizeof(flow->source));
  memcpy(to, prefix, sizeof(prefix));
  memcpy(to + 6, &flow->network, sizeof(flow->network));
  memcpy(to + 12, &flow->destination, sizeof(flow->destination));
  uint32_t sum = rte_ipv6_phdr_cksum(&ip, 0) + rest + rte_raw_cksum(&udp, sizeof(udp));
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  udp.dgram_cksum = sum == 0xffff ? 0xffff : ~sum;
  memcpy(at, &ip, sizeof(ip));
  memcpy(at + sizeof(ip), &udp, sizeof(udp));
}

static void put_template(struct frames *f, const struct flow *flow, unsigned length,
                         uint16_t payload, uint8_t *template)
{
  const struct frames_length *l = &f->length[length];
  const struct rte_udp_hdr udp = {
      .src_port = flow->source_port,
      .dst_port = flow->destination_port,
      .dgram_len = rte_cpu_to_be_16(sizeof(udp) + STAMP_SIZE + l->payload),
  };
  memset(template, 0, FRAMES_HEADERS);
  // Templates are copied in whole words: what is behind the stamp must be right, too.
  unsigned behind = f->headers + STAMP_SIZE;
  memcpy(template + behind, f->payload, FRAMES_HEADERS - behind);
  uint8_t *at = put_link(template, &f->wish);
  if (f->wish.ipv6)
    put_ipv6(at, flow, udp, payload);
  else
    put_ipv4(at, flow, udp, payload);
}

static int put_templates(struct frames *f)
{
  uint16_t sum[FRAMES_LENGTHS_MAX];
  uint64_t state = 0x706c6174746572;
  f->headers_of = malloc((size_t)f->wish.flows * f->n_lengths * FRAMES_HEADERS);
  if (f->headers_of == NULL)
    return -ENOMEM;
  for (unsigned i = 0; i < sizeof(f->payload); i++)
    f->payload[i] = random_next(&state);
  for (unsigned l = 0; l < f->n_lengths; l++)
    sum[l] = rte_raw_cksum(f->payload, f->length[l].payload);
  for (unsigned flow = 0; flow < f->wish.flows; flow++) {
    struct flow drawn = draw(&f->wish, &state);
    for (unsigned l = 0; l < f->n_lengths; l++)
      put_template(f, &drawn, l, sum[l], f->headers_of[(size_t)flow * f->n_lengths + l]);
  }
  return 0;
}

static int add_length(struct frames *f, unsigned size)
{
  if (size < frames_least(&f->wish) || size > FRAMES_SIZE_MAX)
    return -EINVAL;
  unsigned memory = size - FRAMES_CRC;
  for (unsigned i = 0; i < f->n_lengths; i++)
    if (f->length[i].memory == memory)
      return i;
  if (f->n_lengths == FRAMES_LENGTHS_MAX)
    return -EINVAL;
  f->length[f->n_lengths] = (struct frames_length){memory, memory - f->headers - STAMP_SIZE};
  if (memory > f->longest)
    f->longest = memory;
  return f->n_lengths++;
}

// The mix over and over, in another order each time (Fisher and Yates).
static int put_pattern(struct frames *f)
{
  uint8_t mix[FRAMES_MIX_MAX];
  uint64_t state = 0x70617474;
  unsigned n = f->wish.n_mix;
  for (unsigned i = 0; i < n; i++) {
    int length = add_length(f, f->wish.mix[i]);
    if (length < 0)
      return length;
    mix[i] = length;
    f->mean += (double)f->wish.mix[i] / n;
  }
  while (f->n_pattern < (n > 1 ? FRAMES_PATTERN : 1)) {
    for (unsigned i = n - 1; i > 0; i--) {
      unsigned other = random_next(&state) % (i + 1);
      uint8_t was = mix[i];
      mix[i] = mix[other];
      mix[other] = was;
    }
    memcpy(f->pattern + f->n_pattern, mix, n);
    f->n_pattern += n;
  }
  return 0;
}

int frames_make(struct frames *f, const struct frames_wish *wish)
{
  memset(f, 0, sizeof(*f));
  f->wish = *wish;
  f->link = link_bytes(wish);
  f->headers = f->link + network_bytes(wish) + sizeof(struct rte_udp_hdr);
  if (wish->flows == 0 || wish->flows > FRAMES_FLOWS_MAX || wish->n_mix == 0 ||
      wish->n_mix > FRAMES_MIX_MAX)
    return -EINVAL;
  int status = put_pattern(f);
  return status == 0 ? put_templates(f) : status;
}

void frames_free(struct frames *f)
{
  free(f->headers_of);
  f->headers_of = NULL;
}

bool frames_mix(const char *text, size_t length, struct frames_wish *wish)
{
  static const unsigned simple[] = {64, 64, 64, 64, 64, 64, 64, 594, 594, 594, 594, 1518};
  static const unsigned size[] = {64, 128, 256, 512, 1024, 1280, 1518, 2112, 9000}; // RFC 6985
  static const char word[] = "imix";
  const size_t n = sizeof(word) - 1;
  if (length < n || strncasecmp(text, word, n) != 0)
    return false;
  wish->n_mix = 0;
  if (length == n) {
    wish->n_mix = sizeof(simple) / sizeof(*simple);
    memcpy(wish->mix, simple, sizeof(simple));
    return true;
  }
  if (text[n] != ':' || length == n + 1 || length - n - 1 > FRAMES_MIX_MAX)
    return false;
  for (size_t i = n + 1; i < length; i++) {
    if (text[i] < 'a' || text[i] > 'i')
      return false;
    wish->mix[wish->n_mix++] = size[text[i] - 'a'];
  }
  return true;
}
