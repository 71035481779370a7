// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/dispatch.h"

// What becomes of packets that a way out does not take.
struct refusal {
  const struct label *handoff, *transmit;
};
static const struct refusal forwarded = {&reason_handoff_full, &reason_transmit_full};
static const struct refusal mirrored = {&reason_mirror_full, &reason_mirror_full};

// Sends `n` packets by one port; what the way out does not take is dropped there.
static void send(struct rte_mbuf **packets, unsigned n, unsigned port, const struct egress *egress,
                 const struct refusal *refusal, struct counters *counters)
{
  if (egress->transmit != NULL) {
    transmit_push(egress->transmit, packets, n, refusal->transmit, counters);
    return;
  }
  const struct label *reason = &reason_unreachable;
  unsigned pushed = 0;
  if (egress->handoff != NULL) {
    pushed = handoff_push(egress->handoff, packets, n);
    counters->handed += pushed;
    reason = refusal->handoff;
  }
  if (pushed < n)
    drop(packets + pushed, n - pushed, port, reason->id, counters);
}

// Sends by every port of `all` the packets that have it in their set.
static void send_sets(struct burst *b, const portset *sets, portset all,
                      const struct egress *egress, const struct refusal *refusal,
                      struct counters *counters)
{
  struct rte_mbuf *out[BURST_SLOTS];
  for (; all != 0; all &= all - 1) {
    unsigned port = __builtin_ctz(all);
    unsigned n = 0;
    for (unsigned i = 0; i < b->count; i++) { // without a branch: sets are as mixed as traffic
      out[n] = b->packet[i];
      n += sets[i] >> port & 1;
    }
    send(out, n, port, &egress[port], refusal, counters);
  }
}

// A packet with one reference gets as many as it has takers, on every segment, before any of them
// gets one.
static void share(struct rte_mbuf *packet, unsigned takers, struct counters *counters)
{
  if (takers <= 1)
    return;
  rte_pktmbuf_refcnt_update(packet, takers - 1);
  counters->cloned += takers - 1;
}

// References that were not made are counted as made and dropped.
static void lose(portset ports, const struct label *reason, struct counters *counters)
{
  for (; ports != 0; ports &= ports - 1) {
    counters->cloned++;
    counters->dropped[__builtin_ctz(ports)][reason->id]++;
  }
}

void burst_lose(struct burst *b, portset ports, const struct label *reason)
{
  lose(ports, reason, b->counters);
}

// A slot of readers alone was counted as one reference when it was made. Where no reader is left
// to take it, it goes back, with the reason of its first one.
static void drop_unread(struct burst *b, unsigned i, portset down, struct counters *counters)
{
  bool read = down != 0;
  unsigned port = read ? (unsigned)__builtin_ctz(down) : b->port;
  lose(read ? down & (down - 1) : 0, &reason_mirror_down, counters);
  drop(&b->packet[i], 1, port, read ? reason_mirror_down.id : reason_no_verdict.id, counters);
}

// What forwarding has decided about packet `i`, and its readers: references for all, or the drop.
static void settle_readers(struct burst *b, unsigned i, struct counters *counters)
{
  portset wanted = b->readers[i] & ~b->verdict[i], down = wanted & ~b->up;
  bool alone = b->verdict[i] == 0 && b->reason[i] == REASON_NONE;

  b->readers[i] = wanted & b->up;
  if (alone && b->readers[i] == 0) {
    drop_unread(b, i, down, counters);
    return;
  }
  lose(down, &reason_mirror_down, counters);
  bool dropped = b->verdict[i] == 0 && !alone;
  share(b->packet[i],
        __builtin_popcount(b->verdict[i]) + __builtin_popcount(b->readers[i]) + dropped, counters);
  if (dropped)
    drop(&b->packet[i], 1, b->port, b->reason[i], counters);
}

// Verdicts differ, or are of several ports: decide for all first (share, drop), then one push for
// each port.
static void dispatch_each(struct burst *b, const struct egress *egress, struct counters *counters)
{
  portset all = 0, read = 0;

  counters->cloned += b->cloned;
  for (unsigned i = 0; i < b->count; i++) {
    all |= b->verdict[i];
    if (b->composed) {
      settle_readers(b, i, counters);
      read |= b->readers[i];
    } else if (b->verdict[i] != 0) {
      share(b->packet[i], __builtin_popcount(b->verdict[i]), counters);
    } else {
      drop(&b->packet[i], 1, b->port, b->reason[i], counters);
    }
  }
  send_sets(b, b->verdict, all, egress, &forwarded, counters);
  if (read != 0)
    send_sets(b, b->readers, read, egress, &mirrored, counters);
}

void dispatch(struct burst *b, const struct egress *egress, struct counters *counters)
{
  portset ports = b->verdict[0];
  if (b->same && ports == 0) {
    drop(b->packet, b->count, b->port, b->reason[0], counters);
  } else if (b->same && (ports & (ports - 1)) == 0) { // the common case: all to one port
    send(b->packet, b->count, __builtin_ctz(ports), &egress[__builtin_ctz(ports)], &forwarded,
         counters);
  } else {
    burst_spread(b);
    dispatch_each(b, egress, counters);
  }
}
