// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/transmit.h"

#include <rte_ethdev.h>

// Appends references, not bytes.
static unsigned keep(struct transmit *t, struct rte_mbuf **packets, unsigned n)
{
  unsigned room = transmit_room(t);
  if (n > room)
    n = room;
  if (t->head + t->count + n > TRANSMIT_PENDING) {
    for (unsigned i = 0; i < t->count; i++)
      t->pending[i] = t->pending[t->head + i];
    t->head = 0;
  }
  for (unsigned i = 0; i < n; i++)
    t->pending[t->head + t->count + i] = packets[i];
  t->count += n;
  return n;
}

unsigned transmit_push(struct transmit *t, struct rte_mbuf **packets, unsigned n,
                       struct counters *counters)
{
  unsigned sent = 0;
  if (t->count == 0) {
    sent = rte_eth_tx_burst(t->device, t->queue, packets, n);
    counters->transmitted[t->port] += sent;
    if (sent == n)
      return n;
  }
  return sent + keep(t, packets + sent, n - sent);
}

unsigned transmit_flush(struct transmit *t, struct counters *counters)
{
  unsigned sent = rte_eth_tx_burst(t->device, t->queue, t->pending + t->head, t->count);
  counters->transmitted[t->port] += sent;
  t->count -= sent;
  t->head = t->count > 0 ? t->head + sent : 0;
  return sent;
}
