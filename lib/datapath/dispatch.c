// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/dispatch.h"

// Sends `n` packets by one port; what the way out does not take is dropped there.
static void send(struct rte_mbuf **packets, unsigned n, unsigned port, const struct egress *egress,
                 struct counters *counters)
{
  if (egress->transmit != NULL) {
    transmit_push(egress->transmit, packets, n, counters);
    return;
  }
  const struct label *reason = &reason_unreachable;
  unsigned pushed = 0;
  if (egress->handoff != NULL) {
    pushed = handoff_push(egress->handoff, packets, n);
    counters->handed += pushed;
    reason = &reason_handoff_full;
  }
  if (pushed < n)
    drop(packets + pushed, n - pushed, port, reason->id, counters);
}

// One reference more for each port but the first, on every segment, before any port gets one.
static void share(struct rte_mbuf *packet, portset ports, struct counters *counters)
{
  unsigned more = __builtin_popcount(ports) - 1;
  if (more == 0)
    return;
  rte_pktmbuf_refcnt_update(packet, more);
  counters->cloned += more;
}

// Verdicts differ, or are of several ports: decide for all first (share, drop), then one push for
// each port.
static void dispatch_each(struct burst *b, const struct egress *egress, struct counters *counters)
{
  struct rte_mbuf *out[BURST_MAX];
  portset all = 0;

  for (unsigned i = 0; i < b->count; i++) {
    all |= b->verdict[i];
    if (b->verdict[i] != 0)
      share(b->packet[i], b->verdict[i], counters);
    else
      drop(&b->packet[i], 1, b->port, b->reason[i], counters);
  }
  for (; all != 0; all &= all - 1) {
    unsigned port = __builtin_ctz(all);
    unsigned n = 0;
    for (unsigned i = 0; i < b->count; i++)
      if (b->verdict[i] & (portset)1 << port)
        out[n++] = b->packet[i];
    send(out, n, port, &egress[port], counters);
  }
}

void dispatch(struct burst *b, const struct egress *egress, struct counters *counters)
{
  portset ports = b->verdict[0];
  if (b->same && ports == 0) {
    drop(b->packet, b->count, b->port, b->reason[0], counters);
  } else if (b->same && (ports & (ports - 1)) == 0) { // the common case: all to one port
    send(b->packet, b->count, __builtin_ctz(ports), &egress[__builtin_ctz(ports)], counters);
  } else {
    burst_spread(b);
    dispatch_each(b, egress, counters);
  }
}
