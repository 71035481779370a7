// SPDX-License-Identifier: BSD-3-Clause
// From snapshots and statistics to struct status.
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_mempool.h>
#include <rte_version.h>

#include "control/appliance_internal.h"
#include "host/eal.h"

_Static_assert(STATUS_POOLS_MAX >= 2 * MEMORY_NODES_MAX + CONFIG_PORTS_MAX,
               "a status has room for every pool");

// What a status shows until the next second is over: the rates of the one before.
struct rates {
  bool none; // there was no status before
  double end, span;
  double received[CONFIG_PORTS_MAX], transmitted[CONFIG_PORTS_MAX];
  double busy[LAYOUT_WORKERS_MAX], cycles[LAYOUT_WORKERS_MAX], stolen[LAYOUT_WORKERS_MAX];
};

// Copies as much of the text as fits, in whole characters of UTF-8.
static void copy_text(char *to, size_t size, const char *from)
{
  size_t n = strlen(from);
  if (n >= size) {
    n = size - 1;
    while (n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80)
      n--;
  }
  memcpy(to, from, n);
  to[n] = '\0';
}

static void gather_link(const struct port *port, struct status_port *s)
{
  if (port->follows != NULL)
    snprintf(s->link, sizeof(s->link), "down (follows %s)", port->follows->config->name);
  else
    copy_text(s->link, sizeof(s->link),
              port->absent         ? "absent"
              : port_link_up(port) ? "up"
                                   : "down");
  s->times_held = port->times_held;
}

static void gather_port(const struct appliance *a, unsigned number, struct status_port *s)
{
  const struct port *port = &a->port[number];
  const char *copies = port->facts.copies;
  struct rte_eth_stats stats = port_stats(port);

  copy_text(s->name, sizeof(s->name), port->config->name);
  s->device = port->device;
  copy_text(s->driver, sizeof(s->driver), port->info.driver_name);
  copy_text(s->copies, sizeof(s->copies), copies != NULL ? copies : "unknown");
  s->node = port->node;
  s->rx_queues = a->layout->ports[number].rx_queues;
  s->tx_queues = a->layout->ports[number].tx_queues;
  s->wait = a->forwarding.wait[number];
  s->mtu = port->mtu;
  s->strips = port->strips;
  s->inserts = port->inserts;
  gather_link(port, s);
  s->circling_seconds = a->circling[number].seconds;
  s->absences = port->absences;
  s->link_mbps = port->link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN ? 0 : port->link.link_speed;
  s->link_changes = __atomic_load_n(&port->link_changes, __ATOMIC_RELAXED);
  s->received_bytes = stats.ibytes;
  s->transmitted_bytes = stats.obytes;
  s->missed = stats.imissed;
  s->missed_uncounted = !port->losses_known;
  s->no_mbuf = stats.rx_nombuf;
  s->receive_errors = stats.ierrors;
  s->transmit_errors = stats.oerrors;
  if (port->replay != NULL) {
    replay_read(port->replay, port->replay_status);
    s->replay = port->replay_status;
    s->received_bytes += s->replay->sent_bytes;
    copy_text(s->driver, sizeof(s->driver), "replay");
  }
}

// Adds one worker's snapshot to its own line and to the ports'.
static void gather_worker(const struct counters *c, struct status_worker *w, struct status *s)
{
  for (unsigned p = 0; p < s->n_ports; p++) {
    w->received += c->received[p];
    w->transmitted += c->transmitted[p];
    s->port[p].received += c->received[p];
    s->port[p].transmitted += c->transmitted[p];
    for (unsigned r = 0; r < LABELS_MAX; r++) {
      w->dropped += c->dropped[p][r];
      s->port[p].dropped[r] += c->dropped[p][r];
      s->by_reason[r] += c->dropped[p][r];
    }
  }
  for (unsigned i = 0; i < LABELS_MAX; i++) {
    s->copied[i].packets += c->copied[i].packets;
    s->copied[i].bytes += c->copied[i].bytes;
  }
  w->cloned = c->cloned;
  w->handed = c->handed;
  w->taken = c->taken;
  w->pending = c->pending;
  w->bursts = c->bursts;
  w->waits = c->waits;
  w->busy_cycles = c->busy_cycles;
  w->idle_cycles = c->idle_cycles;
}

static void gather_equation(struct status *s)
{
  for (unsigned i = 0; i < s->n_workers; i++) {
    const struct status_worker *w = &s->worker[i];
    s->received += w->received;
    s->cloned += w->cloned;
    s->transmitted += w->transmitted;
    s->dropped += w->dropped;
    s->in_flight += (int64_t)(w->pending + w->handed - w->taken);
    s->difference += (int64_t)(w->received + w->cloned + w->taken) -
                     (int64_t)(w->transmitted + w->dropped + w->handed + w->pending);
  }
}

static void gather_handoffs(const struct appliance *a, struct status *s)
{
  s->n_handoffs = a->datapath.n_handoffs;
  for (unsigned i = 0; i < s->n_handoffs; i++) {
    const struct handoff *handoff = &a->datapath.handoff[i];
    const struct layout_handoff *plan = &a->layout->handoffs[i];
    s->handoff[i] = (struct status_handoff){
        .from = plan->from,
        .to = plan->to,
        .port = plan->port,
        .size = handoff->size,
        .held = rte_ring_count(handoff->ring),
        .high_water = __atomic_load_n(&handoff->high_water, __ATOMIC_RELAXED),
    };
  }
}

static void gather_pool(struct rte_mempool *pool, unsigned kept, struct status *s)
{
  struct status_pool *out = &s->pool[s->n_pools++];
  snprintf(out->name, sizeof(out->name), "%s", pool->name);
  out->size = pool->populated_size;
  out->available = rte_mempool_avail_count(pool);
  out->kept = kept;
  s->pools_full &= out->available + kept == out->size;
}

static void gather_replay_pool(const struct status_port *port, struct status *s)
{
  struct status_pool *out = &s->pool[s->n_pools++];
  char name[sizeof(out->name)]; // gcc takes port and out for one object: both are in `s`
  snprintf(name, sizeof(name), "replay_%.20s", port->name);
  copy_text(out->name, sizeof(out->name), name);
  out->size = port->replay->mbufs;
  out->available = port->replay->mbufs_back;
  s->pools_full &= out->available == out->size;
}

// What drivers took from a node's frames when their queues were set up and will not give back. It
// was counted then, so that one mbuf more or less missing at the end still shows.
static unsigned kept(struct appliance *a, const struct memory_pool *pool)
{
  unsigned sum = 0;
  for (unsigned i = 0; i < a->config->n_ports; i++)
    if (memory_pool(&a->memory, a->port[i].node) == pool)
      sum += a->port[i].kept;
  return sum;
}

static struct rates rates_of(const struct status *s)
{
  struct rates rates = {.none = s->seconds == 0, .end = s->rates_end, .span = s->rates_span};
  for (unsigned i = 0; i < s->n_ports; i++) {
    rates.received[i] = s->port[i].received_pps;
    rates.transmitted[i] = s->port[i].transmitted_pps;
  }
  for (unsigned i = 0; i < s->n_workers; i++) {
    rates.busy[i] = s->worker[i].busy;
    rates.cycles[i] = s->worker[i].cycles_per_packet;
    rates.stolen[i] = s->worker[i].stolen;
  }
  return rates;
}

// The two clocks are read one after the other: what control itself was off its core between them
// counts as stolen, once, and is made good at the next look.
static void look_at_clocks(struct appliance *a, unsigned number, double now)
{
  struct stolen *stolen = &a->stolen[number];
  double cpu = stall_cpu(a->datapath.worker[number]);
  if (cpu == 0)
    return;
  if (stolen->from_wall == 0) {
    stolen->from_wall = now;
    stolen->from_cpu = cpu;
  }
  stolen->wall = now - stolen->from_wall;
  stolen->seconds = RTE_MAX(stolen->wall - (cpu - stolen->from_cpu), 0);
}

// Of less time the two clocks tell nothing: a thread takes a millisecond to begin and to end.
static const double TELLING_SECONDS = 0.1;

// A turn in which the kernel ran something else on the worker's core is as long as what that took.
// Such turns are busy ones and idle ones as others are, so that shares hold; what a packet takes is
// less by as much as the worker had less than all of the time.
static void gather_shares(struct status_worker *w, uint64_t busy, uint64_t idle, uint64_t moved,
                          double stolen, double wall)
{
  w->stolen = wall >= TELLING_SECONDS && stolen > 0 ? RTE_MIN(stolen / wall, 1) : 0;
  w->busy = busy + idle > 0 ? (double)busy / (busy + idle) : 0;
  w->cycles_per_packet = moved > 0 ? (double)busy * (1 - w->stolen) / moved : 0;
}

// Rates are due when a second of the run is over, not a second after the last ones: updates come
// five times a second, and a moment too early would show the same rates twice. Each span begins
// where the one before it ended, so that rates times spans add up to the counters.
static void gather_rates(struct appliance *a, double now, const struct rates *before)
{
  struct status *s = &a->status;
  struct mark *mark = &a->mark;
  bool due = before->none || (a->taken && now >= mark->next);
  double seconds = before->none ? s->seconds : now - mark->at;

  if (due && !before->none && a->running)
    circling_look(a->circling, &a->datapath, s->n_ports);
  for (unsigned i = 0; i < s->n_ports; i++) {
    struct status_port *p = &s->port[i];
    p->received_pps = due ? (p->received - mark->received[i]) / seconds : before->received[i];
    p->transmitted_pps =
        due ? (p->transmitted - mark->transmitted[i]) / seconds : before->transmitted[i];
    if (due) {
      mark->received[i] = p->received;
      mark->transmitted[i] = p->transmitted;
    }
    if (a->port[i].absent) // what it did before is over
      p->received_pps = p->transmitted_pps = 0;
  }
  for (unsigned i = 0; i < s->n_workers; i++) {
    struct status_worker *w = &s->worker[i];
    uint64_t busy = w->busy_cycles - mark->busy[i], idle = w->idle_cycles - mark->idle[i];
    uint64_t moved = w->received + w->taken - mark->moved[i];
    w->busy = before->busy[i];
    w->cycles_per_packet = before->cycles[i];
    w->stolen = before->stolen[i];
    if (!due)
      continue;
    gather_shares(w, busy, idle, moved, a->stolen[i].seconds - mark->stolen[i],
                  a->stolen[i].wall - mark->wall[i]);
    mark->wall[i] = a->stolen[i].wall;
    mark->stolen[i] = a->stolen[i].seconds;
    mark->busy[i] = w->busy_cycles;
    mark->idle[i] = w->idle_cycles;
    mark->moved[i] = w->received + w->taken;
  }
  s->rates_end = due ? s->seconds : before->end;
  s->rates_span = due ? seconds : before->span;
  if (!due)
    return;
  mark->at = now;
  mark->next = a->started + floor(s->seconds) + 1;
}

// Of all of a run that is over.
static void gather_all_time(const struct appliance *a, struct status *s)
{
  for (unsigned i = 0; i < s->n_ports && s->seconds > 0; i++) {
    s->port[i].received_pps = s->port[i].received / s->seconds;
    s->port[i].transmitted_pps = s->port[i].transmitted / s->seconds;
  }
  for (unsigned i = 0; i < s->n_workers; i++) {
    struct status_worker *w = &s->worker[i];
    gather_shares(w, w->busy_cycles, w->idle_cycles, w->received + w->taken, a->stolen[i].seconds,
                  a->stolen[i].wall);
  }
  s->rates_end = s->rates_span = s->seconds;
}

void appliance_gather(struct appliance *a, double now)
{
  struct status *s = &a->status;
  struct rates before = rates_of(s);

  memset(s, 0, offsetof(struct status, handoff));
  s->version = PLATTER_VERSION;
  s->dpdk = rte_version();
  s->prefix = a->prefix;
  s->pid = getpid();
  s->seconds = (a->running ? now : a->stopped) - a->started;
  s->running = a->running;
  s->stuck = a->stuck;
  s->consistent = a->consistent;
  s->hugepages = eal_hugepages();
  s->n_ports = a->config->n_ports;
  s->layout = a->layout;
  s->n_workers = a->datapath.n_workers;
  s->pools_checked = a->pools_checked;
  s->pools_full = true;
  for (unsigned i = 0; i < s->n_ports; i++)
    gather_port(a, i, &s->port[i]);
  for (unsigned i = 0; i < s->n_workers; i++) {
    const struct layout_worker *plan = &a->layout->workers[i];
    s->worker[i].cpu = plan->cpu;
    s->worker[i].node = plan->node;
    s->worker[i].plan = plan;
    if (a->running)
      look_at_clocks(a, i, now);
    s->worker[i].stolen_seconds = a->stolen[i].seconds;
    s->worker[i].answers = a->answers[i];
    if (!a->answers[i])
      stall_place(a, i, s->worker[i].place, sizeof(s->worker[i].place));
    gather_worker(&a->counters[i], &s->worker[i], s);
  }
  gather_equation(s);
  bridges_gather(a->bridges, s);
  rules_gather(a->rules, s);
  gather_handoffs(a, s);
  for (unsigned i = 0; i < a->memory.n_pools; i++) {
    gather_pool(a->memory.pool[i].frames, kept(a, &a->memory.pool[i]), s);
    gather_pool(a->memory.pool[i].headers, 0, s);
  }
  for (unsigned i = 0; i < s->n_ports; i++)
    if (s->port[i].replay != NULL)
      gather_replay_pool(&s->port[i], s);
  if (a->running)
    gather_rates(a, now, &before);
  else
    gather_all_time(a, s);
}
