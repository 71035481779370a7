// SPDX-License-Identifier: BSD-3-Clause
// The actions of a rule, in this order, each over all packets that matched: police, mirror and
// balance, drop, vlan, redirect, stop. So a mirror sees a packet as it came to the rule, and what
// is dropped can be looked at elsewhere.
#include "features/rules/act.h"

#include <rte_cycles.h>

#include "packet/flow.h"
#include "packet/truncate.h"
#include "packet/vlan.h"

DROP_REASON(rule_drop, "rule_drop", "dropped by a rule");
DROP_REASON(rule_police, "rule_police", "over the rate of a rule");
DROP_REASON(redirect_down, "redirect_down", "redirected by a rule to a port without a link");
LOSS_REASON(rule_no_mbuf, "rule_no_mbuf", "no mbuf or room left to rewrite it for a rule");

// Packet `i` does not leave by `ports`, of those that the rule is about. Where it leaves by others,
// each of these is counted.
static void refuse_ports(const struct rule *rule, struct burst *b, unsigned i, portset ports,
                         portset *open, const struct label *reason)
{
  portset left = rule->egress ? burst_verdict(b, i) & ~ports : 0;
  if (left != 0) {
    burst_send(b, i, left);
    burst_lose(b, ports, reason);
  } else {
    burst_drop(b, i, reason);
  }
  if (!rule->egress)
    burst_settle(b, i);
  open[i] &= ~ports;
}

// It goes no further, as far as the rule is about it.
static void refuse(const struct rule *rule, struct burst *b, unsigned i, portset *open,
                   const struct label *reason)
{
  refuse_ports(rule, b, i, open[i] & rule->to, open, reason);
}

static bool charge(struct rule_worker *worker, uint32_t length)
{
  if (worker->meter.tc < length)
    return false;
  worker->meter.tc -= length;
  return true;
}

// A packet that is about to leave is charged for each port that the rule is about, and is refused
// to those for which there is no token. Who is served first goes round, else the first port would
// have all that there is. Returns the ports that it is refused to.
static portset charge_ports(struct rule_worker *worker, portset ports, uint32_t length)
{
  portset before = ((portset)1 << worker->served_first) - 1, refused = 0;
  portset turns[] = {ports & ~before, ports & before};
  for (unsigned t = 0; t < RTE_DIM(turns); t++)
    for (portset rest = turns[t]; rest != 0; rest &= rest - 1)
      if (charge(worker, length))
        worker->served_first = (__builtin_ctz(rest) + 1) % PORTS_MAX;
      else
        refused |= rest & -rest;
  return refused;
}

// RFC 2697, color-blind, without an excess burst: what finds no token is dropped. The bucket is
// filled once for the burst, which saves a division per packet.
static void police(const struct rule *rule, struct rule_worker *worker, struct burst *b,
                   struct rule_matches *matches, portset *open)
{
  unsigned n = 0;
  rte_meter_srtcm_color_blind_check(&worker->meter, &worker->profile, rte_rdtsc(), 0);
  for (unsigned k = 0; k < matches->count; k++) {
    uint8_t slot = matches->slot[k];
    uint32_t length = rte_pktmbuf_pkt_len(b->packet[slot]);
    portset mine = open[slot] & rule->to, refused = 0;
    if (rule->egress)
      refused = charge_ports(worker, mine, length);
    else if (!charge(worker, length))
      refused = mine;
    if (refused != 0)
      refuse_ports(rule, b, slot, refused, open, &rule_police);
    if (refused != mine)
      matches->slot[n++] = slot;
  }
  matches->count = n;
}

// The member that a packet's flow belongs to, of those that are up; of all where none is, so that
// its reference is counted as dropped there.
static portset member_of(const struct rule *rule, const struct burst *b, unsigned i)
{
  uint64_t flow = flow_hash(b->packet[i]), best = 0;
  portset chosen = 0;
  for (unsigned m = 0; m < rule->n_members; m++) {
    const struct rule_member *member = &rule->member[m];
    uint64_t up = b->up >> member->port & 1;
    uint64_t weight = flow_weight(flow, member->seed) >> 1 | up << 63;
    if (weight >= best) {
      best = weight;
      chosen = (portset)1 << member->port;
    }
  }
  return chosen;
}

// A reference to the first bytes of packet `i` for `ports`.
static void give_truncated(const struct rule *rule, struct rule_worker *worker, struct burst *b,
                           unsigned i, portset ports, portset *open)
{
  int slot = -1;
  struct rte_mbuf *part = packet_truncated(b->packet[i], rule->truncate, b->copier->headers);
  if (part != NULL)
    slot = burst_attach(b, i, part, ports);
  if (slot >= 0) {
    open[slot] = 0;
    return;
  }
  rte_pktmbuf_free(part);
  burst_lose(b, ports, &rule_no_mbuf);
  count_add(&worker->lost, __builtin_popcount(ports));
}

static void give(const struct rule *rule, struct rule_worker *worker, struct burst *b,
                 const struct rule_matches *matches, portset *open)
{
  for (unsigned k = 0; k < matches->count; k++) {
    unsigned i = matches->slot[k];
    portset ports = rule->mirror;
    if (rule->n_members > 0)
      ports |= member_of(rule, b, i);
    if (rule->truncate > 0 && rte_pktmbuf_pkt_len(b->packet[i]) > rule->truncate)
      give_truncated(rule, worker, b, i, ports, open);
    else
      burst_mirror(b, i, ports);
  }
}

// Whether a packet has what `vlan` wants to change: a whole header, and, to pop or set, a tag.
static bool can_rewrite(const struct rule *rule, const struct rte_mbuf *m)
{
  uint16_t length = rule->vlan == RULE_VLAN_PUSH ? VLAN_PUSH_LENGTH : VLAN_SET_LENGTH, type;
  if (rte_pktmbuf_pkt_len(m) < length)
    return false;
  if (rule->vlan == RULE_VLAN_PUSH)
    return true;
  const uint16_t *read = rte_pktmbuf_read(m, VLAN_ADDRESSES, sizeof(type), &type);
  memcpy(&type, read, sizeof(type));
  return vlan_is_tag(rte_be_to_cpu_16(type));
}

static bool rewrite(const struct rule *rule, struct rte_mbuf *m)
{
  switch (rule->vlan) {
  case RULE_VLAN_PUSH:
    return packet_vlan_push(m, rule->vlan_tpid, rule->vlan_id);
  case RULE_VLAN_POP:
    packet_vlan_pop(m);
    return true;
  case RULE_VLAN_SET: { // priority and drop eligibility stay
    uint16_t tpid = vlan_read(m, VLAN_ADDRESSES), tci = vlan_read(m, VLAN_ADDRESSES + 2);
    packet_vlan_set(m, tpid, (tci & ~VLAN_ID_MASK) | rule->vlan_id);
    return true;
  }
  default:
    return true;
  }
}

// The slot of the packet that leaves by the rule's ports and by no others: `i`, or one split off.
// -1: there is no slot left, and the packet no longer leaves by them.
static int apart(const struct rule *rule, struct rule_worker *worker, struct burst *b, unsigned i,
                 portset *open)
{
  portset mine = open[i] & rule->to;
  if (!rule->egress || burst_verdict(b, i) == mine)
    return (int)i;
  int slot = burst_split(b, i, mine);
  if (slot < 0) {
    refuse(rule, b, i, open, &rule_no_mbuf);
    count_add(&worker->lost, __builtin_popcount(mine));
    return -1;
  }
  open[slot] = mine;
  open[i] &= ~rule->to;
  return slot;
}

// Returns whether the packet goes on, in slot *slot.
static bool rewrite_one(const struct rule *rule, struct rule_worker *worker, struct burst *b,
                        uint8_t *slot, portset *open)
{
  if (!can_rewrite(rule, b->packet[*slot]))
    return true; // as it is
  int mine = apart(rule, worker, b, *slot, open);
  if (mine < 0)
    return false;
  *slot = mine;
  unsigned before = b->count;
  struct rte_mbuf *m = rule->vlan == RULE_VLAN_PUSH
                           ? burst_extensible(b, *slot, VLAN_PUSH_LENGTH, VLAN_TAG_SIZE)
                           : burst_writable(b, *slot, VLAN_SET_LENGTH);
  for (; before < b->count; before++)
    open[before] = 0; // the old bytes, for readers
  if (m != NULL && rewrite(rule, m))
    return true;
  refuse(rule, b, *slot, open, &rule_no_mbuf);
  return false;
}

static void rewrite_all(const struct rule *rule, struct rule_worker *worker, struct burst *b,
                        struct rule_matches *matches, portset *open)
{
  unsigned n = 0;
  for (unsigned k = 0; k < matches->count; k++) {
    uint8_t slot = matches->slot[k];
    if (rewrite_one(rule, worker, b, &slot, open))
      matches->slot[n++] = slot;
  }
  matches->count = n;
}

// By packet received: the ports that get it already, in whatever form.
struct taken {
  portset ports[BURST_MAX];
};

static void take(struct taken *taken, const struct burst *b)
{
  memset(taken, 0, sizeof(*taken));
  for (unsigned i = 0; i < b->count; i++)
    taken->ports[burst_origin(b, i)] |= burst_verdict(b, i);
}

// A port without a link would keep what it gets, and with `overload: wait` hold up all the others.
// A packet that is to leave in several forms goes to a port once, in the first of them: where the
// rule turns the others there, too, they end here, and nothing is dropped.
static void redirect(const struct rule *rule, struct burst *b, unsigned i, struct taken *taken,
                     portset *open)
{
  portset mine = open[i] & rule->to;
  portset stays = rule->egress ? burst_verdict(b, i) & ~mine : 0;
  portset *got = &taken->ports[burst_origin(b, i)];
  *got &= ~(rule->egress ? mine : burst_verdict(b, i));
  portset wanted = rule->redirect & ~*got, to = wanted & b->up;
  *got |= wanted;
  if ((stays | to) != 0) {
    burst_send(b, i, stays | to);
    burst_lose(b, wanted & ~b->up, &redirect_down);
  } else if (wanted != 0) {
    burst_drop(b, i, &redirect_down);
  } else {
    burst_release(b, i);
  }
  if (!rule->egress) {
    burst_settle(b, i);
    return;
  }
  open[i] &= ~rule->to;
  if (!rule->stop)
    open[i] |= to;
}

static void redirect_all(const struct rule *rule, struct burst *b,
                         const struct rule_matches *matches, portset *open)
{
  struct taken taken;
  take(&taken, b);
  for (unsigned k = 0; k < matches->count; k++)
    redirect(rule, b, matches->slot[k], &taken, open);
}

void rule_act(const struct rule *rule, struct burst *b, struct rule_matches *matches, portset *open)
{
  struct rule_worker *worker = &rule->worker[b->worker];
  if (rule->police)
    police(rule, worker, b, matches, open);
  if (rule->mirror != 0 || rule->n_members > 0)
    give(rule, worker, b, matches, open);
  if (rule->drop) {
    for (unsigned k = 0; k < matches->count; k++)
      refuse(rule, b, matches->slot[k], open, &rule_drop);
    return;
  }
  if (rule->vlan != RULE_VLAN_NONE)
    rewrite_all(rule, worker, b, matches, open);
  if (rule->redirects)
    redirect_all(rule, b, matches, open);
  if (rule->stop)
    for (unsigned k = 0; k < matches->count; k++)
      open[matches->slot[k]] &= ~rule->to;
}
