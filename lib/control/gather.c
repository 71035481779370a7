// SPDX-License-Identifier: BSD-3-Clause
// From snapshots and statistics to struct status.
#include <stdio.h>
#include <string.h>

#include <rte_mempool.h>

#include "control/appliance_internal.h"
#include "control/eal.h"

enum { RATE_SECONDS = 1 };

static void gather_port(const struct appliance *a, unsigned number, struct status_port *s)
{
  const struct port *port = &a->port[number];
  const char *copies = device_driver_copies(port->info.driver_name);

  snprintf(s->name, sizeof(s->name), "%s", port->config->name);
  snprintf(s->device, sizeof(s->device), "%s", port->device);
  snprintf(s->driver, sizeof(s->driver), "%s", port->info.driver_name);
  snprintf(s->copies, sizeof(s->copies), "%s", copies != NULL ? copies : "");
  s->node = port->node;
  s->rx_queues = a->layout->ports[number].rx_queues;
  s->tx_queues = a->layout->ports[number].tx_queues;
  s->wait = a->forwarding.wait[number];
  s->mtu = port->mtu;
  s->link_up = port->link.link_status == RTE_ETH_LINK_UP;
  s->link_mbps = port->link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN ? 0 : port->link.link_speed;
  s->link_changes = __atomic_load_n(&port->link_changes, __ATOMIC_RELAXED);
  s->received_bytes = port->stats.ibytes;
  s->transmitted_bytes = port->stats.obytes;
  s->missed = port->stats.imissed;
  s->no_mbuf = port->stats.rx_nombuf;
  s->receive_errors = port->stats.ierrors;
  s->transmit_errors = port->stats.oerrors;
}

static void list_queues(const struct layout *layout, const struct layout_queue *queue, unsigned n,
                        char *text, size_t size)
{
  size_t at = 0;
  text[0] = '\0';
  for (unsigned i = 0; i < n && at < size; i++)
    at += snprintf(text + at, size - at, "%s%s/%u", i > 0 ? " " : "",
                   layout->ports[queue[i].port].name, queue[i].queue);
}

static void gather_plan(const struct layout *layout, unsigned number, struct status_worker *w)
{
  const struct layout_worker *plan = &layout->workers[number];
  w->cpu = plan->cpu;
  w->node = plan->node;
  list_queues(layout, plan->rx, plan->n_rx, w->polls, sizeof(w->polls));
  list_queues(layout, plan->tx, plan->n_tx, w->owns, sizeof(w->owns));
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
  s->n_handoffs = RTE_MIN(a->datapath.n_handoffs, (unsigned)STATUS_HANDOFFS_MAX);
  for (unsigned i = 0; i < s->n_handoffs; i++) {
    const struct handoff *handoff = &a->datapath.handoff[i];
    const struct layout_handoff *plan = &a->layout->handoffs[i];
    s->handoff[i] = (struct status_handoff){
        .from = plan->from,
        .to = plan->to,
        .port = plan->port,
        .size = HANDOFF_SIZE,
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

static void gather_rates(struct appliance *a, double now, const struct status *before)
{
  struct status *s = &a->status;
  struct mark *mark = &a->mark;
  double seconds = now - mark->at;
  bool due = seconds >= RATE_SECONDS || before->seconds == 0;

  for (unsigned i = 0; i < s->n_ports; i++) {
    struct status_port *p = &s->port[i];
    p->received_pps =
        due ? (p->received - mark->received[i]) / seconds : before->port[i].received_pps;
    p->transmitted_pps =
        due ? (p->transmitted - mark->transmitted[i]) / seconds : before->port[i].transmitted_pps;
    if (due) {
      mark->received[i] = p->received;
      mark->transmitted[i] = p->transmitted;
    }
  }
  for (unsigned i = 0; i < s->n_workers; i++) {
    struct status_worker *w = &s->worker[i];
    uint64_t busy = w->busy_cycles - mark->busy[i], idle = w->idle_cycles - mark->idle[i];
    uint64_t moved = w->received + w->taken - mark->moved[i];
    w->busy_share = before->worker[i].busy_share;
    w->cycles_per_packet = before->worker[i].cycles_per_packet;
    if (!due)
      continue;
    w->busy_share = busy + idle > 0 ? (double)busy / (busy + idle) : 0;
    w->cycles_per_packet = moved > 0 ? (double)busy / moved : 0;
    mark->busy[i] = w->busy_cycles;
    mark->idle[i] = w->idle_cycles;
    mark->moved[i] = w->received + w->taken;
  }
  if (due)
    mark->at = now;
}

void appliance_gather(struct appliance *a, double now)
{
  struct status *s = &a->status;
  struct status before = *s;

  *s = (struct status){
      .seconds = (a->running ? now : a->stopped) - a->started,
      .running = a->running,
      .hugepages = eal_hugepages(),
      .n_ports = a->config->n_ports,
      .layout = a->layout->kind,
      .n_workers = a->datapath.n_workers,
      .pools_checked = a->pools_checked,
      .pools_full = true,
  };
  for (unsigned i = 0; i < s->n_ports; i++)
    gather_port(a, i, &s->port[i]);
  for (unsigned i = 0; i < s->n_workers; i++) {
    gather_plan(a->layout, i, &s->worker[i]);
    s->worker[i].answers = a->answers[i];
    gather_worker(&a->counters[i], &s->worker[i], s);
  }
  gather_equation(s);
  gather_handoffs(a, s);
  for (unsigned i = 0; i < a->memory.n_pools; i++) {
    gather_pool(a->memory.pool[i].frames, kept(a, &a->memory.pool[i]), s);
    gather_pool(a->memory.pool[i].headers, 0, s);
  }
  if (a->running)
    gather_rates(a, now, &before);
}
