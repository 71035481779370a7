// SPDX-License-Identifier: BSD-3-Clause
// What others see of bridges: figures, and the tables by pages.
#include <stdio.h>
#include <string.h>

#include "features/bridge/control_internal.h"
#include "packet/count.h"

static uint64_t sum_flooded(const struct bridge_table *t, enum bridge_flood kind)
{
  uint64_t sum = 0;
  for (unsigned w = 0; w < t->n_workers; w++)
    sum += count_read(&t->shared->worker[w].flooded[kind]);
  return sum;
}

static void gather(const struct bridge_table *t, struct status_bridge *s)
{
  *s = (struct status_bridge){
      .vlans = t->config->vlans,
      .ageing = t->config->ageing,
      .capacity = t->config->capacity,
      .entries = t->entries,
      .statics = t->statics,
      .learned = t->learned,
      .moved = t->moved,
      .aged = t->aged,
      .flushed = t->flushed,
      .rejected_full = t->rejected_full,
      .rejected_limit = t->rejected_limit,
      .flooded_broadcast = sum_flooded(t, BRIDGE_BROADCAST),
      .flooded_multicast = sum_flooded(t, BRIDGE_MULTICAST),
      .flooded_unknown = sum_flooded(t, BRIDGE_UNKNOWN),
  };
  snprintf(s->name, sizeof(s->name), "%s", t->config->name);
  for (unsigned w = 0; w < t->n_workers; w++)
    s->lost += count_read(&t->shared->worker[w].lost);
  for (portset rest = t->members; rest != 0; rest &= rest - 1) {
    s->port[s->n_ports] = __builtin_ctz(rest);
    s->port_entries[s->n_ports] = t->port_entries[s->port[s->n_ports]];
    s->n_ports++;
  }
}

void bridges_gather(const struct bridges *b, struct status *status)
{
  for (unsigned i = 0; b != NULL && i < b->count; i++)
    gather(&b->table[i], &status->bridge[status->n_bridges++]);
}

static void show(const struct bridges *b, const struct bridge_table *t,
                 const struct bridge_entry *entry, struct bridge_row *row)
{
  bridge_key_address(entry->key, row->address);
  row->vlan = entry->key >> BRIDGE_KEY_VLAN_SHIFT;
  snprintf(row->port, sizeof(row->port), "%s", b->config->ports[entry->port].name);
  row->fixed = entry->state == ENTRY_STATIC;
  row->age = row->fixed ? 0 : t->shared->second - entry->seen;
}

static unsigned page(const struct bridges *b, const struct bridge_table *t, unsigned first,
                     struct bridge_row *rows, unsigned n, unsigned *next)
{
  unsigned filled = 0;
  *next = 0;
  for (unsigned i = first; i < t->config->capacity; i++) {
    if (t->entry[i].state == ENTRY_FREE)
      continue;
    if (filled == n) {
      *next = i;
      break;
    }
    show(b, t, &t->entry[i], &rows[filled++]);
  }
  return filled;
}

int bridges_page(struct bridges *b, const char *name, unsigned first, struct bridge_row *rows,
                 unsigned n, unsigned *next)
{
  int filled = -1;
  for (unsigned i = 0; i < b->count && filled < 0; i++)
    if (name == NULL || strcmp(b->table[i].config->name, name) == 0)
      filled = page(b, &b->table[i], first, rows, n, next);
  return filled;
}
