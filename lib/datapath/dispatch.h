// SPDX-License-Identifier: BSD-3-Clause
// Dispatch sends every packet of a burst where its verdict says: straight to the transmit queue
// where this worker owns it, else by reference through the handoff to the worker that does.
#ifndef DATAPATH_DISPATCH_H
#define DATAPATH_DISPATCH_H

#include "datapath/drop.h"
#include "datapath/handoff.h"
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

// Takes the references of every packet in the burst. A packet to several ports gets one reference
// more for each port but the first (one buffer, many readers), readers included; one to no port is
// dropped with its reason. What readers cannot have is dropped as mirror_full or mirror_down, and
// nothing else is touched by that. `egress`: PORTS_MAX ways, by port.
void dispatch(struct burst *burst, const struct egress *egress, struct counters *counters);

#ifdef __cplusplus
}
#endif
#endif
