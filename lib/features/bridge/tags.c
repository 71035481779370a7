// SPDX-License-Identifier: BSD-3-Clause
// Tags put on, taken off and changed, of packets that some port wants otherwise than they came.
#include "features/bridge/tags.h"
#include "packet/vlan.h"

LOSS_REASON(no_tag_mbuf, "no_tag_mbuf", "no mbuf or slot left to change its VLAN tag");

enum change { CHANGE_NOTHING, CHANGE_PUSH, CHANGE_POP, CHANGE_SET };

// What is asked of a NIC is asked in the mbuf, which all its readers see.
static bool leave_to_nic(struct burst *b, unsigned slot, portset ports, portset inserts,
                         uint16_t tci)
{
  struct rte_mbuf *m = b->packet[slot];
  bool read = b->composed && b->readers[slot] != 0;
  if ((ports & ~inserts) != 0 || read || rte_mbuf_refcnt_read(m) > 1)
    return false;
  packet_vlan_insert(m, tci);
  return true;
}

static void change_tag(struct burst *b, unsigned slot, enum change change,
                       const struct bridge_wish *wish)
{
  uint16_t tci = wish->tci;
  if (change == CHANGE_NOTHING)
    return;
  if (change == CHANGE_PUSH &&
      leave_to_nic(b, slot, wish->ports & ~wish->untagged, wish->inserts, tci))
    return;
  struct rte_mbuf *m = change == CHANGE_PUSH
                           ? burst_extensible(b, slot, VLAN_PUSH_LENGTH, VLAN_TAG_SIZE)
                           : burst_writable(b, slot, VLAN_POP_LENGTH);
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

void bridge_change_tags(struct burst *b, unsigned slot, const struct bridge_wish *wish)
{
  portset untagged = wish->ports & wish->untagged, tagged = wish->ports & ~wish->untagged;
  enum bridge_form form = wish->form;
  enum change with = form == FORM_UNTAGGED   ? CHANGE_PUSH
                     : form == FORM_PRIORITY ? CHANGE_SET
                                             : CHANGE_NOTHING;
  enum change without = form == FORM_UNTAGGED ? CHANGE_NOTHING : CHANGE_POP;

  if (tagged == 0 || untagged == 0) {
    change_tag(b, slot, tagged == 0 ? without : with, wish);
    return;
  }
  // The part that changes goes to a slot of its own, so that the other keeps the buffer as it is.
  bool split_tagged = without == CHANGE_NOTHING;
  portset apart = split_tagged ? tagged : untagged;
  int other = burst_split(b, slot, apart);
  if (other >= 0) {
    change_tag(b, other, split_tagged ? with : without, wish);
  } else { // the others can still have it
    burst_send(b, slot, wish->ports & ~apart);
    burst_lose(b, apart, &no_tag_mbuf);
  }
  change_tag(b, slot, split_tagged ? without : with, wish);
}
