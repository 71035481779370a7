// SPDX-License-Identifier: BSD-3-Clause
// A burst: the packets of one poll of one receive queue, each with its verdict, the set of ports
// it leaves by, and, where that set is empty, the reason. Stages write verdicts through the
// functions here and nothing else; dispatch acts on them.
//
// Most bursts have one verdict for all packets. That case is kept as one value (`same`), so that it
// costs no work per packet; the first stage that decides about a single packet spreads it out.
//
// Beside its verdict a packet can have readers: ports that get a reference to it as it is at that
// moment, whatever becomes of it (a mirror). They are only noted as long as nobody writes to the
// packet: dispatch then gives forwarding and readers the same buffer. Who writes calls
// burst_writable, which first moves the readers to a slot of their own, where the old bytes stay.
//
//   slots   0 … received - 1   the packets received
//           received … count   what stages have split off: the same buffers with other verdicts,
//                              each with the number of the packet that it is of (`origin`)
//
// No burst is begun that could need more than BURST_SLOTS: control has worked out how many slots a
// packet can come to need (control/slots.h), and a poll's packets are treated in as many bursts as
// that takes.
#ifndef DATAPATH_BURST_H
#define DATAPATH_BURST_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "datapath/reason.h"
#include "packet/copier.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BURST_MAX = 64,
  BURST_SLOTS = 4 * BURST_MAX, // a slot's number fits a byte
  PORTS_MAX = 32,              // one bit each; RTE_MAX_ETHPORTS
};

typedef uint32_t portset; // bit p: port p, by platter's number

struct counters;   // the worker's; no stage writes there itself
struct generation; // what the worker goes by

struct burst {
  uint16_t count;    // slots in use
  uint16_t received; // of them
  uint8_t port;      // where the packets were received, by platter's number
  uint8_t worker;    // who received them, for what a stage keeps by worker
  bool same;         // verdict[0] and reason[0] hold for all
  bool composed;     // readers and settled are in use; before that they hold nothing
  uint16_t cloned;   // references that stages have added
  portset up;        // ports that have a link, as of this burst
  const struct generation *generation; // for dispatch
  struct copier *copier;               // for burst_writable
  struct counters *counters;           // for burst_lose
  struct rte_mbuf *packet[BURST_SLOTS];
  portset verdict[BURST_SLOTS];
  portset readers[BURST_SLOTS];
  uint8_t reason[BURST_SLOTS]; // a drop reason's id; read where the verdict is empty
  bool settled[BURST_SLOTS];
  uint8_t origin[BURST_SLOTS]; // of a slot split off: the packet received that it is of
};

// The reason of a slot that is there for its readers alone, or whose packet leaves by another slot:
// nothing is dropped.
enum { REASON_NONE = UINT8_MAX };

// Every burst starts here: a packet that all stages forget is dropped as no_verdict, and counted.
static inline void burst_begin(struct burst *b)
{
  b->same = true;
  b->composed = false;
  b->cloned = 0;
  b->received = b->count;
  b->verdict[0] = 0;
  b->reason[0] = reason_no_verdict.id;
}

static inline void burst_spread(struct burst *b)
{
  if (!b->same)
    return;
  b->same = false;
  for (unsigned i = 1; i < b->count; i++) {
    b->verdict[i] = b->verdict[0];
    b->reason[i] = b->reason[0];
  }
}

// Before the first use of readers and settled.
static inline void burst_compose(struct burst *b)
{
  if (b->composed)
    return;
  burst_spread(b);
  b->composed = true;
  for (unsigned i = 0; i < b->count; i++) {
    b->readers[i] = 0;
    b->settled[i] = false;
  }
}

// Whether an earlier stage has decided about packet `i` for good. Who forwards leaves it alone.
static inline bool burst_settled(const struct burst *b, unsigned i)
{
  return b->composed && b->settled[i];
}

// The verdict of packet `i` stands, whatever forwarding would do.
static inline void burst_settle(struct burst *b, unsigned i)
{
  burst_compose(b);
  b->settled[i] = true;
}

// Packet `i` leaves by `ports`, in place of what was decided before.
static inline void burst_send(struct burst *b, unsigned i, portset ports)
{
  burst_spread(b);
  b->verdict[i] = ports;
}

static inline void burst_drop(struct burst *b, unsigned i, const struct label *reason)
{
  burst_spread(b);
  b->verdict[i] = 0;
  b->reason[i] = reason->id;
}

// Slot `i` leaves by no port, as its packet leaves by another slot of it. Readers stay.
static inline void burst_release(struct burst *b, unsigned i)
{
  burst_spread(b);
  b->verdict[i] = 0;
  b->reason[i] = REASON_NONE;
}

// One verdict for all packets that are not settled, in place of what was decided before.
static inline void burst_send_all(struct burst *b, portset ports)
{
  if (!b->composed) {
    b->same = true;
    b->verdict[0] = ports;
    return;
  }
  for (unsigned i = 0; i < b->count; i++)
    if (!b->settled[i])
      b->verdict[i] = ports;
}

static inline void burst_drop_all(struct burst *b, const struct label *reason)
{
  if (!b->composed) {
    b->same = true;
    b->verdict[0] = 0;
    b->reason[0] = reason->id;
    return;
  }
  for (unsigned i = 0; i < b->count; i++)
    if (!b->settled[i])
      burst_drop(b, i, reason);
}

// These ports do not get a reference that they were to get, while the packet itself goes on: for
// each, one reference counts as made and as dropped there, so that no loss is silent. Does not
// touch the burst: who calls it has taken the ports out of the verdict, or never put them in. In
// dispatch.c.
void burst_lose(struct burst *b, portset ports, const struct label *reason);

static inline portset burst_verdict(const struct burst *b, unsigned i)
{
  return b->verdict[b->same ? 0 : i];
}

// Packet `i` is read by `ports`, too, as it is now. A reader that cannot have it (its port is full
// or down) never holds up or drops what is forwarded.
static inline void burst_mirror(struct burst *b, unsigned i, portset ports)
{
  burst_compose(b);
  b->readers[i] |= ports;
}

// The number of the packet received that slot `i` is of.
static inline unsigned burst_origin(const struct burst *b, unsigned i)
{
  return i < b->received ? i : b->origin[i];
}

// A new slot, made out of slot `i`, for a packet that stages may no longer forward, read by
// `readers` (not empty, but for burst_split). Takes the caller's reference to `m`, which dispatch
// counts as cloned. Returns the slot, or -1 where there is none left, which is a mistake of
// control's; then `m` is still the caller's.
static inline int burst_attach(struct burst *b, unsigned i, struct rte_mbuf *m, portset readers)
{
  burst_compose(b);
  if (b->count >= BURST_SLOTS)
    return -1;
  unsigned slot = b->count++;
  b->packet[slot] = m;
  b->verdict[slot] = 0;
  b->reason[slot] = REASON_NONE;
  b->readers[slot] = readers;
  b->settled[slot] = true;
  b->origin[slot] = burst_origin(b, i);
  b->cloned++;
  return slot;
}

// Takes `ports` out of the verdict of packet `i` and gives them a slot of their own, with one more
// reference to the same buffer, for who wants to write there and not here. Readers stay. `ports`
// is a part of the verdict, not all of it. Returns the slot, or -1 where there is none left; then
// nothing has changed.
static inline int burst_split(struct burst *b, unsigned i, portset ports)
{
  int slot = burst_attach(b, i, b->packet[i], 0);
  if (slot < 0)
    return -1;
  rte_pktmbuf_refcnt_update(b->packet[i], 1);
  b->verdict[slot] = ports;
  b->reason[slot] = reason_no_verdict.id;
  b->verdict[i] &= ~ports;
  return slot;
}

// Whether the first `length` bytes of packet `i` may be written as they are: they lie in one piece,
// and nobody else reads them or was promised to.
static inline bool burst_is_writable(const struct burst *b, unsigned i, uint16_t length)
{
  return (!b->composed || b->readers[i] == 0) && packet_is_writable(b->packet[i], length);
}

// The same of a burst of which nobody reads any packet yet (not composed): for a loop that has
// asked before.
static inline bool burst_is_writable_plain(const struct burst *b, unsigned i, uint16_t length)
{
  return packet_is_writable(b->packet[i], length);
}

// burst_extensible where that is not so. In burst.c.
struct rte_mbuf *burst_writable_copy(struct burst *b, unsigned i, uint16_t length, uint16_t room);

// Makes the first `length` bytes of packet `i` (1 to PACKET_HEADER_MAX, no more than it has) such
// that they may be written and are read by nobody else: as they are, or in a private header with
// the rest shared behind it. The readers noted so far keep what they were given, or, where there is
// no slot for that, lose it as mirror_full. Returns the packet, which is in the burst already, or
// NULL where there is no mbuf for that; then nothing has changed, and the caller drops it with a
// reason of its own.
static inline struct rte_mbuf *burst_writable(struct burst *b, unsigned i, uint16_t length)
{
  if (burst_is_writable(b, i, length))
    return b->packet[i];
  return burst_writable_copy(b, i, length, 0);
}

// burst_writable for who puts something in front of the packet: it has `room` bytes of headroom
// besides (at most RTE_PKTMBUF_HEADROOM). Where a packet comes without, which a driver or a replay
// may choose, a private header has them.
static inline struct rte_mbuf *burst_extensible(struct burst *b, unsigned i, uint16_t length,
                                                uint16_t room)
{
  if (burst_is_writable(b, i, length) && packet_has_room(b->packet[i], room))
    return b->packet[i];
  return burst_writable_copy(b, i, length, room);
}

#ifdef __cplusplus
}
#endif
#endif
