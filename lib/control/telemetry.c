// SPDX-License-Identifier: BSD-3-Clause
#include "control/telemetry.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_telemetry.h>
#include <rte_version.h>

#include "datapath/reason.h"

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
  published.status = *status;
  published.valid = true;
  pthread_mutex_unlock(&published.lock);
}

void telemetry_stop(void)
{
  pthread_mutex_lock(&published.lock);
  published.valid = false;
  pthread_mutex_unlock(&published.lock);
}

static void add(struct rte_tel_data *d, const char *name, uint64_t value)
{
  rte_tel_data_add_dict_u64(d, name, value);
}

static void add_text(struct rte_tel_data *d, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_text(struct rte_tel_data *d, const char *name, const char *format, ...)
{
  char text[RTE_TEL_MAX_STRING_LEN];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  rte_tel_data_add_dict_string(d, name, text);
}

// A new dictionary inside `d`, or NULL.
static struct rte_tel_data *add_dict(struct rte_tel_data *d, const char *name)
{
  struct rte_tel_data *inner = rte_tel_data_alloc();
  if (inner == NULL)
    return NULL;
  rte_tel_data_start_dict(inner);
  if (rte_tel_data_add_dict_container(d, name, inner, 0) == 0)
    return inner;
  rte_tel_data_free(inner);
  return NULL;
}

static void info(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  static const char *const layouts[] = {"pipeline", "run-to-completion", "explicit"};
  add_text(d, "version", "%s", PLATTER_VERSION);
  add_text(d, "dpdk", "%s", rte_version());
  add(d, "pid", getpid());
  add_text(d, "prefix", "%s", published.prefix);
  add(d, "uptime_seconds", s->seconds);
  add_text(d, "layout", "%s", layouts[s->layout]);
  add_text(d, "memory", "%s", s->hugepages ? "hugepages" : "ordinary pages");
  add(d, "ports", s->n_ports);
  add(d, "workers", s->n_workers);
  add(d, "handoffs", s->n_handoffs);
}

static uint64_t port_dropped(const struct status_port *p)
{
  uint64_t sum = 0;
  for (unsigned r = 0; r < drop_reasons.count; r++)
    sum += p->dropped[r];
  return sum;
}

static void ports(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < s->n_ports; i++) {
    const struct status_port *p = &s->port[i];
    struct rte_tel_data *inner = add_dict(d, p->name);
    if (inner == NULL)
      continue;
    add(inner, "received", p->received);
    add(inner, "transmitted", p->transmitted);
    add(inner, "dropped", port_dropped(p));
    add_text(inner, "link", "%s", p->link_up ? "up" : "down");
  }
}

static void describe_port(const struct status_port *p, struct rte_tel_data *d)
{
  add_text(d, "device", "%s", p->device);
  add_text(d, "driver", "%s", p->driver);
  add_text(d, "driver_copies", "%s", p->copies[0] != '\0' ? p->copies : "nothing known");
  add_text(d, "link", "%s", p->link_up ? "up" : "down");
  add(d, "link_mbps", p->link_mbps);
  add(d, "link_changes", p->link_changes);
  add(d, "mtu", p->mtu);
  add_text(d, "overload", "%s", p->wait ? "wait" : "drop");
  add(d, "rx_queues", p->rx_queues);
  add(d, "tx_queues", p->tx_queues);
  add(d, "received", p->received);
  add(d, "received_bytes", p->received_bytes);
  add_text(d, "received_pps", "%.0f", p->received_pps);
  add(d, "transmitted", p->transmitted);
  add(d, "transmitted_bytes", p->transmitted_bytes);
  add_text(d, "transmitted_pps", "%.0f", p->transmitted_pps);
  add(d, "nic_missed", p->missed);
  add(d, "no_mbuf", p->no_mbuf);
  add(d, "receive_errors", p->receive_errors);
  add(d, "transmit_errors", p->transmit_errors);
  struct rte_tel_data *dropped = add_dict(d, "dropped");
  for (unsigned r = 0; dropped != NULL && r < drop_reasons.count; r++)
    if (p->dropped[r] > 0)
      add(dropped, drop_reasons.label[r]->name, p->dropped[r]);
}

static void port(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < s->n_ports; i++)
    if (strcmp(s->port[i].name, parameters) == 0) {
      describe_port(&s->port[i], d);
      return;
    }
  add_text(d, "error", "no port of this name; /platter/ports lists them");
}

static void workers(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < s->n_workers; i++) {
    char key[16];
    snprintf(key, sizeof(key), "%u", i);
    struct rte_tel_data *inner = add_dict(d, key);
    if (inner == NULL)
      continue;
    add(inner, "core", s->worker[i].cpu);
    add_text(inner, "busy", "%.1f%%", 100 * s->worker[i].busy_share);
    add(inner, "received", s->worker[i].received);
    add(inner, "transmitted", s->worker[i].transmitted);
  }
}

static void describe_worker(const struct status_worker *w, struct rte_tel_data *d)
{
  uint64_t bursts = w->bursts > 0 ? w->bursts : 1;
  add(d, "core", w->cpu);
  rte_tel_data_add_dict_int(d, "node", w->node);
  add_text(d, "answers", "%s", w->answers ? "yes" : "no: its figures are old");
  add_text(d, "busy", "%.1f%%", 100 * w->busy_share);
  add_text(d, "cycles_per_packet", "%.1f", w->cycles_per_packet);
  add_text(d, "mean_burst", "%.1f", (double)w->received / bursts);
  add(d, "busy_cycles", w->busy_cycles);
  add(d, "idle_cycles", w->idle_cycles);
  add(d, "bursts", w->bursts);
  add(d, "waits", w->waits);
  add(d, "received", w->received);
  add(d, "taken", w->taken);
  add(d, "cloned", w->cloned);
  add(d, "transmitted", w->transmitted);
  add(d, "handed", w->handed);
  add(d, "dropped", w->dropped);
  add(d, "pending", w->pending);
  add_text(d, "polls", "%s", w->polls);
  add_text(d, "owns", "%s", w->owns);
}

static void worker(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  char *end;
  unsigned long number = strtoul(parameters, &end, 10);
  if (*parameters >= '0' && *parameters <= '9' && *end == '\0' && number < s->n_workers)
    describe_worker(&s->worker[number], d);
  else
    add_text(d, "error", "no worker of this number; there are 0 to %u", s->n_workers - 1);
}

static void handoffs(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < s->n_handoffs; i++) {
    const struct status_handoff *h = &s->handoff[i];
    char key[RTE_TEL_MAX_STRING_LEN];
    snprintf(key, sizeof(key), "%u_to_%u_%s", h->from, h->to, s->port[h->port].name);
    struct rte_tel_data *inner = add_dict(d, key);
    if (inner == NULL)
      continue;
    add(inner, "size", h->size);
    add(inner, "held", h->held);
    add(inner, "high_water", h->high_water);
  }
}

static void drops(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned r = 0; r < drop_reasons.count; r++)
    add(d, drop_reasons.label[r]->name, status_dropped(s, r));
}

static void copies(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  for (unsigned i = 0; i < copy_sites.count; i++) {
    struct rte_tel_data *inner = add_dict(d, copy_sites.label[i]->name);
    if (inner == NULL)
      continue;
    add(inner, "packets", s->copied[i].packets);
    add(inner, "bytes", s->copied[i].bytes);
  }
}

static void accounting(const struct status *s, const char *parameters, struct rte_tel_data *d)
{
  add(d, "received", s->received);
  add(d, "cloned", s->cloned);
  add(d, "transmitted", s->transmitted);
  add(d, "dropped", s->dropped);
  rte_tel_data_add_dict_int(d, "in_flight", s->in_flight);
  rte_tel_data_add_dict_int(d, "difference", s->difference);
  add_text(d, "closed", "%s", status_closed(s) ? "yes" : "no");
}

struct command {
  const char *name;
  const char *help;
  bool parameter; // has one
  void (*answer)(const struct status *status, const char *parameter, struct rte_tel_data *data);
};

static const struct command commands[] = {
    {"/platter/info", "Version, process, layout. No parameter", false, info},
    {"/platter/ports", "Packets and link by port. No parameter", false, ports},
    {"/platter/port", "All about one port. Parameter: its name", true, port},
    {"/platter/workers", "Busy share and packets by worker. No parameter", false, workers},
    {"/platter/worker", "All about one worker. Parameter: its number", true, worker},
    {"/platter/handoffs", "Rings between workers: fill and high-water mark. No parameter", false,
     handoffs},
    {"/platter/drops", "Packets dropped, by reason. No parameter", false, drops},
    {"/platter/copies", "Packets and bytes copied, by site. No parameter", false, copies},
    {"/platter/accounting",
     "received + cloned = transmitted + dropped + in_flight + difference. No parameter", false,
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
  if (!published.valid)
    add_text(d, "error", "platter is starting or has stopped");
  else if (command->parameter && (parameters == NULL || *parameters == '\0'))
    add_text(d, "error", "a parameter is missing: %s", command->help);
  else if (!command->parameter && parameters != NULL && *parameters != '\0')
    add_text(d, "error", "no parameter is taken");
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
