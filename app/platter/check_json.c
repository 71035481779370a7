// SPDX-License-Identifier: BSD-3-Clause
// Keys are the configuration's own where they mean the same. Jansson's functions take NULL for what
// could not be made, and fail: whoever gets NULL says so in the end.
#include "check_json.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "figures/figure.h"
#include "json.h"
#include "ports/device/device.h"

// A member, unless there is nothing to say.
static bool set(json_t *object, const char *key, json_t *value)
{
  return json_object_set_new(object, key, value) == 0;
}

static json_t *whole_or_null(json_t *value, bool whole)
{
  if (whole)
    return value;
  json_decref(value);
  return NULL;
}

static json_t *number_or_null(long number)
{
  return number > 0 ? json_integer(number) : json_null();
}

static json_t *finding(const char *file, struct config_place place, const char *text)
{
  return json_pack("{s:o, s:o, s:o, s:o}", "file", utf8_string(file), //
                   "line", number_or_null(place.line),                //
                   "column", number_or_null(place.column),            //
                   "message", utf8_string(text != NULL ? text : "out of memory"));
}

static bool append_errors(json_t *list, const char *file, const struct config_errors *errors)
{
  const struct config_place none = {0};
  char more[80];
  bool whole = true;
  for (size_t i = 0; i < errors->kept; i++)
    whole &= json_array_append_new(
                 list, finding(file, errors->error[i].place, errors->error[i].text)) == 0;
  if (errors->count == errors->kept)
    return whole;
  snprintf(more, sizeof(more), "%zu more like these are not listed", errors->count - errors->kept);
  return json_array_append_new(list, finding(file, none, more)) == 0 && whole;
}

static json_t *errors(const struct check_findings *f)
{
  json_t *list = json_array();
  return whole_or_null(list, append_errors(list, f->file, &f->errors));
}

static json_t *warnings(const struct check_findings *f)
{
  const struct config_place none = {0};
  json_t *list = json_array();
  bool whole = append_errors(list, f->file, &f->warnings);
  for (size_t i = 0; i < f->notes.count; i++)
    whole &= json_array_append_new(list, finding(f->file, none, f->notes.text[i])) == 0;
  for (unsigned i = 0; f->layout != NULL && i < f->layout->n_notes; i++)
    whole &= json_array_append_new(list, finding(f->file, none, f->layout->notes[i])) == 0;
  return whole_or_null(list, whole && f->notes.lost == 0);
}

static json_t *names(const struct config *config, uint32_t ports)
{
  json_t *list = json_array();
  bool whole = true;
  for (unsigned i = 0; i < config->n_ports; i++)
    if (ports >> i & 1)
      whole &= json_array_append_new(list, json_string(config->ports[i].name)) == 0;
  return whole_or_null(list, whole);
}

// The kind of forwarding that a port has part in.
static json_t *kind(const struct config *config, unsigned port)
{
  for (unsigned f = 0; f < config->n_forward; f++)
    for (unsigned i = 0; i < config->forward[f].n_ports; i++)
      if (config->forward[f].ports[i] == port)
        return json_string(config->forward[f].kind->name);
  return json_null();
}

static json_t *port(const struct check_findings *f, unsigned number)
{
  const struct config_port *p = &f->config->ports[number];
  struct device_facts facts;
  device_facts(p->device, &facts);
  return json_pack("{s:s, s:o, s:s, s:s?, s:o, s:o, s:i, s:i, s:b}", "name", p->name,   //
                   "device", utf8_string(p->device), "bus", facts.pci ? "pci" : "vdev", //
                   "driver", facts.driver, "kind", kind(f->config, number),             //
                   "mtu", number_or_null(p->mtu), "rx_queues", (int)p->rx_queues,       //
                   "tx_queues", (int)f->layout->ports[number].tx_queues,                //
                   "promiscuous", p->promiscuous);
}

// Ports in the order of the file: of a wire's and a bridge's it means nothing, but is theirs.
static json_t *entry(const struct config *config, const struct config_forward *from)
{
  json_t *list = json_array();
  bool whole = true;
  for (unsigned i = 0; i < from->n_ports; i++)
    whole &= json_array_append_new(list, json_string(config->ports[from->ports[i]].name)) == 0;
  json_t *object =
      json_pack("{s:s, s:o}", "kind", from->kind->name, "ports", whole_or_null(list, whole));
  whole = object != NULL;
  if (from->bridge != NULL)
    whole &= set(object, "name", json_string(from->bridge->name)) &&
             set(object, "vlans", json_boolean(from->bridge->vlans)) &&
             set(object, "ageing", json_integer(from->bridge->ageing)) &&
             set(object, "capacity", json_integer(from->bridge->capacity));
  if (from->link_follow)
    whole &= set(object, "link_follow", json_true());
  return whole_or_null(object, whole);
}

static json_t *match_any(const struct config_match_any *any)
{
  static const char *const fields[] = {
      [CONFIG_FIELD_SRC] = "src", [CONFIG_FIELD_DST] = "dst", [CONFIG_FIELD_EITHER] = "either"};
  return json_pack("{s:s, s:I}", "field", fields[any->field], "networks", (json_int_t)any->count);
}

static json_t *vlan(const struct config_rule *rule)
{
  if (rule->vlan == CONFIG_VLAN_POP)
    return json_pack("{s:b}", "pop", 1);
  if (rule->vlan == CONFIG_VLAN_SET)
    return json_pack("{s:i}", "set", (int)rule->vlan_id);
  return json_pack("{s:i, s:s}", "push", (int)rule->vlan_id, "tpid",
                   rule->vlan_tpid == CONFIG_TPID_SERVICE ? "0x88a8" : "0x8100");
}

// Only what the rule has.
static json_t *rule(const struct config *config, const struct config_rule *r)
{
  json_t *o = json_pack("{s:s, s:s, s:o, s:o}", "name", r->name,         //
                        "direction", r->egress ? "leaving" : "received", //
                        "ports", names(config, r->ports), "match", utf8_string(r->match));
  bool whole = o != NULL;
  if (r->any_vlan)
    whole &= set(o, "any_vlan", json_true());
  if (r->any.count > 0)
    whole &= set(o, "match_any", match_any(&r->any));
  if (r->sample > 0)
    whole &= set(o, "sample", json_integer(r->sample));
  if (r->police.rate > 0)
    whole &=
        set(o, "police", json_pack("{s:f, s:f}", "rate", r->police.rate, "burst", r->police.burst));
  if (r->drop)
    whole &= set(o, "drop", json_true());
  if (r->mirror != 0)
    whole &= set(o, "mirror", names(config, r->mirror));
  if (r->balance != 0)
    whole &= set(o, "balance", names(config, r->balance));
  if (r->truncate > 0)
    whole &= set(o, "truncate", json_integer(r->truncate));
  if (r->vlan != CONFIG_VLAN_NONE)
    whole &= set(o, "vlan", vlan(r));
  if (r->redirect != 0)
    whole &= set(o, "redirect", names(config, r->redirect));
  if (r->count)
    whole &= set(o, "count", json_true());
  if (r->stop)
    whole &= set(o, "stop", json_true());
  return whole_or_null(o, whole);
}

static json_t *hands_over(const struct layout *layout, unsigned worker)
{
  json_t *list = json_array();
  bool whole = true;
  for (unsigned h = 0; h < layout->n_handoffs; h++)
    if (layout->handoffs[h].from == worker)
      whole &= json_array_append_new(list, json_pack("{s:s, s:i}", "port",
                                                     layout->ports[layout->handoffs[h].port].name,
                                                     "worker", (int)layout->handoffs[h].to)) == 0;
  return whole_or_null(list, whole);
}

static json_t *worker(const struct layout *layout, unsigned number)
{
  const struct layout_worker *w = &layout->workers[number];
  return json_pack("{s:i, s:o, s:o, s:o, s:o}", "core", (int)w->cpu,          //
                   "node", w->node < 0 ? json_null() : json_integer(w->node), //
                   "polls", figures_queues(layout, w->rx, w->n_rx),           //
                   "owns", figures_queues(layout, w->tx, w->n_tx),            //
                   "hands_over", hands_over(layout, number));
}

static bool add_work(json_t *object, const struct check_findings *f)
{
  json_t *ports = json_array(), *forward = json_array(), *rules = json_array();
  json_t *workers = json_array();
  const struct config *config = f->config;
  bool whole = true;
  for (unsigned i = 0; i < config->n_ports; i++)
    whole &= json_array_append_new(ports, port(f, i)) == 0;
  for (unsigned i = 0; i < config->n_forward; i++)
    whole &= json_array_append_new(forward, entry(config, &config->forward[i])) == 0;
  for (unsigned i = 0; i < config->n_rules; i++)
    whole &= json_array_append_new(rules, rule(config, &config->rules[i])) == 0;
  for (unsigned i = 0; i < f->layout->n_workers; i++)
    whole &= json_array_append_new(workers, worker(f->layout, i)) == 0;
  whole &= set(object, "ports", ports);
  whole &= set(object, "forward", forward);
  whole &= set(object, "rules", rules);
  whole &= set(object, "layout", json_string(layout_kind_name(f->layout->kind)));
  whole &= set(object, "workers", workers);
  return whole;
}

bool check_json(const struct check_findings *f)
{
  json_t *object = json_pack("{s:o, s:b, s:o, s:o}", "file", utf8_string(f->file), //
                             "valid", f->config != NULL, "errors", errors(f),      //
                             "warnings", warnings(f));
  bool whole = object != NULL && (f->config == NULL || add_work(object, f));
  return json_print(whole_or_null(object, whole));
}
