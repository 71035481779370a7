// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/repeats.h"

#include <string.h>

#include "packet/count.h"

static uint64_t mix(uint64_t hash, uint64_t word)
{
  hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
  return hash ^ hash >> 32;
}

static uint64_t hash_frame(const struct rte_mbuf *m)
{
  const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
  unsigned n = RTE_MIN(rte_pktmbuf_data_len(m), REPEATS_BYTES), at = 0;
  uint64_t hash = mix(0, rte_pktmbuf_pkt_len(m)), word = 0;
  for (; at + sizeof(word) <= n; at += sizeof(word)) {
    memcpy(&word, frame + at, sizeof(word));
    hash = mix(hash, word);
  }
  for (word = 0; at < n; at++)
    word = word << 8 | frame[at];
  return mix(hash, word);
}

void repeats_sample(struct repeats *r, const struct rte_mbuf *packet, uint64_t now)
{
  uint64_t hash = hash_frame(packet);
  uint64_t *place = &r->seen[hash % REPEATS_KEPT];
  uint16_t when = now >> 30, age = when - (uint16_t)*place;
  count_add(&r->samples, 1);
  if (*place >> 16 == hash >> 16 && age <= REPEATS_AGE)
    count_add(&r->again, 1);
  *place = hash >> 16 << 16 | when;
}
