// SPDX-License-Identifier: BSD-3-Clause
// The bridge as its workers see it: settings that do not change, one table of addresses that only
// control writes, and for each worker what it keeps for itself. lib/features/bridge/control.c makes
// all of it and learns.
//
// A worker never writes what others read. What it learns it posts to control through a ring of its
// own: an address that is unknown, that came in by another port than the table says, or that was
// not confirmed in this second. It remembers what it found in the table in `seen`, and what is
// there holds as long as `round` stays: control begins a new round whenever it takes something out
// of the table or moves it, and every second. So in most bursts nothing is looked up in the table.
#ifndef FEATURES_BRIDGE_BRIDGE_H
#define FEATURES_BRIDGE_BRIDGE_H

#include <rte_common.h>
#include <rte_ether.h>
#include <rte_hash.h>
#include <rte_ring.h>

#include "datapath/stage.h"
#include "packet/lines.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BRIDGE_VLANS = 4096,
  BRIDGE_POSTS = 16384, // that a ring holds: three ticks of control at a million a second
  BRIDGE_WAYS = 2,      // places in `seen` that an address can be in
};

// An address in a VLAN: the table's key. The first byte of the address is the lowest; a bridge that
// knows no VLANs has all addresses in VLAN 0.
typedef uint64_t bridge_key;
enum { BRIDGE_KEY_VLAN_SHIFT = 48 };
#define BRIDGE_KEY_ADDRESS UINT64_C(0xffffffffffff)

static inline bridge_key bridge_key_make(const uint8_t address[RTE_ETHER_ADDR_LEN], unsigned vlan)
{
  bridge_key key = (bridge_key)vlan << BRIDGE_KEY_VLAN_SHIFT;
  for (unsigned i = 0; i < RTE_ETHER_ADDR_LEN; i++)
    key |= (bridge_key)address[i] << 8 * i;
  return key;
}

static inline void bridge_key_address(bridge_key key, uint8_t address[RTE_ETHER_ADDR_LEN])
{
  for (unsigned i = 0; i < RTE_ETHER_ADDR_LEN; i++)
    address[i] = key >> 8 * i;
}

// What the table says about a key, in one word: it is replaced whole.
union bridge_found {
  void *word; // as rte_hash keeps it
  struct {
    uint32_t index; // of the entry, in `confirmed`
    uint8_t port;
    bool fixed; // static: stays where it is
  };
};

// worker: writes, control: reads (through the ring).
struct bridge_post {
  bridge_key key;
  uint32_t port;
  uint32_t unused; // elements of a ring are of 4, 8 or 16 bytes
};

// What flooded frames are counted and limited by.
enum bridge_flood {
  BRIDGE_BROADCAST,
  BRIDGE_MULTICAST,
  BRIDGE_UNKNOWN, // unicast to an address that the table does not have
  BRIDGE_FLOODS,
};

// A token bucket in cycles of the clock: a packet costs `cost` of them.
struct bridge_bucket {
  uint64_t cost; // 0: no limit
  uint64_t depth;
  uint64_t credit;
  uint64_t filled; // when
};

struct bridge_seen {
  bridge_key key;
  uint64_t what; // round << 16 | port << 8 | flags
};
enum {
  BRIDGE_CONFIRMED = 1, // as a source, in this round
  BRIDGE_POSTED = 2,    // to control, and not (or not so) in the table when it was looked up
  BRIDGE_FIXED = 4,     // static
};

// One worker's own. worker: writes, control: reads the counters.
struct bridge_worker {
  struct rte_ring *posts; // of struct bridge_post
  struct bridge_seen *seen;
  uint32_t *confirmed; // second in which it was posted last, by index of the entry
  uint64_t flooded[BRIDGE_FLOODS];
  uint64_t lost; // posts that found the ring full
  struct bridge_bucket bucket[PORTS_MAX][BRIDGE_FLOODS];
} __rte_cache_aligned;
LINES_OWN(struct bridge_worker);

struct bridge_vlan {
  portset members;
  portset untagged; // of them, those that its frames leave without a tag
};

struct bridge {
  struct rte_hash *table; // control: writes, worker: reads
  struct bridge_worker *worker;
  unsigned seen_shift;                   // a product of 64 bits shifted so far is a place in `seen`
  bool tags;                             // looks at tags
  portset inserts;                       // ports whose NIC puts tags on by itself
  struct bridge_vlan vlan[BRIDGE_VLANS]; // [0] is all there is where it does not

  // control: writes
  uint64_t round __rte_cache_aligned; // from 1, below 1 << 48
  uint32_t second;                    // of control's clock, from 1
} __rte_cache_aligned;
LINES_OWN(struct bridge);
LINES_APART(struct bridge, round);

// The data of a port's stage.
struct bridge_port {
  struct bridge *bridge;
  uint16_t pvid; // of frames that come without a VLAN; 0: none are let in
  bool limited;  // some bucket has a cost
};

#ifdef __cplusplus
}
#endif
#endif
