// SPDX-License-Identifier: BSD-3-Clause
// A burst: the packets of one poll of one receive queue, each with its verdict, the set of ports
// it leaves by, and, where that set is empty, the reason. Stages write verdicts through the
// functions here and nothing else; dispatch acts on them.
//
// Most bursts have one verdict for all packets. That case is kept as one value (`same`), so that it
// costs no work per packet; the first stage that decides about a single packet spreads it out.
#ifndef DATAPATH_BURST_H
#define DATAPATH_BURST_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "datapath/reason.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BURST_MAX = 64,
  PORTS_MAX = 32, // one bit each; RTE_MAX_ETHPORTS
};

typedef uint32_t portset; // bit p: port p, by platter's number

struct burst {
  uint16_t count;
  uint8_t port;          // where the packets were received, by platter's number
  bool same;             // verdict[0] and reason[0] hold for all
  struct copier *copier; // for packet_writable
  struct rte_mbuf *packet[BURST_MAX];
  portset verdict[BURST_MAX];
  uint8_t reason[BURST_MAX]; // a drop reason's id; read where the verdict is empty
};

// Every burst starts here: a packet that all stages forget is dropped as no_verdict, and counted.
static inline void burst_begin(struct burst *b)
{
  b->same = true;
  b->verdict[0] = 0;
  b->reason[0] = reason_no_verdict.id;
}

// One verdict for all packets, in place of what was decided before.
static inline void burst_send_all(struct burst *b, portset ports)
{
  b->same = true;
  b->verdict[0] = ports;
}

static inline void burst_drop_all(struct burst *b, const struct label *reason)
{
  b->same = true;
  b->verdict[0] = 0;
  b->reason[0] = reason->id;
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

static inline portset burst_verdict(const struct burst *b, unsigned i)
{
  return b->verdict[b->same ? 0 : i];
}

#ifdef __cplusplus
}
#endif
#endif
