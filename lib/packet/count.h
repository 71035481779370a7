// SPDX-License-Identifier: BSD-3-Clause
// Counters that one thread writes while others read each by itself: plain loads and stores, of
// which a reader never sees half.
#ifndef PACKET_COUNT_H
#define PACKET_COUNT_H

#include <stdint.h>

static inline void count_set(uint64_t *counter, uint64_t value)
{
  __atomic_store_n(counter, value, __ATOMIC_RELAXED);
}

static inline void count_add(uint64_t *counter, uint64_t more)
{
  count_set(counter, *counter + more);
}

static inline uint64_t count_read(const uint64_t *counter)
{
  return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

#endif
