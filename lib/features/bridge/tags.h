// SPDX-License-Identifier: BSD-3-Clause
// The bridge's way to change tags, once it is known where a packet leaves.
#ifndef FEATURES_BRIDGE_TAGS_H
#define FEATURES_BRIDGE_TAGS_H

#include "datapath/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

// How a frame came in.
enum bridge_form {
  FORM_UNTAGGED,
  FORM_PRIORITY, // tagged, without a VLAN
  FORM_TAGGED,
};

// How a packet is to leave.
struct bridge_wish {
  portset ports;         // its verdict
  portset untagged;      // ports that want it without a tag; the others want `tci`
  portset inserts;       // ports whose NIC puts tags on by itself
  enum bridge_form form; // as it is
  uint16_t tci;          // host order
};

// Gives the packet in `slot` the tag that each of its ports wants. Where both want something else
// the packet is split: who takes it as it came keeps its buffer. A tag that is to be put on is left
// to the NIC where all ports that want one have such NICs and nobody else reads the mbuf.
void bridge_change_tags(struct burst *burst, unsigned slot, const struct bridge_wish *wish);

#ifdef __cplusplus
}
#endif
#endif
