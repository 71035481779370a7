// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/worker.h"

#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_rcu_qsbr.h>

void worker_init(struct worker *w, unsigned number)
{
  w->number = number;
  w->burst.copier = &w->copier;
  w->burst.counters = &w->counters;
  w->burst.worker = number;
  w->until_sample = REPEATS_EVERY;
  for (unsigned i = 0; i < w->n_transmit; i++)
    w->egress[w->transmit[i].port].transmit = &w->transmit[i];
}

// overload: wait. Nothing is received only to be thrown away: a queue is left alone while a way
// that its packets can take lacks room for all that a poll can bring there, and the NIC, whose
// drops cost no CPU, drops instead. What lies before a port without a link stays there, and holds
// up only those who have no other way.
static bool has_room(const struct worker *w, portset ports, unsigned wanted)
{
  bool has = true;
  for (; ports != 0; ports &= ports - 1) {
    const struct egress *egress = &w->egress[__builtin_ctz(ports)];
    if (egress_room(egress) < wanted) {
      pressure_note(egress_pressure(egress));
      has = false;
    }
  }
  return has;
}

static void sample(struct worker *w, const struct receive *rx, const struct rte_mbuf *packet)
{
  w->until_sample = REPEATS_EVERY;
  if (rx->repeats != NULL)
    repeats_sample(rx->repeats, packet, rte_rdtsc());
}

// The packets that the worker's burst holds.
static void run_burst(struct worker *w, unsigned port, const struct generation *generation,
                      portset up)
{
  const struct port_program *stages = &generation->port[port].stages;
  struct burst *b = &w->burst;
  b->port = port;
  b->up = up;
  b->generation = generation;
  burst_begin(b);
  for (unsigned i = 0; i < stages->count; i++)
    stages->stage[i].type->run(&stages->stage[i], b);
  dispatch(b, w->egress, &w->counters);
}

// Packets that could come to need more slots than a burst has, if it had all of them. Polls are not
// made shorter for that: there are drivers that give nothing to who asks for less than eight.
static void run_in_parts(struct worker *w, unsigned port, const struct generation *generation,
                         portset up)
{
  struct burst *b = &w->burst;
  struct rte_mbuf *polled[BURST_MAX];
  unsigned n = b->count, count;
  memcpy(polled, b->packet, n * sizeof(*polled));
  for (unsigned done = 0; done < n; done += count) {
    count = RTE_MIN(n - done, (unsigned)generation->port[port].part);
    memcpy(b->packet, polled + done, count * sizeof(*polled));
    b->count = count;
    run_burst(w, port, generation, up);
  }
}

static unsigned receive(struct worker *w, struct receive *rx, const struct generation *generation)
{
  const struct generation_port *port = &generation->port[rx->port];
  if (__atomic_load_n(&rx->absent, __ATOMIC_ACQUIRE))
    return 0;
  portset up = __atomic_load_n(&w->up, __ATOMIC_RELAXED);
  if ((generation->waits >> rx->port & 1) != 0 &&
      !has_room(w, port->feeds & up ? port->feeds & up : port->feeds, port->room)) {
    w->counters.waits++;
    return 0;
  }
  struct burst *b = &w->burst;
  __atomic_store_n(&rx->inside, true, __ATOMIC_RELAXED);
  unsigned n = rte_eth_rx_burst(rx->device, rx->queue, b->packet, port->poll);
  __atomic_store_n(&rx->inside, false, __ATOMIC_RELAXED);
  if (n == 0)
    return 0;
  b->count = n;
  w->counters.received[rx->port] += n;
  w->counters.bursts++;
  w->full_burst |= n == BURST_MAX;
  if (--w->until_sample == 0)
    sample(w, rx, b->packet[0]);
  if (rx->checks && (b->count = receive_check(rx, b->packet, n, &w->counters)) == 0)
    return n;
  if (b->count <= port->part)
    run_burst(w, rx->port, generation, up);
  else
    run_in_parts(w, rx->port, generation, up);
  return n;
}

// Whether something may be taken off a handoff. Where the port's packets wait, the transmit side
// must be able to hold a whole burst, as a receive queue is only polled then: else handoffs would
// live on the crumbs and leave none for it. Where they drop, a receive queue takes the crumbs, and
// so do handoffs. Readers that have a handoff for themselves leave room there as everywhere.
static bool may_take(const struct incoming *in, const struct generation *generation, unsigned room)
{
  struct pressure *pressure = in->transmit->pressure;
  unsigned port = in->transmit->port;
  enum carries carries = generation_carries(generation, in->handoff->from, port);
  bool waits = (generation->waits >> port & 1) != 0 && room < BURST_MAX;
  if (carries == CARRIES_READERS && pressure != NULL)
    return room >= BURST_MAX + READERS_LEAVE && !pressure_is_on(pressure);
  if (room < BURST_MAX && carries == CARRIES_FORWARDING && !rte_ring_empty(in->handoff->ring))
    pressure_note(pressure);
  return room > 0 && !waits;
}

// Takes a burst off a handoff.
static unsigned take(struct worker *w, const struct incoming *in,
                     const struct generation *generation)
{
  struct rte_mbuf *packets[BURST_MAX];
  unsigned room = transmit_room(in->transmit);
  if (!may_take(in, generation, room))
    return 0;
  unsigned n = handoff_take(in->handoff, packets, room < BURST_MAX ? room : BURST_MAX);
  if (n == 0)
    return 0;
  w->counters.taken += n;
  w->full_burst |= n == BURST_MAX;
  transmit_push(in->transmit, packets, n, &w->counters);
  return n;
}

// Handoffs and receive queues compete for room at a slow port: they take turns at being first. The
// golden ratio says who is next, for it keeps step with nothing: simple counting would put the same
// one first at a port that has room for a burst every second or every eighth turn. Half of the time
// they go backwards: else whoever stands behind one that is idle or leads elsewhere would inherit
// that one's turns.
static unsigned serve_all(struct worker *w, bool run)
{
  const struct generation *generation = __atomic_load_n(&w->generation, __ATOMIC_ACQUIRE);
  unsigned n = w->n_incoming + w->n_receive;
  uint32_t place = w->turns * 0x9e3779b9u; // in 0 to 2^32, which the multiples fill evenly
  uint32_t choice = (uint64_t)place * (2 * n) >> 32;
  unsigned at = choice / 2;
  unsigned step = choice % 2 == 0 ? 1 : n - 1;
  unsigned moved = 0;

  for (unsigned i = 0; i < n; i++) {
    if (at < w->n_incoming)
      moved += take(w, &w->incoming[at], generation);
    else if (run)
      moved += receive(w, &w->receive[at - w->n_incoming], generation);
    at += step;
    at -= at >= n ? n : 0;
  }
  return moved;
}

// Rarely, and of the port's first queue only, which has one owner.
static void pass_pressure(struct worker *w)
{
  for (unsigned i = 0; i < w->n_transmit; i++)
    if (w->transmit[i].queue == 0)
      pressure_pass(w->transmit[i].pressure);
}

static unsigned flush_all(struct worker *w)
{
  unsigned moved = 0;
  for (unsigned i = 0; i < w->n_transmit; i++)
    if (w->transmit[i].count > 0)
      moved += transmit_flush(&w->transmit[i], &w->counters);
  return moved;
}

unsigned worker_turn(struct worker *w)
{
  bool run = __atomic_load_n(&w->mode, __ATOMIC_RELAXED) == WORKER_RUN;
  unsigned moved = flush_all(w);

  w->full_burst = false;
  w->turns++;
  if (w->turns % PRESSURE_TURNS == 0)
    pass_pressure(w);
  moved += serve_all(w, run);
  if (w->quiet != NULL)
    rte_rcu_qsbr_quiescent(w->quiet, w->number);
  return moved;
}

// `wanted` is read first: a wish that comes while the copy is made is not fulfilled by it.
void worker_snapshot_make(struct worker *w)
{
  uint32_t wanted = __atomic_load_n(&w->snapshot_wanted, __ATOMIC_ACQUIRE);
  w->counters.pending = 0;
  for (unsigned i = 0; i < w->n_transmit; i++)
    w->counters.pending += w->transmit[i].count;
  for (unsigned i = 0; i < LABELS_MAX; i++)
    w->counters.copied[i] = w->copier.copied[i];
  w->snapshot = w->counters;
  __atomic_store_n(&w->snapshot_given, wanted, __ATOMIC_RELEASE);
}

void worker_snapshot_ask(struct worker *w)
{
  __atomic_store_n(&w->snapshot_wanted, w->snapshot_wanted + 1, __ATOMIC_RELEASE);
}

bool worker_snapshot_ready(const struct worker *w)
{
  return __atomic_load_n(&w->snapshot_given, __ATOMIC_ACQUIRE) == w->snapshot_wanted;
}

// Turns that move a full burst are timed sixteen at a time: reading the clock each time costs a
// few percent there, and such a worker is not idle in between. All others are timed one by one.
enum { CLOCK_EVERY = 16 };

int worker_main(void *arg)
{
  struct worker *w = arg;
  uint64_t last = rte_rdtsc();
  bool untimed = false; // turns since `last` that moved packets

  __atomic_store_n(&w->thread, gettid(), __ATOMIC_RELAXED);
  while (__atomic_load_n(&w->mode, __ATOMIC_RELAXED) != WORKER_STOP) {
    bool moved = worker_turn(w) > 0;
    bool asked = __atomic_load_n(&w->snapshot_wanted, __ATOMIC_ACQUIRE) != w->snapshot_given;
    if (w->full_burst && !asked && w->turns % CLOCK_EVERY != 0) {
      untimed = true;
      continue;
    }
    uint64_t now = rte_rdtsc();
    *(moved || untimed ? &w->counters.busy_cycles : &w->counters.idle_cycles) += now - last;
    last = now;
    untimed = false;
    if (asked)
      worker_snapshot_make(w);
  }
  return 0;
}

void worker_abandon(struct worker *w)
{
  for (unsigned i = 0; i < w->n_incoming; i++) {
    struct rte_mbuf *packets[BURST_MAX];
    unsigned n;
    while ((n = handoff_take(w->incoming[i].handoff, packets, BURST_MAX)) > 0) {
      w->counters.taken += n;
      drop(packets, n, w->incoming[i].transmit->port, reason_shutdown.id, &w->counters);
    }
  }
  for (unsigned i = 0; i < w->n_transmit; i++) {
    struct transmit *t = &w->transmit[i];
    drop(t->pending + t->head, t->count, t->port, reason_shutdown.id, &w->counters);
    t->head = t->count = 0;
  }
  worker_snapshot_make(w);
}
