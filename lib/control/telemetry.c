// SPDX-License-Identifier: BSD-3-Clause
#include "control/telemetry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_telemetry.h>
#include <rte_version.h>

#include "control/telemetry_bridge.h"
#include "control/telemetry_data.h"
#include "control/telemetry_describe.h"
#include "control/telemetry_rules.h"
#include "datapath/reason.h"

// DPDK cuts an answer at 256 entries (RTE_TEL_MAX_DICT_ENTRIES) and at 16 KiB without a word. A
// handoff takes up to 90 bytes, a worker up to 105: all of those fit, handoffs come in pages.
enum { HANDOFFS_SHOWN = 128 };

// Static: callbacks cannot be unregistered and may still run when everything else is gone.
static struct {
  pthread_mutex_t lock; // of all below; never taken by a worker
  bool valid;
  char prefix[CONFIG_NAME_MAX + 32];
  struct status status;
} published = {.lock = PTHREAD_MUTEX_INITIALIZER};

void telemetry_publish(const struct status *status)
{
  pthread_mutex_lock(&published.lock);
  status_copy(&published.status, status);
  published.valid = true;
  pthread_mutex_unlock(&published.lock);
}

void telemetry_stop(void)
{
  pthread_mutex_lock(&published.lock);
  published.valid = false;
  pthread_mutex_unlock(&published.lock);
}

static void info(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  data_text(d, "version", "%s", PLATTER_VERSION);
  data_text(d, "dpdk", "%s", rte_version());
  data_number(d, "pid", getpid());
  data_text(d, "prefix", "%s", published.prefix);
  data_number(d, "uptime_seconds", s->seconds);
  data_text(d, "layout", "%s", layout_kind_name(s->layout));
  data_text(d, "memory", "%s", s->hugepages ? "hugepages" : "ordinary pages");
  data_number(d, "ports", s->n_ports);
  data_number(d, "workers", s->n_workers);
  data_number(d, "handoffs", s->n_handoffs);
}

static void ports(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    struct rte_tel_data *inner = data_dict(d, p->name);
    if (inner == NULL)
      continue;
    data_number(inner, "received", p->received);
    data_number(inner, "transmitted", p->transmitted);
    data_number(inner, "dropped", status_port_dropped(p));
    data_number(inner, "nic_drop", status_port_nic_drop(p));
    data_text(inner, "link", "%s", p->link);
  }
}

static void port(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < s->n_ports; i++)
    if (strcmp(s->port[i].name, parameters) == 0) {
      describe_port(&s->port[i], d);
      return;
    }
  data_text(d, "error", "no port of this name; /platter/ports lists them");
}

static void replay(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    if (strcmp(s->port[i].name, parameters) != 0)
      continue;
    if (s->port[i].replays)
      describe_replay(&s->port[i].replay, d);
    else
      data_text(d, "error", "no replay port, but %s", s->port[i].driver);
    return;
  }
  data_text(d, "error", "no port of this name; /platter/ports lists them");
}

static void workers(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < s->n_workers; i++) {
    char key[16];
    snprintf(key, sizeof(key), "%u", i);
    struct rte_tel_data *inner = data_dict(d, key);
    if (inner == NULL)
      continue;
    data_number(inner, "core", s->worker[i].cpu);
    data_text(inner, "busy", "%.1f%%", 100 * s->worker[i].busy_share);
    data_number(inner, "received", s->worker[i].received);
    data_number(inner, "transmitted", s->worker[i].transmitted);
  }
}

// Reads a whole number below `end`, digits only.
static bool read_number(const char *text, unsigned end, unsigned *number)
{
  char *rest;
  unsigned long value = strtoul(text, &rest, 10);
  if (*text < '0' || *text > '9' || *rest != '\0' || value >= end)
    return false;
  *number = value;
  return true;
}

static void worker(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  unsigned number;
  if (read_number(parameters, s->n_workers, &number))
    describe_worker(&s->worker[number], d);
  else
    data_text(d, "error", "no worker of this number; there are 0 to %u", s->n_workers - 1);
}

static void handoffs(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  unsigned first = 0;
  if (*parameters != '\0' && !read_number(parameters, s->n_handoffs, &first)) {
    data_text(d, "error", "no handoff of this number; there are %u, from 0", s->n_handoffs);
    return;
  }
  unsigned end = RTE_MIN(first + HANDOFFS_SHOWN, s->n_handoffs);
  data_number(d, "total", s->n_handoffs);
  data_number(d, "first", first);
  data_number(d, "shown", end - first);
  for (unsigned i = first; i < end; i++) {
    const struct status_handoff *h = &s->handoff[i];
    char key[RTE_TEL_MAX_STRING_LEN];
    snprintf(key, sizeof(key), "%u_to_%u_%s", h->from, h->to, s->port[h->port].name);
    struct rte_tel_data *inner = data_dict(d, key);
    if (inner == NULL)
      continue;
    data_number(inner, "size", h->size);
    data_number(inner, "held", h->held);
    data_number(inner, "high_water", h->high_water);
  }
}

static void drops(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned r = 0; r < drop_reasons.count; r++)
    data_number(d, drop_reasons.label[r]->name, status_dropped(s, r));
}

static void copies(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < copy_sites.count; i++) {
    struct rte_tel_data *inner = data_dict(d, copy_sites.label[i]->name);
    if (inner == NULL)
      continue;
    data_number(inner, "packets", s->copied[i].packets);
    data_number(inner, "bytes", s->copied[i].bytes);
  }
}

static void accounting(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  data_number(d, "received", s->received);
  data_number(d, "cloned", s->cloned);
  data_number(d, "transmitted", s->transmitted);
  data_number(d, "dropped", s->dropped);
  data_signed(d, "in_flight", s->in_flight);
  data_signed(d, "difference", s->difference);
  data_text(d, "closed", "%s", status_closed(s) ? "yes" : "no");
}

enum parameter { NONE, OPTIONAL, NEEDED };

struct command {
  const char *name;
  const char *help;
  enum parameter parameter;
  void (*answer)(const struct status *status, const char *parameter, struct rte_tel_data *data);
};

static const struct command commands[] = {
    {"/platter/info", "Version, process, layout. No parameter", NONE, info},
    {"/platter/ports", "Packets and link by port. No parameter", NONE, ports},
    {"/platter/port", "All about one port. Parameter: its name", NEEDED, port},
    {"/platter/replay", "A replay port: asked and achieved, lateness, stalls. Parameter: its name",
     NEEDED, replay},
    {"/platter/workers", "Busy share and packets by worker. No parameter", NONE, workers},
    {"/platter/worker", "All about one worker. Parameter: its number", NEEDED, worker},
    {"/platter/handoffs",
     "Rings between workers: fill and high-water mark. Parameter: number of the first to show",
     OPTIONAL, handoffs},
    {"/platter/drops", "Packets dropped, by reason. No parameter", NONE, drops},
    {"/platter/copies", "Packets and bytes copied, by site. No parameter", NONE, copies},
    {"/platter/bridge",
     "A bridge: its addresses, what was learned and flooded. Parameter: its name", NEEDED,
     telemetry_bridge},
    {"/platter/fdb",
     "Addresses of a bridge. Parameters: its name, and the place to begin at (`next` of the answer "
     "before)",
     OPTIONAL, telemetry_fdb},
    {"/platter/rules",
     "Rules: what matched, and what that costs. Parameter: number of the first to show", OPTIONAL,
     telemetry_rules},
    {"/platter/accounting",
     "received + cloned = transmitted + dropped + in_flight + difference. No parameter", NONE,
     accounting},
};

// DPDK gives a callback no argument of its own: it is found by the command's name.
static int answer(const char *name, const char *parameters, struct rte_tel_data *d)
{
  const struct command *command = commands;
  while (strcmp(command->name, name) != 0)
    command++;
  rte_tel_data_start_dict(d);
  pthread_mutex_lock(&published.lock);
  if (parameters == NULL)
    parameters = "";
  if (!published.valid)
    data_text(d, "error", "platter is starting or has stopped");
  else if (command->parameter == NEEDED && *parameters == '\0')
    data_text(d, "error", "a parameter is missing: %s", command->help);
  else if (command->parameter == NONE && *parameters != '\0')
    data_text(d, "error", "no parameter is taken");
  else
    command->answer(&published.status, parameters, d);
  pthread_mutex_unlock(&published.lock);
  return 0;
}

void telemetry_start(const char *prefix)
{
  snprintf(published.prefix, sizeof(published.prefix), "%s", prefix);
  for (unsigned i = 0; i < sizeof(commands) / sizeof(*commands); i++)
    rte_telemetry_register_cmd(commands[i].name, answer, commands[i].help);
}
