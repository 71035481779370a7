// SPDX-License-Identifier: BSD-3-Clause
// One cable out of two: when one side of a wire loses its link, the other side's is taken down, so
// that the device at its far end sees what it would see of a cable, and up again when the first
// returns. Only the decision is here; it knows no devices.
//
//   - At most one side is held down. A held side's own link says nothing: it is down because it is
//     held. So the other side alone decides when it is released.
//   - A side that was released negotiates, which takes NICs seconds. Until then its being down does
//     not count, or the two sides would take each other down in turn. Where that time was too
//     short, the next one is twice as long.
//   - Both sides down of themselves: none is held, for there is nobody to tell.
#ifndef PORTS_LINK_FOLLOW_H
#define PORTS_LINK_FOLLOW_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LINK_FOLLOW_NONE = -1 };

#define LINK_FOLLOW_SETTLE_SECONDS     5.0  // 1000BASE-T takes up to four (IEEE 802.3 clause 40)
#define LINK_FOLLOW_SETTLE_MAX_SECONDS 60.0 // what doubling ends at

struct link_follow {
  int held;          // the side that is held down, 0 or 1, or LINK_FOLLOW_NONE
  double patience;   // seconds that a side gets to negotiate
  double settled[2]; // when each side's being down begins to count; 0: it does
};

// Both sides have just been started. `now`: monotonic seconds, here and below.
void link_follow_start(struct link_follow *follow, double now);

// Decides by both sides' links. Returns the side to be held down from now on, 0 or 1, or
// LINK_FOLLOW_NONE. Any time may lie between two calls.
int link_follow_step(struct link_follow *follow, const bool up[2], double now);

#ifdef __cplusplus
}
#endif
#endif
