// SPDX-License-Identifier: BSD-3-Clause
// The bridge's work on one burst, and the addresses that this worker has seen itself, which spare
// it most look-ups. Nobody but bridge.c includes this.
#ifndef FEATURES_BRIDGE_WORK_H
#define FEATURES_BRIDGE_WORK_H

#include "features/bridge/bridge.h"

// What is known about the packets of one part of a burst; index 0 is packet `first` of it.
struct work {
  const struct bridge_port *port;
  struct bridge *bridge;
  struct bridge_worker *worker;
  struct burst *burst;
  unsigned first;
  uint64_t round;
  uint32_t second;
  unsigned n_sources, n_destinations; // that have to be looked up
  uint8_t source[BURST_MAX], destination[BURST_MAX];
  bridge_key source_key[BURST_MAX], destination_key[BURST_MAX]; // in the order of source, …
  uint16_t tci[BURST_MAX];                                      // host order, with the VLAN
  uint8_t form[BURST_MAX];
  portset ports[BURST_MAX];
  const struct label *reason[BURST_MAX]; // NULL: it leaves by `ports`
};

static inline struct bridge_seen *seen_place(const struct work *w, bridge_key key)
{
  uint64_t place = key * UINT64_C(0x9e3779b97f4a7c15) >> w->bridge->seen_shift;
  return &w->worker->seen[place * BRIDGE_WAYS];
}

static inline struct bridge_seen *seen_find(const struct work *w, bridge_key key)
{
  struct bridge_seen *seen = seen_place(w, key);
  for (unsigned i = 0; i < BRIDGE_WAYS; i++)
    if (seen[i].key == key && seen[i].what >> 16 == w->round)
      return &seen[i];
  return NULL;
}

// The first place is the newest.
static inline void seen_add(const struct work *w, bridge_key key, unsigned port, unsigned flags)
{
  struct bridge_seen *seen = seen_place(w, key);
  if (seen[0].key != key)
    seen[1] = seen[0];
  seen[0] = (struct bridge_seen){key, w->round << 16 | (uint64_t)port << 8 | flags};
}

// Whether nothing has to be said about a source.
static inline bool source_seen(const struct work *w, bridge_key key)
{
  const struct bridge_seen *seen = seen_find(w, key);
  if (seen == NULL)
    return false;
  return (seen->what & BRIDGE_FIXED) || ((seen->what >> 8 & 0xff) == w->burst->port &&
                                         (seen->what & (BRIDGE_CONFIRMED | BRIDGE_POSTED)));
}

#endif
