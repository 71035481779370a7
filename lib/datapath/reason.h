// SPDX-License-Identifier: BSD-3-Clause
// Why a packet was dropped. Each reason is named once, in the file that drops for it.
#ifndef DATAPATH_REASON_H
#define DATAPATH_REASON_H

#include "packet/label.h"

#ifdef __cplusplus
extern "C" {
#endif

extern struct label_set drop_reasons;

extern struct label reason_no_verdict;    // no stage decided about the packet
extern struct label reason_unreachable;   // a verdict for a port that this worker cannot reach
extern struct label reason_handoff_full;  // the ring to the port's worker had no room
extern struct label reason_transmit_full; // the port's transmit queue had no room
extern struct label reason_mirror_full;   // no room at a reader's port beyond what forwarding needs
extern struct label reason_mirror_down;   // a reader's port had no link
extern struct label reason_segmented;     // in several segments, for a driver that takes only one
extern struct label reason_too_long;      // for the device that it was to leave by, or came in by
extern struct label reason_absent;        // the port's device is gone
extern struct label reason_shutdown;      // still under way when platter stopped

// Defines a reason of a stage, at file scope, for what it has decided not to forward:
// DROP_REASON(runt, "runt", "shorter than …");
#define DROP_REASON(symbol, text, about) REASON(symbol, text, about, false)

// And for what it would have forwarded, if there had been an mbuf, or room.
#define LOSS_REASON(symbol, text, about) REASON(symbol, text, about, true)

#define REASON(symbol, text, about, is_lost)                                                       \
  static struct label symbol = {.name = text, .help = about, .lost = is_lost};                     \
  __attribute__((constructor)) static void symbol##_register(void)                                 \
  {                                                                                                \
    label_register(&drop_reasons, &symbol);                                                        \
  }                                                                                                \
  static struct label symbol

#ifdef __cplusplus
}
#endif
#endif
