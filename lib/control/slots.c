// SPDX-License-Identifier: BSD-3-Clause
// A packet goes through its port's stages, and what each can add is added up:
//
//   readers   of the first bytes (truncate) get a slot in any case; those of the whole packet only
//             if it is written to afterwards, and then all of them together
//   a tag     that some of its ports want and others do not makes two forms of it, by a bridge, or
//             by a rule about what leaves. No port is in two of them, so that there are at most as
//             many forms as ports
//   a rule    about what leaves acts on each form that leaves by one of its ports
#include "control/slots.h"

#include <stdio.h>

#include <rte_common.h>

#include "features/rules/control_internal.h"

struct count {
  unsigned slots;
  unsigned forms; // that it leaves in
  unsigned noted; // of these forms, those that have readers which would need a slot
};

// A rule, or a stage, gives `n` of the forms to readers.
static void give(struct count *c, unsigned n, bool truncated)
{
  if (truncated)
    c->slots += n;
  else
    c->noted = RTE_MIN(c->noted + n, c->forms);
}

// Or writes to them.
static void write(struct count *c, unsigned n)
{
  unsigned read = RTE_MIN(c->noted, n);
  c->slots += read;
  c->noted -= read;
}

static void split(struct count *c, unsigned n)
{
  c->slots += n;
  c->forms += n;
}

static bool is_member(const struct config_bridge_port *port, unsigned vlan)
{
  return port->access == vlan || (port->trunk[vlan / 64] >> vlan % 64 & 1) != 0;
}

// Whether a VLAN's frames from the `from`th port of the bridge leave with a tag here and without
// there.
static bool bridge_splits(const struct config_forward *entry, unsigned from, unsigned vlan)
{
  const struct config_bridge_port *port = entry->bridge->port;
  bool with = false, without = false;
  for (unsigned i = 0; i < entry->n_ports; i++) {
    if (i == from || !is_member(&port[i], vlan))
      continue;
    bool untagged = port[i].access == vlan || port[i].native == vlan;
    with |= !untagged;
    without |= untagged;
  }
  return with && without && is_member(&port[from], vlan);
}

static void bridge(struct count *c, const struct config_forward *entry, unsigned from)
{
  bool splits = false;
  for (unsigned vlan = 1; vlan <= CONFIG_VLAN_MAX && !splits; vlan++)
    splits = bridge_splits(entry, from, vlan);
  if (splits)
    split(c, 1);
  write(c, 1);
}

static void forward(struct count *c, const struct config *config, unsigned port)
{
  for (unsigned f = 0; f < config->n_forward; f++) {
    const struct config_forward *entry = &config->forward[f];
    for (unsigned i = 0; i < entry->n_ports; i++) {
      if (entry->ports[i] != port)
        continue;
      if (entry->bridge != NULL && entry->bridge->vlans)
        bridge(c, entry, i);
      else if (entry->bridge == NULL && stage_type_find(entry->kind->name)->writes)
        write(c, 1);
    }
  }
}

static void received(struct count *c, const struct config *config,
                     const struct forwarding *forwarding, unsigned port)
{
  bool used[CONFIG_RULES_MAX];
  portset reach;
  rules_select(config, forwarding, port, false, used, &reach);
  for (unsigned r = 0; r < config->n_rules; r++) {
    const struct config_rule *rule = &config->rules[r];
    if (used[r] && (rule->mirror | rule->balance) != 0)
      give(c, 1, rule->truncate > 0);
    if (used[r] && rule->vlan != CONFIG_VLAN_NONE)
      write(c, 1);
  }
}

static void leaving(struct count *c, const struct config *config,
                    const struct forwarding *forwarding, unsigned port)
{
  bool used[CONFIG_RULES_MAX];
  portset reach, leaves = rules_leave(config, forwarding, port);
  rules_select(config, forwarding, port, true, used, &reach);
  for (unsigned r = 0; r < config->n_rules; r++) {
    const struct config_rule *rule = &config->rules[r];
    if (!used[r])
      continue;
    unsigned ports = __builtin_popcount(leaves);
    unsigned n = RTE_MIN((unsigned)__builtin_popcount(leaves & rule->ports), c->forms);
    if ((rule->mirror | rule->balance) != 0)
      give(c, n, rule->truncate > 0);
    if (rule->vlan != CONFIG_VLAN_NONE) {
      write(c, n);
      split(c, c->forms < ports ? RTE_MIN(n, ports - c->forms) : 0);
    }
    leaves |= rule->redirect;
  }
}

unsigned slots_needed(const struct config *config, const struct forwarding *forwarding,
                      unsigned port)
{
  struct count c = {.slots = 1, .forms = 1};
  received(&c, config, forwarding, port);
  forward(&c, config, port);
  leaving(&c, config, forwarding, port);
  return c.slots;
}

bool slots_check(const struct config *config, const struct forwarding *forwarding, char *error,
                 size_t size)
{
  for (unsigned port = 0; port < config->n_ports; port++)
    if (forwarding->slots[port] > BURST_SLOTS) {
      snprintf(error, size,
               "a packet received on port '%s' could have to be kept in %u forms (other tags, "
               "other first bytes), and there is room for %d; give fewer rules a truncate or a "
               "vlan, or name fewer ports in their from and to",
               config->ports[port].name, forwarding->slots[port], BURST_SLOTS);
      return false;
    }
  return true;
}
