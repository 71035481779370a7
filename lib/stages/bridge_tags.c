// SPDX-License-Identifier: BSD-3-Clause
// Tags put on, taken off and changed, of packets that some port wants otherwise than they came.
#include "stages/bridge_tags.h"
#include "packet/vlan.h"

DROP_REASON(no_tag_mbuf, "no_tag_mbuf", "no mbuf, headroom or slot left to change its VLAN tag");

enum change { CHANGE_NOTHING, CHANGE_PUSH, CHANGE_POP, CHANGE_SET };

static void change_tag(struct burst *b, unsigned slot, enum change change, uint16_t tci)
{
  if (change == CHANGE_NOTHING)
    return;
  struct rte_mbuf *m =
      burst_writable(b, slot, change == CHANGE_PUSH ? VLAN_PUSH_LENGTH : VLAN_POP_LENGTH);
  bool changed = m != NULL;
  if (changed && change == CHANGE_PUSH)
    changed = packet_vlan_push(m, VLAN_TPID, tci);
  else if (changed && change == CHANGE_POP)
    packet_vlan_pop(m);
  else if (changed)
    packet_vlan_set(m, VLAN_TPID, tci);
  if (!changed)
    burst_drop(b, slot, &no_tag_mbuf);
}

void bridge_change_tags(struct burst *b, unsigned slot, portset ports, portset untagged_ports,
                        enum bridge_form form, uint16_t tci)
{
  portset untagged = ports & untagged_ports, tagged = ports & ~untagged_ports;
  enum change with = form == FORM_UNTAGGED   ? CHANGE_PUSH
                     : form == FORM_PRIORITY ? CHANGE_SET
                                             : CHANGE_NOTHING;
  enum change without = form == FORM_UNTAGGED ? CHANGE_NOTHING : CHANGE_POP;

  if (tagged == 0 || untagged == 0) {
    change_tag(b, slot, tagged == 0 ? without : with, tci);
    return;
  }
  // The part that changes goes to a slot of its own, so that the other keeps the buffer as it is.
  bool split_tagged = without == CHANGE_NOTHING;
  int other = burst_split(b, slot, split_tagged ? tagged : untagged);
  if (other < 0) {
    burst_drop(b, slot, &no_tag_mbuf);
    return;
  }
  change_tag(b, other, split_tagged ? with : without, tci);
  change_tag(b, slot, split_tagged ? without : with, tci);
}
