// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/transmit.h"

#include <rte_ethdev.h>

#include "datapath/drop.h"
#include "packet/vlan.h"

// Appends references, not bytes. There is room.
static void keep(struct transmit *t, struct rte_mbuf **packets, unsigned n)
{
  if (t->head + t->count + n > TRANSMIT_PENDING) {
    for (unsigned i = 0; i < t->count; i++)
      t->pending[i] = t->pending[t->head + i];
    t->head = 0;
  }
  for (unsigned i = 0; i < n; i++)
    t->pending[t->head + t->count + i] = packets[i];
  t->count += n;
}

static bool is_limited(const struct transmit *t)
{
  return t->one_segment || __atomic_load_n(&t->longest, __ATOMIC_RELAXED) > 0;
}

static bool is_too_long(const struct transmit *t, const struct rte_mbuf *packet)
{
  unsigned longest = __atomic_load_n(&t->longest, __ATOMIC_RELAXED);
  if (longest == 0 || packet->pkt_len <= longest)
    return false;
  return packet->pkt_len > __atomic_load_n(&t->longest_tagged, __ATOMIC_RELAXED) ||
         packet->data_len < VLAN_POP_LENGTH || vlan_read(packet, VLAN_ADDRESSES) != VLAN_TPID;
}

static const struct label *unfit(const struct transmit *t, const struct rte_mbuf *packet)
{
  if (t->one_segment && packet->nb_segs > 1)
    return &reason_segmented;
  return is_too_long(t, packet) ? &reason_too_long : NULL;
}

// Drops what the driver would send only a part of, or spoil others with. Returns how many are left,
// at the front.
static unsigned drop_unfit(const struct transmit *t, struct rte_mbuf **packets, unsigned n,
                           struct counters *counters)
{
  unsigned fit = 0;
  for (unsigned i = 0; i < n; i++) {
    const struct label *reason = unfit(t, packets[i]);
    if (reason == NULL)
      packets[fit++] = packets[i];
    else
      drop(&packets[i], 1, t->port, reason->id, counters);
  }
  return fit;
}

static unsigned offer(struct transmit *t, struct rte_mbuf **packets, unsigned n)
{
  __atomic_store_n(&t->inside, true, __ATOMIC_RELAXED);
  unsigned sent = rte_eth_tx_burst(t->device, t->queue, packets, n);
  __atomic_store_n(&t->inside, false, __ATOMIC_RELAXED);
  return sent;
}

void transmit_push(struct transmit *t, struct rte_mbuf **packets, unsigned n,
                   struct counters *counters)
{
  unsigned sent = 0;
  if (__atomic_load_n(&t->absent, __ATOMIC_ACQUIRE)) {
    drop(packets, n, t->port, reason_absent.id, counters);
    return;
  }
  if (is_limited(t))
    n = drop_unfit(t, packets, n, counters);
  if (t->count == 0) {
    sent = offer(t, packets, n);
    counters->transmitted[t->port] += sent;
    if (sent == n)
      return;
  }
  unsigned kept = RTE_MIN(n - sent, transmit_room(t));
  keep(t, packets + sent, kept);
  if (sent + kept < n) {
    pressure_note(t->pressure);
    drop(packets + sent + kept, n - sent - kept, t->port, reason_transmit_full.id, counters);
  }
}

// A device whose limit has become less may not take what was pending before, and hold up the rest.
// Returns how many are gone.
static unsigned drop_stuck(struct transmit *t, struct counters *counters)
{
  unsigned before = t->count;
  t->count = drop_unfit(t, t->pending + t->head, before, counters);
  return before - t->count;
}

unsigned transmit_flush(struct transmit *t, struct counters *counters)
{
  unsigned sent = t->count;
  if (__atomic_load_n(&t->absent, __ATOMIC_ACQUIRE)) {
    drop(t->pending + t->head, sent, t->port, reason_absent.id, counters);
  } else {
    sent = offer(t, t->pending + t->head, t->count);
    counters->transmitted[t->port] += sent;
    if (sent == 0 && is_limited(t))
      return drop_stuck(t, counters);
  }
  t->count -= sent;
  t->head = t->count > 0 ? t->head + sent : 0;
  return sent;
}
