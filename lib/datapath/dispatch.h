// SPDX-License-Identifier: BSD-3-Clause
// Dispatch sends every packet of a burst where its verdict says: straight to the transmit queue
// where this worker owns it, else by reference through the handoff to the worker that does.
#ifndef DATAPATH_DISPATCH_H
#define DATAPATH_DISPATCH_H

#include "datapath/drop.h"
#include "datapath/generation.h"
#include "datapath/handoff.h"
#include "datapath/pressure.h"
#include "datapath/transmit.h"

#ifdef __cplusplus
extern "C" {
#endif

// A worker's way to one port: one of the two, or neither where it has none.
struct egress {
  struct transmit *transmit;
  struct handoff *handoff;
};

// References that the way has room for now.
static inline unsigned egress_room(const struct egress *egress)
{
  if (egress->transmit != NULL)
    return transmit_room(egress->transmit);
  return egress->handoff != NULL ? handoff_room(egress->handoff) : 0;
}

// How short of room forwarding has been at the port, or NULL.
static inline struct pressure *egress_pressure(const struct egress *egress)
{
  if (egress->transmit != NULL)
    return egress->transmit->pressure;
  return egress->handoff != NULL ? egress->handoff->pressure : NULL;
}

// Of the way's room, the part that readers may have when `n_forward` references are forwarded: none
// while forwarding is short of room at this port, whoever forwards there, and else what lies beyond
// two bursts of it. One burst would not do: a reader that leaves exactly that takes, at a port that
// drains by less than a burst a turn, what the next burst would have waited for. In a handoff that
// forwarding has to stand in behind them, readers have no more than a burst's slots, or it could be
// thousands before anybody finds that the port is short of room. All of this where nobody waits for
// readers; else there is room. `carries`: what the worker's references for the port can be.
static inline unsigned egress_room_for_readers(const struct egress *egress, enum carries carries,
                                               unsigned n_forward)
{
  const struct pressure *pressure = egress_pressure(egress);
  unsigned room = egress_room(egress), kept = n_forward;
  if (pressure_is_on(pressure))
    return 0;
  if (pressure != NULL)
    kept += READERS_LEAVE;
  if (pressure != NULL && egress->transmit == NULL && carries == CARRIES_BOTH) {
    unsigned held = egress->handoff->size - room;
    room = held < BURST_SLOTS ? RTE_MIN(room, BURST_SLOTS + READERS_LEAVE - held) : 0;
  }
  return room < kept ? 0 : room - kept;
}

// Takes the references of every packet in the burst and sends them, port by port in the order in
// which the packets came. A packet to several ports gets one reference more for each port but the
// first (one buffer, many readers), readers included; one to no port is dropped with its reason.
// What readers cannot have is dropped as mirror_full or mirror_down, and nothing else is touched by
// that. `egress`: PORTS_MAX ways, by port.
void dispatch(struct burst *burst, const struct egress *egress, struct counters *counters);

#ifdef __cplusplus
}
#endif
#endif
