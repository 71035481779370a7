// SPDX-License-Identifier: BSD-3-Clause
// The two stages of rules, before and behind those of `forward`. Runs on the worker: for each rule
// in order, which packets of the burst match, then what is done with those (act.c).
#include "features/rules/rules.h"

#include <rte_cycles.h>
#include <rte_prefetch.h>

#include "features/rules/act.h"
#include "features/rules/match_addresses.h"

// For each slot, the ports about which later rules may still decide: rules_out looks at a packet as
// often as it has ports, rules_in once, whatever the ports.
struct open {
  portset ports[BURST_SLOTS];
};

// The slots that a rule is about. Those that it is not about leave no trace in the loop but a
// number that the next one overwrites: there is no branch to mispredict.
static void candidates(const struct rule *rule, const struct burst *b, const portset *open,
                       struct rule_matches *out)
{
  unsigned n = 0;
  for (unsigned i = 0; i < b->count; i++) {
    out->slot[n] = i;
    n += (open[i] & rule->to) != 0;
  }
  out->count = n;
}

// Keeps the slots whose packets match.
static void filter(const struct rule *rule, const struct burst *b, struct rule_matches *matches)
{
  unsigned n = 0;
  if (rule->bpf == NULL)
    return;
  if (rule->native != NULL) {
    for (unsigned k = 0; k < matches->count; k++) {
      uint8_t slot = matches->slot[k];
      matches->slot[n] = slot;
      n += rule->native(b->packet[slot]) != 0;
    }
  } else {
    for (unsigned k = 0; k < matches->count; k++) {
      uint8_t slot = matches->slot[k];
      matches->slot[n] = slot;
      n += rte_bpf_exec(rule->bpf, b->packet[slot]) != 0;
    }
  }
  matches->count = n;
}

static void count_matches(struct rule_worker *worker, const struct burst *b,
                          const struct rule_matches *matches)
{
  uint64_t bytes = 0;
  for (unsigned k = 0; k < matches->count; k++)
    bytes += rte_pktmbuf_pkt_len(b->packet[matches->slot[k]]);
  count_add(&worker->packets, matches->count);
  count_add(&worker->bytes, bytes);
}

// One in `sample` of the matches is taken: the last of so many.
static void sample(const struct rule *rule, struct rule_worker *worker,
                   struct rule_matches *matches)
{
  unsigned n = 0, at = rule->sample - 1 - worker->since_sample; // the first to take, if it is there
  for (; at < matches->count; at += rule->sample)
    matches->slot[n++] = matches->slot[at];
  worker->since_sample = rule->sample - 1 - (at - matches->count);
  matches->count = n;
}

static void run_rule(const struct rule *rule, struct burst *b, struct open *open)
{
  struct rule_worker *worker = &rule->worker[b->worker];
  struct rule_matches matches;

  candidates(rule, b, open->ports, &matches);
  filter(rule, b, &matches);
  if (rule->addresses != NULL)
    rule_match_addresses(rule, b, &matches);
  if (matches.count == 0)
    return;
  count_matches(worker, b, &matches);
  if (rule->sample > 1)
    sample(rule, worker, &matches);
  if (matches.count > 0)
    rule_act(rule, b, &matches, open->ports);
}

// Runs the rules one after the other. Now and then with a look at the clock in between, which is
// where the cycles per packet come from.
static void run_list(const struct rule_list *list, struct burst *b, struct open *open)
{
  struct rule_worker *first = &list->rule[0]->worker[b->worker];
  bool timed = ++first->bursts % RULES_TIMED_EVERY == 0;
  uint64_t before = timed ? rte_rdtsc() : 0;

  for (unsigned r = 0; r < list->count; r++) {
    unsigned packets = b->count;
    run_rule(list->rule[r], b, open);
    if (timed) {
      struct rule_worker *worker = &list->rule[r]->worker[b->worker];
      uint64_t now = rte_rdtsc();
      count_add(&worker->timed_cycles, now - before);
      count_add(&worker->timed_packets, packets);
      before = now;
    }
  }
}

static void rules_in_run(const struct stage *stage, struct burst *b)
{
  const struct rule_list *list = stage->data;
  struct open open;
  if (list == NULL)
    return;
  for (unsigned i = 0; i < b->count; i++) {
    rte_prefetch0(rte_pktmbuf_mtod(b->packet[i], void *)); // looked at here for the first time
    open.ports[i] = UINT32_MAX;
  }
  run_list(list, b, &open);
}

static void rules_out_run(const struct stage *stage, struct burst *b)
{
  const struct rule_list *list = stage->data;
  struct open open;
  if (list == NULL)
    return;
  for (unsigned i = 0; i < b->count; i++)
    open.ports[i] = burst_verdict(b, i);
  run_list(list, b, &open);
}

// What they reach, control works out with the rest of the port's stages.
static portset rules_reach(const unsigned *ports, unsigned n, unsigned i)
{
  return 0;
}

const struct stage_type rules_in_stage = {
    .name = "rules_in",
    .help = "rules about packets received",
    .min_ports = 1,
    .max_ports = PORTS_MAX,
    .waits = true,
    .reach = rules_reach,
    .run = rules_in_run,
};

const struct stage_type rules_out_stage = {
    .name = "rules_out",
    .help = "rules about packets that leave",
    .min_ports = 1,
    .max_ports = PORTS_MAX,
    .waits = true,
    .reach = rules_reach,
    .run = rules_out_run,
};
