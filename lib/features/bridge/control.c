// SPDX-License-Identifier: BSD-3-Clause
// A bridge's table and what workers post to it are made before the workers run and freed when they
// have ended. Control owns them and is the only one to write to the table; workers look addresses
// up in it, and a place that is taken out is used again only when they have passed a mark.
#include "features/bridge/control.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_rcu_qsbr.h>
#include <rte_ring_elem.h>

#include "base/notes.h"
#include "datapath/memory.h"
#include "features/bridge/control_internal.h"

enum {
  SEEN_MOST = 32768, // places for addresses that one worker remembers: half a megabyte
  SEEN_LEAST = 1024,
  SLOTS_LEAST = 64,
  BUCKETS_A_SECOND = 10, // a storm limit lets through at once what it allows in a tenth of a second
};

static const double LONGEST_TICK = 0.5; // seconds, of a bridge's own clock

static_assert(sizeof(union bridge_found) == sizeof(void *), "the table's word");

// Room for a quarter more than the bridge may learn: a table of buckets refuses some keys when it
// is nearly full, and a place whose entry was taken out is free only when no worker looks at it.
static unsigned slots(unsigned capacity)
{
  return RTE_MAX(capacity + capacity / 4, (unsigned)SLOTS_LEAST);
}

// Addresses that a worker remembers: four places for each that the bridge can learn, as far as that
// is sensible.
static unsigned seen_places(unsigned capacity)
{
  unsigned places = rte_align32pow2(capacity * 4);
  if (places < SEEN_LEAST)
    return SEEN_LEAST;
  return places < SEEN_MOST ? places : SEEN_MOST;
}

static size_t worker_bytes(unsigned capacity)
{
  return sizeof(struct bridge_worker) + seen_places(capacity) * sizeof(struct bridge_seen) +
         capacity * sizeof(uint32_t) + 2 * BRIDGE_POSTS * sizeof(struct bridge_post) + 4096;
}

// rte_hash: a bucket of 64 bytes for 8 keys, 16 bytes a key, a ring of 4 bytes for what is free and
// one of 16 for what has been taken out.
static size_t table_bytes(unsigned capacity)
{
  size_t n = slots(capacity), power = rte_align32pow2(n + 1);
  return n * 16 + power * (64 / 8 + 2 * 4 + 2 * 16) + sizeof(struct bridge) + 65536;
}

size_t bridges_bytes(const struct config *config, unsigned n_workers)
{
  size_t bytes = 0;
  for (unsigned i = 0; i < config->n_forward; i++)
    if (config->forward[i].bridge != NULL) {
      unsigned capacity = config->forward[i].bridge->capacity;
      bytes += table_bytes(capacity) + n_workers * worker_bytes(capacity);
    }
  return bytes + bytes / 8;
}

portset bridges_leave_tags(const struct config *config)
{
  portset ports = 0;
  for (unsigned f = 0; f < config->n_forward && config->n_rules == 0; f++) {
    const struct config_forward *entry = &config->forward[f];
    for (unsigned i = 0; i < entry->n_ports && entry->bridge != NULL && entry->bridge->vlans; i++)
      ports |= (portset)1 << entry->ports[i];
  }
  return ports;
}

static int make_table(struct bridge_table *t, unsigned number, struct rte_rcu_qsbr *quiet)
{
  char name[RTE_HASH_NAMESIZE];
  snprintf(name, sizeof(name), "bridge_%u", number);
  struct rte_hash_parameters parameters = {
      .name = name,
      .entries = slots(t->config->capacity),
      .key_len = sizeof(bridge_key),
      .socket_id = SOCKET_ID_ANY,
      .extra_flag = RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF,
  };
  struct rte_hash_rcu_config rcu = {.v = quiet, .mode = RTE_HASH_QSBR_MODE_DQ};
  t->shared->table = rte_hash_create(&parameters);
  if (t->shared->table == NULL)
    return -ENOMEM;
  return rte_hash_rcu_qsbr_add(t->shared->table, &rcu) == 0 ? 0 : -ENOMEM;
}

static unsigned storm_limit(const struct config_bridge_port *config, unsigned kind, unsigned storm)
{
  return config->storm[kind] == CONFIG_STORM_AUTO ? storm : config->storm[kind];
}

// A port's limits are those of all its queues together: where several workers poll it, each has its
// part.
static void make_buckets(struct bridge_worker *worker, unsigned port,
                         const struct config_bridge_port *config, unsigned n_workers,
                         unsigned storm)
{
  uint64_t hz = rte_get_tsc_hz();
  static const enum bridge_flood kinds[CONFIG_STORMS] = {
      [CONFIG_STORM_BROADCAST] = BRIDGE_BROADCAST,
      [CONFIG_STORM_MULTICAST] = BRIDGE_MULTICAST,
      [CONFIG_STORM_UNKNOWN] = BRIDGE_UNKNOWN,
  };
  for (unsigned i = 0; i < CONFIG_STORMS; i++) {
    unsigned limit = storm_limit(config, i, storm);
    if (limit == 0)
      continue;
    struct bridge_bucket *bucket = &worker->bucket[port][kinds[i]];
    bucket->cost = RTE_MAX(hz * n_workers / limit, (uint64_t)1);
    bucket->depth = bucket->credit = RTE_MAX(hz / BUCKETS_A_SECOND, bucket->cost);
    bucket->filled = rte_rdtsc();
  }
}

static unsigned polling(const struct layout *layout, unsigned port)
{
  unsigned n = 0;
  for (unsigned w = 0; w < layout->n_workers; w++) {
    bool polls = false;
    for (unsigned i = 0; i < layout->workers[w].n_rx; i++)
      polls |= layout->workers[w].rx[i].port == port;
    n += polls;
  }
  return n;
}

static int make_worker(struct bridge_table *t, unsigned number, unsigned w,
                       const struct layout *layout, const struct config_forward *entry)
{
  struct bridge_worker *worker = &t->shared->worker[w];
  int node = layout->workers[w].node;
  char name[RTE_RING_NAMESIZE];
  snprintf(name, sizeof(name), "bridge_%u_posts_%u", number, w);
  worker->posts =
      rte_ring_create_elem(name, sizeof(struct bridge_post), BRIDGE_POSTS, SOCKET_ID_ANY,
                           RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
  worker->seen = memory_zalloc(seen_places(t->config->capacity), sizeof(*worker->seen), node);
  worker->confirmed = memory_zalloc(t->config->capacity, sizeof(*worker->confirmed), node);
  if (worker->posts == NULL || worker->seen == NULL || worker->confirmed == NULL)
    return -ENOMEM;
  for (unsigned i = 0; i < entry->n_ports; i++)
    make_buckets(worker, entry->ports[i], &t->config->port[i], polling(layout, entry->ports[i]),
                 t->storm);
  return 0;
}

static void make_vlans(struct bridge *bridge, unsigned port,
                       const struct config_bridge_port *config)
{
  portset bit = (portset)1 << port;
  for (unsigned vlan = 1; vlan <= CONFIG_VLAN_MAX; vlan++) {
    if (config->access != vlan && !(config->trunk[vlan / 64] >> vlan % 64 & 1))
      continue;
    bridge->vlan[vlan].members |= bit;
    if (config->access == vlan || config->native == vlan)
      bridge->vlan[vlan].untagged |= bit;
  }
}

static void give_data(struct forwarding *forwarding, unsigned port, const struct bridge_port *data)
{
  struct port_program *stages = &forwarding->program.port[port];
  for (unsigned i = 0; i < stages->count; i++)
    if (strcmp(stages->stage[i].type->name, "bridge") == 0)
      stages->stage[i].data = data;
}

static void make_ports(struct bridge_table *t, const struct config_forward *entry,
                       struct forwarding *forwarding)
{
  struct bridge *bridge = t->shared;
  bridge->tags = t->config->vlans;
  bridge->inserts = forwarding->inserts;
  for (unsigned i = 0; i < entry->n_ports; i++) {
    const struct config_bridge_port *config = &t->config->port[i];
    unsigned port = entry->ports[i];
    t->members |= (portset)1 << port;
    t->port_limit[port] = config->learn;
    make_vlans(bridge, port, config);
    t->data[port] = (struct bridge_port){
        .bridge = bridge,
        .pvid = config->access != 0 ? config->access : config->native,
    };
    for (unsigned kind = 0; kind < CONFIG_STORMS; kind++)
      t->data[port].limited |= storm_limit(config, kind, t->storm) != 0;
    give_data(forwarding, port, &t->data[port]);
  }
  bridge->vlan[0].members = bridge->tags ? 0 : t->members;
}

static int make_bridge(struct bridges *b, unsigned number, const struct config_forward *entry,
                       const struct layout *layout, struct forwarding *forwarding)
{
  struct bridge_table *t = &b->table[number];
  t->config = entry->bridge;
  t->storm = forwarding->storm;
  t->shared = memory_zalloc(1, sizeof(*t->shared), SOCKET_ID_ANY);
  t->entry = calloc(t->config->capacity, sizeof(*t->entry));
  if (t->shared == NULL || t->entry == NULL)
    return -ENOMEM;
  unsigned places = seen_places(t->config->capacity) / BRIDGE_WAYS;
  t->shared->seen_shift = 64 - rte_log2_u32(places);
  t->shared->round = t->shared->second = 1;
  t->shared->worker = memory_zalloc(layout->n_workers, sizeof(*t->shared->worker), SOCKET_ID_ANY);
  if (t->shared->worker == NULL)
    return -ENOMEM;
  t->n_workers = layout->n_workers;
  int status = make_table(t, number, b->quiet);
  for (unsigned w = 0; w < layout->n_workers && status == 0; w++)
    status = make_worker(t, number, w, layout, entry);
  if (status == 0)
    status = table_fill(t);
  if (status == 0)
    make_ports(t, entry, forwarding);
  return status;
}

int bridges_start(struct bridges **bridges, const struct config *config,
                  struct forwarding *forwarding, const struct layout *layout,
                  struct rte_rcu_qsbr *quiet, char *error, size_t size)
{
  unsigned count = 0;
  for (unsigned i = 0; i < config->n_forward; i++)
    count += config->forward[i].bridge != NULL;
  *bridges = NULL;
  if (count == 0)
    return 0;
  struct bridges *b = calloc(1, sizeof(*b));
  if (b == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  b->config = config;
  b->quiet = quiet;
  b->n_workers = layout->n_workers;
  b->clock = 1;
  b->up = UINT32_MAX;
  for (unsigned i = 0; i < config->n_forward; i++) {
    const struct config_forward *entry = &config->forward[i];
    int status = 0;
    if (entry->bridge != NULL)
      status = make_bridge(b, b->count++, entry, layout, forwarding);
    if (status != 0) {
      bridges_stop(b);
      return fail(error, size, status, "no memory for a bridge of %u addresses (%s)",
                  entry->bridge->capacity, rte_strerror(-status));
    }
  }
  *bridges = b;
  return 0;
}

void bridges_tick(struct bridges *b, portset up, double now)
{
  if (b == NULL)
    return;
  double passed = b->last == 0 ? 0 : now - b->last;
  b->last = now;
  b->clock += passed < LONGEST_TICK ? passed : LONGEST_TICK;
  uint32_t second = b->clock;
  for (unsigned i = 0; i < b->count; i++) {
    struct bridge_table *t = &b->table[i];
    if (b->up & ~up & t->members)
      table_flush(t, b->up & ~up);
    table_drain(t, up);
    table_age(t, b->clock - second);
    table_end_tick(t, second);
  }
  b->up = up;
}

static void free_table(struct bridge_table *t)
{
  free(t->entry);
  if (t->shared == NULL)
    return;
  rte_hash_free(t->shared->table);
  for (unsigned w = 0; t->shared->worker != NULL && w < t->n_workers; w++) {
    rte_ring_free(t->shared->worker[w].posts);
    rte_free(t->shared->worker[w].seen);
    rte_free(t->shared->worker[w].confirmed);
  }
  rte_free(t->shared->worker);
  rte_free(t->shared);
}

void bridges_stop(struct bridges *b)
{
  if (b == NULL)
    return;
  // They will not report any more that they look at nothing, and look at nothing.
  for (unsigned w = 0; w < b->n_workers; w++)
    rte_rcu_qsbr_thread_offline(b->quiet, w);
  for (unsigned i = 0; i < b->count; i++)
    free_table(&b->table[i]);
  free(b);
}
