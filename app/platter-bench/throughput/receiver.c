// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/receiver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_prefetch.h>
#include <rte_udp.h>

enum {
  WORD = 64,
  TAG = 4,
  TAGS = 2,
  LEAST = 60, // bytes of a frame in memory, which a device pads to
  AHEAD = 4,  // frames
};

int receiver_make(struct receiver *r, const struct frames *f)
{
  memset(r, 0, sizeof(*r));
  r->frames = f;
  r->window = calloc(RECEIVER_WINDOW / WORD, sizeof(*r->window));
  r->skipped = calloc(RECEIVER_SKIPPED, sizeof(*r->skipped));
  r->flow = calloc(FRAMES_FLOWS_MAX, sizeof(*r->flow));
  return r->window != NULL && r->skipped != NULL && r->flow != NULL ? 0 : -ENOMEM;
}

void receiver_free(struct receiver *r)
{
  free(r->window);
  free(r->skipped);
  free(r->flow);
  r->window = NULL;
  r->skipped = NULL;
  r->flow = NULL;
}

void receiver_begin(struct receiver *r, uint32_t run, uint64_t limit)
{
  r->run = run;
  r->limit = limit;
  r->seen = r->received = r->duplicates = r->corrupted = r->reordered = 0;
  r->earlier = r->foreign = r->beyond = r->extent = r->backwards = r->highest = 0;
  r->extent_more = false;
  r->turned = r->away = 0;
  r->last = STAMP_SEQUENCE_MASK;
  r->last_delay = 0;
  distribution_reset(&r->delay);
  distribution_reset(&r->jitter);
  memset(r->window, 0, RECEIVER_WINDOW / 8);
  memset(r->flow, 0, sizeof(*r->flow) * r->frames->wish.flows);
}

// Bits of numbers that come for the first time were another's, a window before.
static inline void reach(struct receiver *r, uint64_t sequence)
{
  uint64_t word = r->highest == 0 ? 0 : (r->highest - 1) / WORD + 1, last = sequence / WORD;
  if (last >= RECEIVER_WINDOW / WORD && word + RECEIVER_WINDOW / WORD <= last)
    word = last + 1 - RECEIVER_WINDOW / WORD;
  for (; word <= last; word++)
    r->window[word % (RECEIVER_WINDOW / WORD)] = 0;
  r->highest = sequence + 1;
}

// False: it was there before, or it cannot be told.
static inline bool is_first(struct receiver *r, uint64_t sequence)
{
  if (sequence >= r->highest) {
    reach(r, sequence);
  } else if (r->highest - sequence > RECEIVER_WINDOW - WORD) {
    r->beyond++;
    return false;
  }
  uint64_t *word = &r->window[sequence / WORD % (RECEIVER_WINDOW / WORD)];
  uint64_t bit = UINT64_C(1) << sequence % WORD;
  if (*word & bit) {
    r->duplicates++;
    return false;
  }
  *word |= bit;
  return true;
}

static void skip(struct receiver *r, const struct receiver_flow *flow, unsigned index, uint64_t to)
{
  unsigned flows = r->frames->wish.flows;
  uint64_t from = flow->next, most = RECEIVER_SKIPPED / flows + 1;
  if (to - from > most)
    from = to - most;
  for (; from < to; from++)
    r->skipped[(from * flows + index) % RECEIVER_SKIPPED] = flow->arrivals;
}

static void reordered(struct receiver *r, const struct receiver_flow *flow, uint64_t sequence)
{
  r->reordered++;
  if (r->highest - sequence >= RECEIVER_SKIPPED) {
    r->extent_more = true;
    return;
  }
  uint64_t extent = (uint32_t)((uint32_t)flow->arrivals - r->skipped[sequence % RECEIVER_SKIPPED]);
  if (extent > r->extent)
    r->extent = extent;
}

static inline void place(struct receiver *r, uint64_t sequence, unsigned index, uint64_t number)
{
  struct receiver_flow *flow = &r->flow[index];
  if (number == flow->next) {
    flow->next++;
  } else if (number > flow->next) {
    skip(r, flow, index, number);
    flow->next = number + 1;
  } else {
    reordered(r, flow, sequence);
  }
  flow->arrivals++;
}

static inline void time_it(struct receiver *r, const struct stamp *stamp, uint64_t now)
{
  uint64_t delay = (now - stamp->time) & STAMP_TIME_MASK;
  if (delay > STAMP_TIME_MASK / 2) {
    r->backwards++;
    delay = 0;
  }
  distribution_add(&r->delay, delay, 1);
  if (r->last + 1 == stamp->sequence && r->received > 0)
    distribution_add(&r->jitter,
                     delay > r->last_delay ? delay - r->last_delay : r->last_delay - delay, 1);
  r->last = stamp->sequence;
  r->last_delay = delay;
}

static bool same_payload(const struct receiver *r, const struct rte_mbuf *m, unsigned at,
                         unsigned bytes)
{
  const uint8_t *wanted = r->frames->payload;
  while (bytes > 0) {
    while (at >= m->data_len) {
      at -= m->data_len;
      m = m->next;
      if (m == NULL)
        return false;
    }
    unsigned here = RTE_MIN(bytes, (unsigned)m->data_len - at);
    if (memcmp(rte_pktmbuf_mtod_offset(m, const uint8_t *, at), wanted, here) != 0)
      return false;
    wanted += here;
    bytes -= here;
    at = m->data_len;
  }
  return true;
}

// All of IPv4's and UDP's headers but what a router changes.
static bool same_ipv4(const uint8_t *at, const uint8_t *wanted)
{
  const size_t ttl = 8, checksum = 10;
  const struct rte_ipv4_hdr *ip = (const struct rte_ipv4_hdr *)at;
  return memcmp(at, wanted, ttl) == 0 && at[ttl + 1] == wanted[ttl + 1] &&
         memcmp(at + checksum + 2, wanted + checksum + 2,
                sizeof(*ip) + sizeof(struct rte_udp_hdr) - checksum - 2) == 0 &&
         rte_raw_cksum(ip, sizeof(*ip)) == 0xffff;
}

static bool same_ipv6(const uint8_t *at, const uint8_t *wanted)
{
  const size_t hops = 7;
  return memcmp(at, wanted, hops) == 0 &&
         memcmp(at + hops + 1, wanted + hops + 1,
                sizeof(struct rte_ipv6_hdr) + sizeof(struct rte_udp_hdr) - hops - 1) == 0;
}

static inline bool same_headers(const struct frames *f, const uint8_t *at, const uint8_t *wanted)
{
  if (memcmp(at, wanted, f->headers - f->link) == 0)
    return true;
  return f->wish.ipv6 ? same_ipv6(at, wanted) : same_ipv4(at, wanted);
}

// Whether all bytes of the frame are what they must be. `link`: bytes in front of its IP header.
static inline bool is_whole(const struct receiver *r, const struct rte_mbuf *m,
                            const uint8_t *bytes, unsigned link, unsigned flow, unsigned length)
{
  const struct frames *f = r->frames;
  unsigned payload = f->length[length].payload;
  unsigned wanted = f->length[length].memory - f->link + link;
  if (m->pkt_len != wanted && (m->pkt_len < wanted || m->pkt_len > LEAST + TAG * TAGS))
    return false;
  return same_headers(f, bytes + link, frames_template(f, flow, length) + f->link) &&
         (payload == 0 || same_payload(r, m, link + f->headers - f->link + STAMP_SIZE, payload));
}

// Bytes in front of what an Ethernet frame carries, with its VLAN tags; `*type` in network order.
static inline unsigned link_of(const uint8_t *bytes, uint16_t *type)
{
  unsigned at = 2 * RTE_ETHER_ADDR_LEN;
  memcpy(type, bytes + at, sizeof(*type));
  for (unsigned tags = 0; tags < TAGS && (*type == rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN) ||
                                          *type == rte_cpu_to_be_16(RTE_ETHER_TYPE_QINQ));
       tags++) {
    at += TAG;
    memcpy(type, bytes + at, sizeof(*type));
  }
  return at + sizeof(*type);
}

// A frame whose stamp is damaged is ours if its destination is: nobody else's traffic has the
// addresses of a benchmark.
static bool looks_like_ours(const struct frames *f, const uint8_t *ip, uint16_t type)
{
  const size_t destination = f->wish.ipv6 ? 24 : 16;
  const uint8_t *ours = frames_template(f, 0, 0) + f->link;
  uint16_t wanted = f->wish.ipv6 ? RTE_ETHER_TYPE_IPV6 : RTE_ETHER_TYPE_IPV4;
  return type == rte_cpu_to_be_16(wanted) && memcmp(ip + destination, ours + destination, 2) == 0;
}

static void count_other(struct receiver *r, const uint8_t *ip, uint16_t type, bool good,
                        const struct stamp *stamp)
{
  if (good && stamp->run - r->first_run < r->run - r->first_run)
    r->earlier++;
  else if (looks_like_ours(r->frames, ip, type))
    r->corrupted++;
  else
    r->foreign++;
}

// `need`: bytes up to the end of the stamp.
static inline void take(struct receiver *r, const struct rte_mbuf *m, const uint8_t *bytes,
                        unsigned link, unsigned need, uint16_t type, uint64_t now)
{
  const struct frames *f = r->frames;
  struct stamp stamp;
  bool good = stamp_read(bytes + need - STAMP_SIZE, &stamp);
  if (!good || stamp.run != r->run) {
    count_other(r, bytes + link, type, good, &stamp);
    return;
  }
  uint64_t number = stamp.sequence / f->wish.flows;
  unsigned flow = stamp.sequence % f->wish.flows;
  if (stamp.sequence >= r->limit ||
      !is_whole(r, m, bytes, link, flow, f->pattern[stamp.sequence % f->n_pattern])) {
    r->corrupted++;
    return;
  }
  if (!is_first(r, stamp.sequence))
    return;
  place(r, stamp.sequence, flow, number);
  time_it(r, &stamp, now);
  __atomic_store_n(&r->received, r->received + 1, __ATOMIC_RELAXED);
}

void receiver_take(struct receiver *r, const struct rte_mbuf *m, uint64_t now)
{
  const unsigned most = 2 * RTE_ETHER_ADDR_LEN + 2 + TAG * TAGS; // of what link_of looks at
  uint8_t copy[FRAMES_HEADERS + TAG * TAGS];
  uint16_t type;
  __atomic_store_n(&r->seen, r->seen + 1, __ATOMIC_RELAXED);
  const uint8_t *bytes = m->pkt_len >= most ? rte_pktmbuf_read(m, 0, most, copy) : NULL;
  if (bytes == NULL) {
    r->foreign++;
    return;
  }
  unsigned link = link_of(bytes, &type), need = link + r->frames->headers - r->frames->link;
  need += STAMP_SIZE;
  bytes = m->pkt_len >= need ? rte_pktmbuf_read(m, 0, need, copy) : NULL;
  if (bytes == NULL)
    r->foreign++;
  else
    take(r, m, bytes, link, need, type, now);
}

unsigned receiver_turn(struct receiver *r)
{
  struct rte_mbuf *mbufs[RECEIVER_BURST];
  unsigned n = rte_eth_rx_burst(r->port, 0, mbufs, RECEIVER_BURST);
  uint64_t now = rte_rdtsc();
  if (r->turned != 0 && now - r->turned > r->away)
    r->away = now - r->turned;
  r->turned = now;
  if (n == 0)
    return 0;
  for (unsigned i = 0; i < n; i++) {
    if (i + AHEAD < n)
      rte_prefetch0(rte_pktmbuf_mtod(mbufs[i + AHEAD], void *));
    receiver_take(r, mbufs[i], now);
  }
  rte_pktmbuf_free_bulk(mbufs, n);
  return n;
}
