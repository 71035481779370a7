// SPDX-License-Identifier: BSD-3-Clause
// What can be asked about platter: the tables of figures (figures/figure.h), thing by thing.
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "base/text.h"
#include "control/telemetry_commands.h"
#include "control/telemetry_data.h"
#include "figures/figure.h"

// Lists that can be long come in pages, which clients that think of DPDK's 16 KiB can read: a rule
// takes up to 400 bytes.
enum { HANDOFFS_SHOWN = 128, RULES_SHOWN = 32 };

// The short list of all things of a kind.
static json_t *listed(const struct figure_table *table, const struct appliance *a)
{
  json_t *d = json_object();
  return figures_whole(d, figures_list(table, &a->status, 0, UINT32_MAX, FIGURE_LISTED, d));
}

// One of a kind, by its key; `error`: if there is none.
static json_t *one(const struct figure_table *table, const struct appliance *a, const char *key,
                   const char *error)
{
  const struct status *s = &a->status;
  char found[FIGURES_KEY_MAX];
  for (unsigned i = 0; i < figures_count(table, s); i++) {
    figures_key(table, s, i, found);
    if (strcmp(found, key) == 0)
      return figures_object(table, s, figures_at(table, s, i), 0);
  }
  return data_error("%s", error);
}

// Reads a whole number below `end`, digits only.
static bool read_number(const char *text, unsigned end, unsigned *number)
{
  return end > 0 && text_number(text, strlen(text), 0, end - 1, number);
}

// As many as a page has, from the one of that number on.
static json_t *page(const struct figure_table *table, const struct appliance *a,
                    const char *parameter, unsigned most)
{
  const struct status *s = &a->status;
  unsigned first = 0, n = figures_count(table, s);
  if (*parameter != '\0' && !read_number(parameter, n, &first))
    return data_error("no %s of this number; there are %u, from 0", table->thing, n);
  json_t *d = json_object();
  data_number(d, "total", n);
  data_number(d, "first", first);
  data_number(d, "shown", RTE_MIN(most, n - first));
  return figures_whole(d, figures_list(table, s, first, most, 0, d));
}

static json_t *info(const struct appliance *a, const char *parameter)
{
  return figures_all(&figures_info, &a->status);
}

static json_t *ports(const struct appliance *a, const char *parameter)
{
  return listed(&figures_port, a);
}

static const char no_port[] = "no port of this name; /platter/ports lists them";

static json_t *port(const struct appliance *a, const char *parameter)
{
  return one(&figures_port, a, parameter, no_port);
}

static json_t *replay(const struct appliance *a, const char *parameter)
{
  for (unsigned i = 0; i < a->status.n_ports; i++) {
    const struct status_port *p = &a->status.port[i];
    if (strcmp(p->name, parameter) == 0)
      return p->replay != NULL ? figures_object(&figures_replay, &a->status, p->replay, 0)
                               : data_error("no replay port, but %s", p->driver);
  }
  return data_error("%s", no_port);
}

static json_t *workers(const struct appliance *a, const char *parameter)
{
  return listed(&figures_worker, a);
}

static json_t *worker(const struct appliance *a, const char *parameter)
{
  const struct status *s = &a->status;
  unsigned number;
  if (!read_number(parameter, s->n_workers, &number))
    return data_error("no worker of this number; there are 0 to %u", s->n_workers - 1);
  return figures_object(&figures_worker, s, &s->worker[number], 0);
}

static json_t *handoffs(const struct appliance *a, const char *parameter)
{
  return page(&figures_handoff, a, parameter, HANDOFFS_SHOWN);
}

static json_t *pools(const struct appliance *a, const char *parameter)
{
  return figures_all(&figures_pool, &a->status);
}

static json_t *drops(const struct appliance *a, const char *parameter)
{
  return figures_all(&figures_drops, &a->status);
}

static json_t *copies(const struct appliance *a, const char *parameter)
{
  return figures_all(&figures_copies, &a->status);
}

static json_t *bridge(const struct appliance *a, const char *parameter)
{
  return one(&figures_bridge, a, parameter, "no bridge of this name");
}

static json_t *rules(const struct appliance *a, const char *parameter)
{
  return page(&figures_rule, a, parameter, RULES_SHOWN);
}

static json_t *accounting(const struct appliance *a, const char *parameter)
{
  return figures_all(&figures_accounting, &a->status);
}

static const struct telemetry_command commands[] = {
    {"/platter/info", "Version, process, layout. No parameter", TELEMETRY_NONE, info},
    {"/platter/ports", "Packets and link by port. No parameter", TELEMETRY_NONE, ports},
    {"/platter/port", "All about one port. Parameter: its name", TELEMETRY_NEEDED, port},
    {"/platter/replay", "A replay port: asked and achieved, lateness, stalls. Parameter: its name",
     TELEMETRY_NEEDED, replay},
    {"/platter/workers", "Busy share and packets by worker. No parameter", TELEMETRY_NONE, workers},
    {"/platter/worker", "All about one worker. Parameter: its number", TELEMETRY_NEEDED, worker},
    {"/platter/handoffs",
     "Rings between workers: fill and high-water mark. Parameter: number of the first to show",
     TELEMETRY_OPTIONAL, handoffs},
    {"/platter/pools", "Pools of mbufs: size, and what is free. No parameter", TELEMETRY_NONE,
     pools},
    {"/platter/drops", "Packets dropped, by reason. No parameter", TELEMETRY_NONE, drops},
    {"/platter/copies", "Packets and bytes copied, by site. No parameter", TELEMETRY_NONE, copies},
    {"/platter/bridge",
     "A bridge: its addresses, what was learned and flooded. Parameter: its name", TELEMETRY_NEEDED,
     bridge},
    {"/platter/fdb",
     "Addresses of a bridge. Parameters: its name, and the place to begin at (`next` of the answer "
     "before)",
     TELEMETRY_OPTIONAL, telemetry_fdb},
    {"/platter/rules",
     "Rules: what matched, and what that costs. Parameter: number of the first to show",
     TELEMETRY_OPTIONAL, rules},
    {"/platter/accounting",
     "received + cloned = transmitted + dropped + in_flight + difference. No parameter",
     TELEMETRY_NONE, accounting},
};

const struct telemetry_commands telemetry_platter = {commands, RTE_DIM(commands)};
