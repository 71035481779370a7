// SPDX-License-Identifier: BSD-3-Clause
// Learning: what happens to one bridge's table. Only control runs this.
#include <errno.h>
#include <string.h>

#include <rte_ring_elem.h>

#include "features/bridge/control_internal.h"

enum { DRAIN_BURST = 256 };

static void *word_of(const struct bridge_table *t, uint32_t index)
{
  union bridge_found found = {.word = NULL};
  found.index = index;
  found.port = t->entry[index].port;
  found.fixed = t->entry[index].state == ENTRY_STATIC;
  return found.word;
}

static uint32_t second(const struct bridge_table *t)
{
  return t->shared->second;
}

// Puts a key in the table that is not there. False: no room.
static bool insert(struct bridge_table *t, bridge_key key, unsigned port, enum entry_state state)
{
  uint32_t index = t->free;
  if (index == t->config->capacity)
    return false;
  struct bridge_entry *entry = &t->entry[index];
  uint32_t next = entry->seen;
  *entry = (struct bridge_entry){.key = key, .seen = second(t), .port = port, .state = state};
  if (rte_hash_add_key_data(t->shared->table, &key, word_of(t, index)) != 0) {
    *entry = (struct bridge_entry){.seen = next};
    return false;
  }
  t->free = next;
  t->entries++;
  return true;
}

static void take_out(struct bridge_table *t, uint32_t index)
{
  struct bridge_entry *entry = &t->entry[index];
  rte_hash_del_key(t->shared->table, &entry->key);
  t->port_entries[entry->port]--;
  t->entries--;
  *entry = (struct bridge_entry){.seen = t->free};
  t->free = index;
  t->changed = true;
}

static bool at_limit(struct bridge_table *t, unsigned port)
{
  if (t->port_entries[port] < t->port_limit[port])
    return false;
  t->rejected_limit++;
  return true;
}

static void learn(struct bridge_table *t, bridge_key key, unsigned port)
{
  if (at_limit(t, port))
    return;
  if (!insert(t, key, port, ENTRY_LEARNED)) {
    t->rejected_full++;
    return;
  }
  t->port_entries[port]++;
  t->learned++;
}

static void move(struct bridge_table *t, uint32_t index, unsigned port)
{
  struct bridge_entry *entry = &t->entry[index];
  if (at_limit(t, port))
    return;
  t->port_entries[entry->port]--;
  t->port_entries[port]++;
  entry->port = port;
  entry->seen = second(t);
  rte_hash_add_key_data(t->shared->table, &entry->key, word_of(t, index)); // replaces the word
  t->moved++;
  t->changed = true;
}

static void hear(struct bridge_table *t, const struct bridge_post *news)
{
  union bridge_found found;
  if (rte_hash_lookup_data(t->shared->table, &news->key, &found.word) < 0)
    learn(t, news->key, news->port);
  else if (found.fixed)
    return;
  else if (found.port != news->port)
    move(t, found.index, news->port);
  else
    t->entry[found.index].seen = second(t);
}

// No more than were there when it began: workers go on posting.
static void drain_worker(struct bridge_table *t, struct rte_ring *posts, portset up)
{
  for (unsigned left = rte_ring_count(posts); left > 0;) {
    struct bridge_post news[DRAIN_BURST];
    unsigned n = rte_ring_sc_dequeue_burst_elem(posts, news, sizeof(*news),
                                                RTE_MIN(left, (unsigned)DRAIN_BURST), NULL);
    for (unsigned i = 0; i < n; i++)
      if (up >> news[i].port & 1)
        hear(t, &news[i]);
    left = n > 0 ? left - n : 0;
  }
}

void table_drain(struct bridge_table *t, portset up)
{
  for (unsigned w = 0; w < t->n_workers; w++)
    drain_worker(t, t->shared->worker[w].posts, up);
}

void table_age(struct bridge_table *t, double share)
{
  unsigned end = share * t->config->capacity;
  for (; t->config->ageing > 0 && t->walked < end; t->walked++) {
    const struct bridge_entry *entry = &t->entry[t->walked];
    if (entry->state != ENTRY_LEARNED || second(t) - entry->seen <= t->config->ageing)
      continue;
    take_out(t, t->walked);
    t->aged++;
  }
}

void table_flush(struct bridge_table *t, portset ports)
{
  for (unsigned i = 0; i < t->config->capacity; i++)
    if (t->entry[i].state == ENTRY_LEARNED && (ports >> t->entry[i].port & 1)) {
      take_out(t, i);
      t->flushed++;
    }
}

void table_end_tick(struct bridge_table *t, uint32_t now)
{
  if (now != second(t)) {
    table_age(t, 1); // what is left of the second before
    t->walked = 0;
    __atomic_store_n(&t->shared->second, now, __ATOMIC_RELAXED);
    t->changed = true;
  }
  if (t->changed)
    __atomic_store_n(&t->shared->round, t->shared->round + 1, __ATOMIC_RELEASE);
  t->changed = false;
}

int table_fill(struct bridge_table *t)
{
  for (unsigned i = 0; i < t->config->capacity; i++)
    t->entry[i].seen = i + 1;
  for (unsigned i = 0; i < t->config->n_statics; i++) {
    const struct config_static *fixed = &t->config->statics[i];
    bridge_key key = bridge_key_make(fixed->address, fixed->vlan);
    if (!insert(t, key, fixed->port, ENTRY_STATIC))
      return -ENOMEM;
    t->statics++;
  }
  return 0;
}
