// SPDX-License-Identifier: BSD-3-Clause
// rules: what is done with packets that match a filter, before forwarding decides (rules_in) or
// behind it (rules_out). The settings, which control makes before the workers start.
//
// For each rule the filter runs over all packets of the burst that are still in question, in one
// loop; then the rule acts on those that matched. A port has only the rules that are about it.
#ifndef FEATURES_RULES_RULES_H
#define FEATURES_RULES_RULES_H

#include <rte_bpf.h>
#include <rte_meter.h>

#include "datapath/stage.h"
#include "packet/lines.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  RULES_MAX = 256,
  // Bursts: how often a burst's rules are timed. A prime: ports with the same first rule, whose
  // bursts often come in turn, share a count, and each of them has to be hit.
  RULES_TIMED_EVERY = 17,
};

// What one worker keeps for one rule. worker: writes, control: reads each number by itself.
struct rule_worker {
  uint64_t packets; // that matched
  uint64_t bytes;   // of them
  uint64_t lost;    // references that could not be made: no mbuf, or no slot in the burst
  uint64_t timed_packets;
  uint64_t timed_cycles; // TSC, for as many packets, matching or not
  uint32_t since_sample; // matches since the last one that was taken
  uint32_t bursts;       // since the last timed one; kept in the first rule of a list
  uint32_t served_first; // port that `police` charges first
  // Of `police`; control fills both before the start.
  struct rte_meter_srtcm_profile profile;
  struct rte_meter_srtcm meter;
} __rte_cache_aligned;
LINES_OWN(struct rule_worker);

enum rule_vlan { RULE_VLAN_NONE, RULE_VLAN_PUSH, RULE_VLAN_POP, RULE_VLAN_SET };

struct addresses;

struct rule_member {
  uint8_t port;
  uint64_t seed; // for flow_weight
};

// control: makes it, worker: reads.
struct rule {
  uint64_t (*native)(void *); // the filter as machine code, for an mbuf: 0: no match
  const struct rte_bpf *bpf;  // the same for the interpreter; NULL: every packet matches
  const struct addresses
      *addresses;                 // only packets with one of these match; NULL: whatever they have
  bool by_source, by_destination; // which address that is
  bool egress;                    // in rules_out
  portset to;                     // of rules_out: the ports it is about; of rules_in: all bits
  bool drop;
  bool redirects;
  bool police;
  bool stop;
  uint32_t sample; // 0, 1: all
  uint32_t truncate;
  portset mirror;
  portset redirect;
  unsigned n_members;
  struct rule_member member[PORTS_MAX];
  enum rule_vlan vlan;
  uint16_t vlan_id;
  uint16_t vlan_tpid;         // of a tag that is pushed
  struct rule_worker *worker; // by number of the worker
};

// The rules of one port and direction, in order: struct stage's data.
struct rule_list {
  unsigned count;
  const struct rule *rule[RULES_MAX];
};

// Not known to `forward`: control puts them before and behind a port's other stages. Without data
// they do nothing.
extern const struct stage_type rules_in_stage, rules_out_stage;

#ifdef __cplusplus
}
#endif
#endif
