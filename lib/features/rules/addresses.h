// SPDX-License-Identifier: BSD-3-Clause
// A set of IPv4 and IPv6 networks: is an address in one of them? Control makes it
// (control/addresses.c), workers only read it.
//
// A trie of one byte a level. Of each of its 256 values a node knows in three bitmaps what is
// there: nothing, all addresses, one network (kept whole, in a leaf), or more (another node). What
// a node leads to lies one behind the other, so that a count of the bits before is the way there. A
// lookup is at most four steps for IPv4, and for IPv6 as many as networks of the set have bytes in
// common, and one. DPDK's rte_lpm and rte_fib want 64 MB of EAL's memory for each set; this takes
// 18 bytes for each network and 104 for each node: 28 to 50 bytes a network for 1,000 to 100,000
// random IPv4 addresses (100,000: 4.9 MB).
#ifndef FEATURES_RULES_ADDRESSES_H
#define FEATURES_RULES_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

struct addresses_network {
  uint8_t address[16]; // network order; IPv4: the first four bytes; behind `bits`: 0
  uint8_t bits;
  bool ipv6;
};

struct addresses_node {
  uint64_t all[4], leaf[4], node[4]; // bit b: what the byte b leads to
  uint32_t leaves, nodes;            // where those of this node begin
};

struct addresses {
  struct addresses_node *node; // the first two: the roots of IPv4 and IPv6
  struct addresses_network *leaf;
  uint32_t n_nodes, n_leaves;
};

// Makes the set of `n` networks, in any order, repeated or within one another. NULL: no memory.
struct addresses *addresses_make(const struct addresses_network *network, size_t n);

void addresses_free(struct addresses *set); // NULL is allowed

static inline bool addresses_bit(const uint64_t *bits, uint8_t at)
{
  return bits[at / 64] >> at % 64 & 1;
}

// How many bits are set before `at`.
static inline unsigned addresses_rank(const uint64_t *bits, uint8_t at)
{
  unsigned rank = (unsigned)__builtin_popcountll(bits[at / 64] & ((UINT64_C(1) << at % 64) - 1));
  for (unsigned i = 0; i < at / 64u; i++)
    rank += (unsigned)__builtin_popcountll(bits[i]);
  return rank;
}

static inline bool addresses_within(const struct addresses_network *network, const uint8_t *address)
{
  unsigned whole = network->bits / 8, rest = network->bits % 8;
  return memcmp(network->address, address, whole) == 0 &&
         (rest == 0 || (network->address[whole] ^ address[whole]) >> (8 - rest) == 0);
}

// `address`: 4 bytes, or 16 of IPv6, in network order.
static inline bool addresses_have(const struct addresses *set, const uint8_t *address, bool ipv6)
{
  const struct addresses_node *node = &set->node[ipv6];
  for (unsigned i = 0, n = ipv6 ? 16 : 4; i < n; i++) {
    uint8_t byte = address[i];
    if (addresses_bit(node->all, byte))
      return true;
    if (addresses_bit(node->leaf, byte))
      return addresses_within(&set->leaf[node->leaves + addresses_rank(node->leaf, byte)], address);
    if (!addresses_bit(node->node, byte))
      return false;
    node = &set->node[node->nodes + addresses_rank(node->node, byte)];
  }
  return false;
}

#ifdef __cplusplus
}
#endif
#endif
