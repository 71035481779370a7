// SPDX-License-Identifier: BSD-3-Clause
// Who comes first at a port that is short of room: what its own entry of `forward` sends there.
// What a rule has redirected from another entry takes room as that does, a whole burst of it at
// once; readers take what neither is going to miss (egress_room_for_readers).
#include "datapath/dispatch.h"

// What leaves, packet by packet in the order in which they came.
struct leaving {
  unsigned count;
  struct rte_mbuf **packet;
  const portset *forward; // where it is forwarded
  const portset *read;    // who reads it besides; NULL: nobody
};

// A burst from which packets were split off, in order.
struct ordered {
  struct rte_mbuf *packet[BURST_SLOTS];
  portset forward[BURST_SLOTS], read[BURST_SLOTS];
};

// Whether the port's own entry of `forward` waits for room there (overload: wait).
static bool waits(const struct burst *b, unsigned port, const struct egress *egress)
{
  bool exists = egress->transmit != NULL || egress->handoff != NULL;
  return exists && (b->generation->waits >> port & 1) != 0;
}

// What of `n` packets forwarded to one port its way has room for. All, but where a rule sends
// across entries to one that waits: whoever takes crumbs there never leaves room for a burst.
static unsigned admitted(const struct burst *b, unsigned port, unsigned n,
                         const struct egress *egress)
{
  bool own = (b->generation->port[b->port].own >> port & 1) != 0;
  return own || !waits(b, port, egress) || egress_room(egress) >= BURST_MAX ? n : 0;
}

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
    if (pushed < n)
      pressure_note(egress->handoff->pressure);
  }
  if (pushed < n)
    drop(packets + pushed, n - pushed, port, reason->id, counters);
}

// Packets that a rule has redirected, where there is no room for them.
static void refuse(struct rte_mbuf **packets, unsigned n, unsigned port,
                   const struct egress *egress, struct counters *counters)
{
  const struct label *reason =
      egress->transmit != NULL ? &reason_transmit_full : &reason_handoff_full;
  drop(packets, n, port, reason->id, counters);
}

// Picks what is forwarded to a port.
static unsigned pick(const struct leaving *l, unsigned port, struct rte_mbuf **out)
{
  unsigned n = 0;
  for (unsigned i = 0; i < l->count; i++) { // without a branch: sets are as mixed as traffic
    out[n] = l->packet[i];
    n += l->forward[i] >> port & 1;
  }
  return n;
}

// Picks what is forwarded to a port, if that is `admitted`, and up to `room` references of readers
// among it. What is left over, readers' or not, is dropped.
static unsigned pick_read(const struct leaving *l, unsigned port, bool forward, unsigned room,
                          const struct egress *egress, struct rte_mbuf **out,
                          struct counters *counters)
{
  struct rte_mbuf *over[BURST_SLOTS], *refused[BURST_SLOTS];
  unsigned n = 0, n_over = 0, n_refused = 0;
  for (unsigned i = 0; i < l->count; i++) {
    if ((l->forward[i] >> port & 1) != 0) {
      if (forward)
        out[n++] = l->packet[i];
      else
        refused[n_refused++] = l->packet[i];
    } else if ((l->read[i] >> port & 1) != 0) {
      if (room > 0) {
        out[n++] = l->packet[i];
        room--;
      } else {
        over[n_over++] = l->packet[i];
      }
    }
  }
  if (n_over > 0)
    drop(over, n_over, port, reason_mirror_full.id, counters);
  if (n_refused > 0)
    refuse(refused, n_refused, port, egress, counters);
  return n;
}

static void send_port(const struct burst *b, const struct leaving *l, unsigned port, bool read,
                      const struct egress *egress, struct counters *counters)
{
  struct rte_mbuf *out[BURST_SLOTS];
  if (!read) {
    unsigned n = pick(l, port, out);
    if (admitted(b, port, n, egress) == n)
      send(out, n, port, egress, counters);
    else
      refuse(out, n, port, egress, counters);
    return;
  }
  unsigned n_forward = 0;
  for (unsigned i = 0; i < l->count; i++)
    n_forward += l->forward[i] >> port & 1;
  bool forward = admitted(b, port, n_forward, egress) == n_forward;
  enum carries carries = generation_carries(b->generation, b->worker, port);
  unsigned room = egress_room_for_readers(egress, carries, forward ? n_forward : 0);
  unsigned n = pick_read(l, port, forward, room, egress, out, counters);
  if (n > 0)
    send(out, n, port, egress, counters);
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

// A slot that was to be for its readers alone, or of which forwarding wants nothing, and that no
// reader can take, either. Its reference goes back: to readers that are down it was promised; else
// the packet leaves by another slot, and it is as if this one had never been made.
static void drop_unread(struct burst *b, unsigned i, portset down, struct counters *counters)
{
  if (down == 0) {
    counters->cloned--;
    rte_pktmbuf_free(b->packet[i]);
    return;
  }
  lose(down & (down - 1), &reason_mirror_down, counters);
  drop(&b->packet[i], 1, __builtin_ctz(down), reason_mirror_down.id, counters);
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

// Slots that were split off stand behind all others: each goes behind the packet that it is of, as
// ports send the packets of a receive queue in the order they came (of a bridge, IEEE 802.1Q
// clause 6.5.3 asks for it).
static void put_in_order(const struct burst *b, struct ordered *to)
{
  unsigned split[BURST_MAX] = {0}, next[BURST_MAX], at = 0;
  for (unsigned i = b->received; i < b->count; i++)
    split[b->origin[i]]++;
  for (unsigned i = 0; i < b->received; i++) {
    next[i] = at;
    at += 1 + split[i];
  }
  for (unsigned i = 0; i < b->count; i++) {
    unsigned place = next[burst_origin(b, i)]++;
    to->packet[place] = b->packet[i];
    to->forward[place] = b->verdict[i];
    to->read[place] = b->readers[i];
  }
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
  struct ordered ordered;
  struct leaving leaving = {b->count, b->packet, b->verdict, b->readers};
  if (b->count > b->received) {
    put_in_order(b, &ordered);
    leaving = (struct leaving){b->count, ordered.packet, ordered.forward, ordered.read};
  }
  for (all |= read; all != 0; all &= all - 1) {
    unsigned port = __builtin_ctz(all);
    send_port(b, &leaving, port, read >> port & 1, &egress[port], counters);
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
