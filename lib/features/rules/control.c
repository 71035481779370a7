// SPDX-License-Identifier: BSD-3-Clause
// What the stages of rules read (rules.h) is made here before workers run, and freed when they have
// ended: filters as machine code, sets of addresses, a bucket and counters for each worker. Control
// thread; while workers run, it only reads their counters.
#include "features/rules/control.h"
#include "base/notes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "features/rules/addresses.h"
#include "features/rules/control_internal.h"
#include "features/rules/filter_code.h"
#include "packet/count.h"
#include "packet/vlan.h"

_Static_assert((unsigned)RULES_MAX >= (unsigned)CONFIG_RULES_MAX, "a port can have every rule");

enum { DIRECTIONS = 2 }; // received, leaving: index by config_rule.egress

struct rules {
  const struct config *config;
  unsigned n_workers;
  unsigned n;
  struct rule *rule;            // in the order of the configuration
  struct filter_code *code;     // of each
  struct addresses **addresses; // of each; NULL: it has no list
  struct rule_worker *worker;   // n times n_workers
  struct rule_list *list[PORTS_MAX][DIRECTIONS];
};

// FNV-1a, 64 bits: a member keeps its flows whatever its number is.
static uint64_t hash_name(const char *name)
{
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (; *name != '\0'; name++)
    hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
  return hash;
}

static void fill_members(struct rule *rule, const struct config *config, portset ports)
{
  for (; ports != 0; ports &= ports - 1) {
    unsigned port = __builtin_ctz(ports);
    rule->member[rule->n_members++] =
        (struct rule_member){.port = port, .seed = hash_name(config->ports[port].name)};
  }
}

static enum rule_vlan vlan_of(const struct config_rule *from)
{
  static const enum rule_vlan kinds[] = {
      [CONFIG_VLAN_NONE] = RULE_VLAN_NONE,
      [CONFIG_VLAN_PUSH] = RULE_VLAN_PUSH,
      [CONFIG_VLAN_POP] = RULE_VLAN_POP,
      [CONFIG_VLAN_SET] = RULE_VLAN_SET,
  };
  return kinds[from->vlan];
}

// NULL: no memory.
static struct addresses *make_addresses(const struct config_match_any *any)
{
  struct addresses_network *network = calloc(any->count, sizeof(*network));
  if (network == NULL)
    return NULL;
  for (size_t i = 0; i < any->count; i++) {
    const struct config_prefix *prefix = &any->prefix[i];
    network[i] = (struct addresses_network){.bits = prefix->bits, .ipv6 = prefix->ipv6};
    memcpy(network[i].address, prefix->address, sizeof(network[i].address));
  }
  struct addresses *set = addresses_make(network, any->count);
  free(network);
  return set;
}

static void fill_rule(struct rule *rule, const struct config *config,
                      const struct config_rule *from, const struct filter_code *code,
                      const struct addresses *addresses, struct rule_worker *workers)
{
  *rule = (struct rule){
      .native = code->native,
      .bpf = code->bpf,
      .addresses = addresses,
      .by_source = from->any.field != CONFIG_FIELD_DST,
      .by_destination = from->any.field != CONFIG_FIELD_SRC,
      .egress = from->egress,
      .to = from->egress ? from->ports : UINT32_MAX,
      .drop = from->drop,
      .redirects = from->redirect != 0,
      .police = from->police.rate > 0,
      .stop = from->stop,
      .sample = from->sample,
      .truncate = from->truncate,
      .mirror = from->mirror,
      .redirect = from->redirect,
      .vlan = vlan_of(from),
      .vlan_id = from->vlan_id,
      .vlan_tpid = from->vlan_tpid == CONFIG_TPID_SERVICE ? VLAN_TPID_SERVICE : VLAN_TPID,
      .worker = workers,
  };
  fill_members(rule, config, from->balance);
}

static int make_rules(struct rules *rules, char *error, size_t size)
{
  char why[256];
  for (unsigned r = 0; r < rules->n; r++) {
    const struct config_rule *from = &rules->config->rules[r];
    int status = 0;
    if (from->filter != NULL)
      status = filter_code_make(&rules->code[r], from->filter, why, sizeof(why));
    if (status != 0)
      return fail(error, size, status, "rule '%s' on line %d: %s", from->name, from->place.line,
                  why);
    if (from->any.count > 0 && (rules->addresses[r] = make_addresses(&from->any)) == NULL)
      return fail(error, size, -ENOMEM, "rule '%s' on line %d: no memory for %zu addresses",
                  from->name, from->place.line, from->any.count);
    fill_rule(&rules->rule[r], rules->config, from, &rules->code[r], rules->addresses[r],
              &rules->worker[r * rules->n_workers]);
  }
  return 0;
}

static int make_list(struct rules *rules, const struct forwarding *forwarding, unsigned port,
                     bool egress)
{
  bool used[CONFIG_RULES_MAX];
  portset reach;
  if (!rules_select(rules->config, forwarding, port, egress, used, &reach))
    return 0;
  struct rule_list *list = calloc(1, sizeof(*list));
  if (list == NULL)
    return -ENOMEM;
  for (unsigned r = 0; r < rules->n; r++)
    if (used[r])
      list->rule[list->count++] = &rules->rule[r];
  rules->list[port][egress] = list;
  return 0;
}

static void give_lists(struct rules *rules, struct forwarding *forwarding)
{
  for (unsigned port = 0; port < rules->config->n_ports; port++) {
    struct port_program *stages = &forwarding->program.port[port];
    for (unsigned i = 0; i < stages->count; i++) {
      if (stages->stage[i].type == &rules_in_stage)
        stages->stage[i].data = rules->list[port][false];
      else if (stages->stage[i].type == &rules_out_stage)
        stages->stage[i].data = rules->list[port][true];
    }
  }
}

static bool list_has(const struct rule_list *list, const struct rule *rule)
{
  for (unsigned i = 0; list != NULL && i < list->count; i++)
    if (list->rule[i] == rule)
      return true;
  return false;
}

// Workers that poll a port whose packets come to the rule.
static unsigned count_workers(const struct rules *rules, const struct layout *layout, unsigned r)
{
  unsigned n = 0;
  for (unsigned w = 0; w < layout->n_workers; w++) {
    bool polls = false;
    for (unsigned q = 0; q < layout->workers[w].n_rx; q++)
      polls |= list_has(rules->list[layout->workers[w].rx[q].port][rules->config->rules[r].egress],
                        &rules->rule[r]);
    n += polls;
  }
  return n;
}

static int fill_meters(struct rules *rules, const struct layout *layout)
{
  for (unsigned r = 0; r < rules->n; r++) {
    const struct config_police *police = &rules->config->rules[r].police;
    unsigned n = count_workers(rules, layout, r);
    if (police->rate == 0 || n == 0)
      continue;
    double least = RTE_MIN(police->burst, (double)CONFIG_FRAME_MAX);
    struct rte_meter_srtcm_params params = {
        .cir = RTE_MAX(police->rate / 8 / n, 1.0),
        .cbs = RTE_MAX(police->burst / n, least),
    };
    for (unsigned w = 0; w < rules->n_workers; w++) {
      struct rule_worker *worker = &rules->rule[r].worker[w];
      if (rte_meter_srtcm_profile_config(&worker->profile, &params) != 0 ||
          rte_meter_srtcm_config(&worker->meter, &worker->profile) != 0)
        return -EINVAL;
    }
  }
  return 0;
}

static void *zeroed(size_t count, size_t size)
{
  size_t bytes = RTE_ALIGN_CEIL(count * size, RTE_CACHE_LINE_SIZE);
  void *memory = aligned_alloc(RTE_CACHE_LINE_SIZE, bytes);
  return memory != NULL ? memset(memory, 0, bytes) : NULL;
}

static struct rules *rules_new(const struct config *config, unsigned n_workers)
{
  struct rules *rules = calloc(1, sizeof(*rules));
  if (rules == NULL)
    return NULL;
  rules->config = config;
  rules->n = config->n_rules;
  rules->n_workers = n_workers;
  rules->rule = zeroed(rules->n, sizeof(*rules->rule));
  rules->code = zeroed(rules->n, sizeof(*rules->code));
  rules->addresses = calloc(rules->n, sizeof(struct addresses *));
  rules->worker = zeroed((size_t)rules->n * n_workers, sizeof(*rules->worker));
  if (rules->rule != NULL && rules->code != NULL && rules->addresses != NULL &&
      rules->worker != NULL)
    return rules;
  free(rules->rule);
  free(rules->code);
  free(rules->addresses);
  free(rules->worker);
  free(rules);
  return NULL;
}

int rules_start(struct rules **rules, const struct config *config, struct forwarding *forwarding,
                const struct layout *layout, char *error, size_t size)
{
  *rules = NULL;
  if (config->n_rules == 0)
    return 0;
  struct rules *made = rules_new(config, layout->n_workers);
  if (made == NULL)
    return fail(error, size, -ENOMEM, "no memory for %u rules", config->n_rules);
  int status = make_rules(made, error, size);
  for (unsigned port = 0; port < config->n_ports && status == 0; port++)
    if (make_list(made, forwarding, port, false) != 0 ||
        make_list(made, forwarding, port, true) != 0)
      status = fail(error, size, -ENOMEM, "no memory for %u rules", config->n_rules);
  if (status == 0 && fill_meters(made, layout) != 0)
    status = fail(error, size, -EINVAL, "a rule's rate is too small for so many workers");
  if (status != 0) {
    rules_stop(made);
    return status;
  }
  give_lists(made, forwarding);
  *rules = made;
  return 0;
}

static void gather_rule(const struct rules *rules, unsigned r, struct status_rule *s)
{
  const struct config_rule *config = &rules->config->rules[r];
  uint64_t cycles = 0, packets = 0;
  snprintf(s->name, sizeof(s->name), "%s", config->name);
  snprintf(s->match, sizeof(s->match), "%s", config->match);
  s->egress = config->egress;
  s->filter = config->filter == NULL          ? STATUS_FILTER_NONE
              : rules->code[r].native != NULL ? STATUS_FILTER_NATIVE
                                              : STATUS_FILTER_INTERPRETED;
  for (unsigned w = 0; w < rules->n_workers; w++) {
    const struct rule_worker *worker = &rules->rule[r].worker[w];
    s->packets += count_read(&worker->packets);
    s->bytes += count_read(&worker->bytes);
    s->lost += count_read(&worker->lost);
    cycles += count_read(&worker->timed_cycles);
    packets += count_read(&worker->timed_packets);
  }
  s->cycles_per_packet = packets > 0 ? (double)cycles / packets : 0;
}

void rules_gather(const struct rules *rules, struct status *status)
{
  if (rules == NULL)
    return;
  status->n_rules = rules->n;
  for (unsigned r = 0; r < rules->n; r++)
    gather_rule(rules, r, &status->rule[r]);
}

void rules_stop(struct rules *rules)
{
  if (rules == NULL)
    return;
  for (unsigned r = 0; r < rules->n; r++)
    filter_code_free(&rules->code[r]);
  for (unsigned r = 0; r < rules->n; r++)
    addresses_free(rules->addresses[r]);
  for (unsigned port = 0; port < PORTS_MAX; port++)
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
      free(rules->list[port][direction]);
  free(rules->rule);
  free(rules->code);
  free(rules->addresses);
  free(rules->worker);
  free(rules);
}
