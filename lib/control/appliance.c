// SPDX-License-Identifier: BSD-3-Clause
// What a run looks like while it goes on: see appliance.h.
#include <rte_launch.h>
#include <rte_log.h>

#include "base/clock.h"
#include "control/appliance_internal.h"
#include "ports/hotplug.h"
#include "ports/reconnect.h"

enum { STALE_SECONDS = 1 };

const struct layout *appliance_layout(const struct appliance *a)
{
  return a->layout;
}

const struct status *appliance_status(const struct appliance *a)
{
  return &a->status;
}

struct residence_times appliance_residence(const struct appliance *a)
{
  return residence_read(a->residence);
}

void appliance_residence_reset(struct appliance *a)
{
  residence_reset(a->residence);
}

static bool all_answer(struct appliance *a)
{
  bool all = true;
  for (unsigned i = 0; i < a->datapath.n_workers; i++) {
    a->answers[i] = worker_snapshot_ready(a->datapath.worker[i]);
    all &= a->answers[i];
  }
  return all;
}

// Workers answer one after the other. Where more packets were taken off handoffs than had been put
// in, the snapshots do not fit together: what one has taken, the other had not yet handed over.
static bool fit_together(const struct appliance *a)
{
  int64_t under_way = 0;
  for (unsigned i = 0; i < a->datapath.n_workers; i++) {
    const struct counters *c = &a->datapath.worker[i]->snapshot;
    under_way += (int64_t)(c->handed - c->taken);
  }
  return under_way >= 0;
}

// Where one worker is stuck, the others have ended, and nobody answers for them.
static void ask(struct appliance *a, unsigned number)
{
  struct worker *worker = a->datapath.worker[number];
  worker_snapshot_ask(worker);
  unsigned lcore = plan_lcore(&a->plan, a->layout->workers[number].cpu);
  if (a->stuck && rte_eal_get_lcore_state(lcore) != RUNNING)
    worker_snapshot_make(worker);
}

// Snapshots come one turn after they were asked for; a worker that the kernel has taken off its
// core is not waited for longer than this. Then, and while snapshots do not fit together, the
// counters before stay: all of them, for the old ones of one worker and the new ones of another
// do not add up. A worker that stays away for long does not hide the others: theirs are taken then.
static void take_snapshots(struct appliance *a)
{
  double start = clock_now(), deadline = start + 0.02;

  a->fresh = false;
  while (!a->fresh && clock_now() < deadline) {
    for (unsigned i = 0; a->running && i < a->datapath.n_workers; i++)
      ask(a, i);
    while (!all_answer(a) && clock_now() < deadline)
      clock_rest(50e-6);
    a->fresh = all_answer(a) && (!a->running || fit_together(a));
  }
  if (a->fresh)
    a->last_fresh = start;
  bool take = a->fresh || start > a->last_fresh + STALE_SECONDS;
  a->taken = take;
  if (take)
    a->consistent = a->fresh;
  for (unsigned i = 0; i < a->datapath.n_workers; i++)
    if (take && a->answers[i])
      a->counters[i] = a->datapath.worker[i]->snapshot;
}

bool appliance_wait(struct appliance *a, double until, int stop)
{
  return loop_run(a->loop, until, stop);
}

// Said at once, and once.
static void say_cut(struct appliance *a, unsigned number, unsigned cuts)
{
  const struct port *port = &a->port[number];
  if (a->cut_said >> number & 1 || datapath_cut(&a->datapath, number) == 0)
    return;
  a->cut_said |= (portset)1 << number;
  rte_log(
      RTE_LOG_WARNING, RTE_LOGTYPE_USER1,
      "platter: port %s: frames of %u bytes and more come in by '%s': they may have been cut, and "
      "are dropped (too_long). Who sends them leaves it to a NIC to cut segments (`ethtool -K "
      "INTERFACE tx off` at the other end of a veth pair), or an interface below '%s' merges "
      "frames (`ethtool -K INTERFACE gro off lro off`)\n",
      port->config->name, cuts, port->facts.interface, port->facts.interface);
}

static void update_port(struct appliance *a, unsigned number)
{
  struct port *port = &a->port[number];
  port_update(port);
  if (!port->started || port->sender == 0)
    return;
  struct datapath_device device = port_device(port);
  datapath_limit(&a->datapath, number, &device);
  say_cut(a, number, device.cuts);
}

// Devices that go and come back are for workers that answer.
static void update_devices(struct appliance *a)
{
  const struct hotplug_setup setup = {
      .datapath = &a->datapath,
      .memory = &a->memory,
      .layout = a->layout,
      .inserts = a->forwarding.inserts,
  };
  if (!a->running)
    return;
  if (!a->stuck)
    hotplug_update(a->hotplug, a->port, a->config->n_ports, &setup, clock_now());
  reconnect_update(a->reconnect, a->port, a->config->n_ports, &a->datapath, clock_now());
}

static void update_ports(struct appliance *a)
{
  a->up = 0;
  update_devices(a);
  for (unsigned i = 0; i < a->config->n_ports; i++)
    update_port(a, i);
  wires_update(&a->wires, clock_now());
  for (unsigned i = 0; i < a->config->n_ports; i++)
    if (port_link_up(&a->port[i]))
      a->up |= (portset)1 << i;
  datapath_links(&a->datapath, a->up);
}

const struct status *appliance_update(struct appliance *a)
{
  update_ports(a);
  take_snapshots(a);
  stall_update(a, clock_now());
  appliance_gather(a, clock_now());
  return &a->status;
}
