// SPDX-License-Identifier: BSD-3-Clause
// bridge: an IEEE 802.1Q learning bridge. Known addresses to their port, the others to every port
// of the VLAN but where they came from. See bridge.h for who learns.
//
// A burst is worked on in steps: headers of all packets, what this worker has seen itself, one bulk
// look-up of all other addresses, verdicts. Only then are tags put on or taken off, of packets
// where some port wants the frame otherwise than it came.
#include "features/bridge/bridge.h"

#include <rte_cycles.h>
#include <rte_prefetch.h>
#include <rte_ring_elem.h>

#include "features/bridge/frame.h"
#include "features/bridge/tags.h"
#include "features/bridge/work.h"
#include "packet/count.h"
#include "packet/vlan.h"

DROP_REASON(bridge_runt, "bridge_runt", "too short for its Ethernet header or VLAN tag");
DROP_REASON(bridge_source, "bridge_source", "sent from a group address or from none");
DROP_REASON(link_local, "link_local", "to a group address that bridges do not forward");
DROP_REASON(vlan_refused, "vlan_refused", "of a VLAN that the port is not in");
DROP_REASON(same_port, "same_port", "to a station behind the port it came from");
DROP_REASON(storm, "storm", "over the port's storm limit");
DROP_REASON(no_member_up, "no_member_up", "no other port of the VLAN had a link");

static struct label left_alone; // of packets that are settled; never counted

static bool post(const struct work *w, bridge_key key)
{
  struct bridge_post news = {.key = key, .port = w->burst->port};
  if (rte_ring_sp_enqueue_elem(w->worker->posts, &news, sizeof(news)) == 0)
    return true;
  count_add(&w->worker->lost, 1);
  return false;
}

// A source that was not seen in this round. `found`: NULL where the table does not have it.
static void learn(const struct work *w, bridge_key key, const union bridge_found *found)
{
  unsigned port = w->burst->port;
  if (source_seen(w, key)) // by a packet before, in this burst
    return;
  if (found != NULL && found->fixed) {
    seen_add(w, key, found->port, BRIDGE_FIXED);
  } else if (found == NULL || found->port != port) {
    if (post(w, key))
      seen_add(w, key, port, BRIDGE_POSTED);
  } else if (w->worker->confirmed[found->index] == w->second || post(w, key)) {
    w->worker->confirmed[found->index] = w->second;
    seen_add(w, key, port, BRIDGE_CONFIRMED);
  }
}

static bool over_limit(const struct work *w, enum bridge_flood kind)
{
  struct bridge_bucket *bucket = &w->worker->bucket[w->burst->port][kind];
  if (bucket->cost == 0)
    return false;
  uint64_t now = rte_rdtsc();
  bucket->credit = RTE_MIN(bucket->credit + (now - bucket->filled), bucket->depth);
  bucket->filled = now;
  if (bucket->credit < bucket->cost)
    return true;
  bucket->credit -= bucket->cost;
  return false;
}

static void flood(struct work *w, unsigned i, enum bridge_flood kind)
{
  const struct bridge_vlan *vlan = &w->bridge->vlan[w->bridge->tags ? w->tci[i] & VLAN_ID_MASK : 0];
  if (w->port->limited && over_limit(w, kind)) {
    w->reason[i] = &storm;
    return;
  }
  w->ports[i] = vlan->members & w->burst->up & ~((portset)1 << w->burst->port);
  if (w->ports[i] == 0)
    w->reason[i] = &no_member_up;
  else
    count_add(&w->worker->flooded[kind], 1);
}

static inline void forward(struct work *w, unsigned i, unsigned port)
{
  w->ports[i] = (portset)1 << port & w->burst->up;
  if (unlikely(port == w->burst->port))
    w->reason[i] = &same_port;
  else if (unlikely(w->ports[i] == 0))
    w->reason[i] = &no_member_up;
}

// The VLAN that a frame is of (IEEE 802.1Q clause 6.9.1). Another tag than the bridge's own, such
// as a service tag, is no tag to it.
static inline const struct label *
classify(struct work *w, unsigned i, const struct first_bytes *bytes, const struct rte_mbuf *m)
{
  uint16_t vlan = bytes->tci & VLAN_ID_MASK;
  if (packet_vlan_stripped(m)) { // it lies here without its tag, whatever follows
    w->form[i] = FORM_UNTAGGED;
    w->tci[i] = m->vlan_tci & VLAN_ID_MASK ? m->vlan_tci : m->vlan_tci | w->port->pvid;
    vlan = w->tci[i] & VLAN_ID_MASK;
  } else if (bytes->type != VLAN_TPID) {
    w->form[i] = FORM_UNTAGGED;
    w->tci[i] = vlan = w->port->pvid;
  } else if (vlan == 0) {
    w->form[i] = FORM_PRIORITY;
    vlan = w->port->pvid;
    w->tci[i] = bytes->tci | vlan;
  } else {
    w->form[i] = FORM_TAGGED;
    w->tci[i] = bytes->tci;
  }
  return w->bridge->vlan[vlan].members >> w->burst->port & 1 ? NULL : &vlan_refused;
}

static inline const struct label *headers(struct work *w, unsigned i, const struct rte_mbuf *m)
{
  struct first_bytes bytes;
  if (likely(rte_pktmbuf_data_len(m) >= FIRST_BYTES))
    first_bytes_load(&bytes, rte_pktmbuf_mtod(m, const uint8_t *));
  else if (!first_bytes_gather(&bytes, m, w->bridge->tags && !packet_vlan_stripped(m)))
    return &bridge_runt;
  bridge_key source = bytes.source & BRIDGE_KEY_ADDRESS;
  bridge_key destination = bytes.destination & BRIDGE_KEY_ADDRESS;
  if (unlikely((source & 1) || source == 0))
    return &bridge_source;
  if (unlikely(is_link_local(destination)))
    return &link_local;
  if (w->bridge->tags) {
    const struct label *refused = classify(w, i, &bytes, m);
    if (unlikely(refused != NULL))
      return refused;
    uint64_t vlan = (uint64_t)(w->tci[i] & VLAN_ID_MASK) << BRIDGE_KEY_VLAN_SHIFT;
    source |= vlan;
    destination |= vlan;
  }
  if (!source_seen(w, source)) {
    w->source_key[w->n_sources] = source;
    w->source[w->n_sources++] = i;
  }
  if (unlikely(destination & 1)) {
    bool all = (destination & BRIDGE_KEY_ADDRESS) == BRIDGE_KEY_ADDRESS;
    w->reason[i] = NULL;
    flood(w, i, all ? BRIDGE_BROADCAST : BRIDGE_MULTICAST);
    return w->reason[i];
  }
  if (unlikely(destination == source)) // whatever the table says: it is where it sends from
    return &same_port;
  const struct bridge_seen *seen = seen_find(w, destination);
  if (likely(seen != NULL && !(seen->what & BRIDGE_POSTED))) {
    w->reason[i] = NULL;
    forward(w, i, seen->what >> 8 & 0xff);
    return w->reason[i];
  }
  w->destination_key[w->n_destinations] = destination;
  w->destination[w->n_destinations++] = i;
  return NULL;
}

// Looks up `n` keys; bit k of the answer: found[k] is what the table has for key k.
static uint64_t look_up(const struct work *w, const bridge_key *keys, unsigned n,
                        union bridge_found *found)
{
  const void *key[BURST_MAX];
  void *word[BURST_MAX];
  uint64_t hits = 0;
  for (unsigned k = 0; k < n; k++)
    key[k] = &keys[k];
  rte_hash_lookup_bulk_data(w->bridge->table, key, n, &hits, word);
  for (unsigned k = 0; k < n; k++)
    if (hits >> k & 1)
      found[k].word = word[k];
  return hits;
}

static void look_up_sources(struct work *w)
{
  union bridge_found found[BURST_MAX];
  uint64_t hits = look_up(w, w->source_key, w->n_sources, found);
  for (unsigned k = 0; k < w->n_sources; k++)
    learn(w, w->source_key[k], hits >> k & 1 ? &found[k] : NULL);
}

static void look_up_destinations(struct work *w)
{
  union bridge_found found[BURST_MAX];
  uint64_t hits = look_up(w, w->destination_key, w->n_destinations, found);
  for (unsigned k = 0; k < w->n_destinations; k++) {
    unsigned i = w->destination[k];
    if (!(hits >> k & 1)) {
      flood(w, i, BRIDGE_UNKNOWN);
      continue;
    }
    forward(w, i, found[k].port);
    const struct bridge_seen *seen = seen_find(w, w->destination_key[k]);
    if (seen == NULL) // or it says more: that it was posted as a source
      seen_add(w, w->destination_key[k], found[k].port, found[k].fixed ? BRIDGE_FIXED : 0);
  }
}

static void write_verdicts(struct work *w, unsigned n)
{
  struct burst *b = w->burst;
  for (unsigned i = 0; i < n; i++) {
    if (w->reason[i] == &left_alone)
      continue;
    if (w->reason[i] != NULL)
      burst_drop(b, w->first + i, w->reason[i]);
    else
      burst_send(b, w->first + i, w->ports[i]);
  }
  if (!w->bridge->tags)
    return;
  for (unsigned i = 0; i < n; i++)
    if (w->reason[i] == NULL)
      bridge_change_tags(b, w->first + i,
                         &(struct bridge_wish){
                             .ports = w->ports[i],
                             .untagged = w->bridge->vlan[w->tci[i] & VLAN_ID_MASK].untagged,
                             .inserts = w->bridge->inserts,
                             .form = w->form[i],
                             .tci = w->tci[i],
                         });
}

// Whether all packets leave the same way, by one port or several.
static bool all_alike(const struct work *w, unsigned n)
{
  const struct label *reason = w->reason[0];
  portset differ = 0;
  for (unsigned i = 1; i < n; i++) {
    differ |= w->ports[i] ^ w->ports[0];
    if (w->reason[i] != reason)
      return false;
  }
  return differ == 0 && reason == NULL;
}

static void run_part(const struct stage *stage, struct burst *b, unsigned first, unsigned n)
{
  const struct bridge_port *port = stage->data;
  struct bridge *bridge = port->bridge;
  struct work w;
  w.port = port;
  w.bridge = bridge;
  w.worker = &bridge->worker[b->worker];
  w.burst = b;
  w.first = first;
  w.round = __atomic_load_n(&bridge->round, __ATOMIC_ACQUIRE);
  w.second = __atomic_load_n(&bridge->second, __ATOMIC_RELAXED);
  w.n_sources = w.n_destinations = 0;
  for (unsigned i = 0; i < n; i++)
    rte_prefetch0(rte_pktmbuf_mtod(b->packet[first + i], void *));
  for (unsigned i = 0; i < n; i++) {
    w.ports[i] = 0;
    w.reason[i] = burst_settled(b, first + i) ? &left_alone : headers(&w, i, b->packet[first + i]);
  }
  if (w.n_sources > 0)
    look_up_sources(&w);
  if (w.n_destinations > 0)
    look_up_destinations(&w);
  if (!b->composed && n == b->count && !bridge->tags && all_alike(&w, n))
    burst_send_all(b, w.ports[0]);
  else
    write_verdicts(&w, n);
}

static void bridge_run(const struct stage *stage, struct burst *b)
{
  unsigned count = b->count; // splitting adds to it
  for (unsigned first = 0; first < count; first += BURST_MAX)
    run_part(stage, b, first, RTE_MIN(count - first, (unsigned)BURST_MAX));
}

static portset bridge_reach(const unsigned *ports, unsigned n, unsigned i)
{
  portset all = 0;
  for (unsigned p = 0; p < n; p++)
    all |= (portset)1 << ports[p];
  return all & ~((portset)1 << ports[i]);
}

static const struct stage_type bridge = {
    .name = "bridge",
    .help = "learning bridge of several ports, with VLANs",
    .min_ports = 2,
    .max_ports = PORTS_MAX,
    .waits = false,
    .writes = true,
    .reach = bridge_reach,
    .run = bridge_run,
};
STAGE_TYPE(bridge);
