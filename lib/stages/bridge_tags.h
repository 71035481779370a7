// SPDX-License-Identifier: BSD-3-Clause
// The bridge's way to change tags, once it is known where a packet leaves.
#ifndef STAGES_BRIDGE_TAGS_H
#define STAGES_BRIDGE_TAGS_H

#include "datapath/stage.h"

// How a frame came in.
enum bridge_form {
  FORM_UNTAGGED,
  FORM_PRIORITY, // tagged, without a VLAN
  FORM_TAGGED,
};

// Gives the packet in `slot`, whose verdict is `ports`, the tag that each of them wants: none for
// those in `untagged_ports`, `tci` (host order) for the others. Where both want something else the
// packet is split: who takes it as it came keeps its buffer.
void bridge_change_tags(struct burst *burst, unsigned slot, portset ports, portset untagged_ports,
                        enum bridge_form form, uint16_t tci);

#endif
