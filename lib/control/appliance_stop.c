// SPDX-License-Identifier: BSD-3-Clause
// How a run ends: see appliance.h.
#include <stdlib.h>

#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <rte_mempool.h>

#include "base/clock.h"
#include "control/appliance_internal.h"
#include "control/telemetry_server.h"
#include "host/eal.h"
#include "host/interface/changes.h"
#include "ports/output.h"
#include "ports/peers/memif.h"
#include "ports/peers/shared_memory.h"
#include "ports/replay.h"

enum {
  JOIN_SECONDS = 1,     // for a worker that is held in a driver
  NO_TIME_SECONDS = 10, // for one that is only given no time
  PORTS_SECONDS = 1,
  IDLE_TURNS = 100, // of a millisecond each
};

static void set_mode(struct appliance *a, enum worker_mode mode)
{
  for (unsigned i = 0; i < a->datapath.n_workers; i++)
    __atomic_store_n(&a->datapath.worker[i]->mode, mode, __ATOMIC_RELAXED);
}

// Only counters that all workers gave after they stopped receiving tell that nothing is in flight.
bool appliance_drain(struct appliance *a, double seconds)
{
  double deadline = clock_now() + seconds;
  bool empty;

  set_mode(a, WORKER_DRAIN);
  do {
    appliance_wait(a, clock_now() + 0.001, -1);
    appliance_update(a);
    empty = a->fresh && a->status.in_flight == 0;
  } while (!empty && clock_now() < deadline);
  return empty;
}

static bool all_stopped(const struct appliance *a)
{
  for (unsigned i = 0; i < a->plan.n_cores; i++)
    if (rte_eal_get_lcore_state(i) == RUNNING)
      return false;
  return true;
}

static bool stopped(const struct appliance *a, unsigned worker)
{
  return rte_eal_get_lcore_state(plan_lcore(&a->plan, a->layout->workers[worker].cpu)) != RUNNING;
}

// Whether workers that were told to stop so many seconds ago may still do so.
static bool worth_waiting(struct appliance *a, double seconds)
{
  bool held = false;
  for (unsigned i = 0; seconds >= JOIN_SECONDS && i < a->datapath.n_workers; i++)
    if (!stopped(a, i) && stall_certain(a, i)) {
      stall_say(a, i, clock_now());
      held = true;
    }
  return !held && seconds < NO_TIME_SECONDS;
}

// Ends the workers. One that is inside a driver that waits for the kernel (af_packet does, for an
// interface that takes nothing; net_pcap, for a pipe) may never come back: then nothing that it
// could be using may be taken away, and the process has to end as it is.
static void join(struct appliance *a)
{
  if (!a->running || a->stuck)
    return;
  set_mode(a, WORKER_STOP);
  for (double start = clock_now(); !all_stopped(a) && worth_waiting(a, clock_now() - start);)
    appliance_wait(a, clock_now() + 0.001, -1);
  if (!all_stopped(a)) {
    a->stuck = true;
    return;
  }
  rte_eal_mp_wait_lcore();
  shared_memory_guard(NULL);
  a->running = false;
  a->stopped = clock_now();
  for (unsigned i = 0; i < a->datapath.n_workers; i++)
    worker_abandon(a->datapath.worker[i]);
}

static unsigned available(const struct appliance *a)
{
  unsigned sum = 0;
  for (unsigned i = 0; i < a->memory.n_pools; i++)
    sum += rte_mempool_avail_count(a->memory.pool[i].frames);
  return sum;
}

static unsigned missing(const struct appliance *a)
{
  unsigned sum = 0;
  for (unsigned i = 0; i < a->memory.n_pools; i++)
    sum += a->memory.pool[i].frames->populated_size;
  for (unsigned i = 0; i < a->config->n_ports; i++)
    sum -= a->port[i].kept;
  return sum - available(a);
}

// A driver that keeps mbufs does not free what it has yet to send at close. How much one turn sends
// is up to the kernel, and may be a single packet. Other ports' receive rings hold mbufs as well,
// so that some may be missing for good here.
static void reclaim(struct appliance *a, double deadline)
{
  bool keeps = false;
  for (unsigned i = 0; i < a->config->n_ports; i++)
    keeps |= a->port[i].kept > 0;
  unsigned least = missing(a);
  for (unsigned idle = 0; keeps && least > 0 && idle < IDLE_TURNS && clock_now() < deadline;) {
    for (unsigned i = 0; i < a->config->n_ports; i++)
      port_reclaim(&a->port[i]);
    unsigned left = missing(a);
    if (left >= least) {
      idle++;
      clock_rest(0.001);
      continue;
    }
    least = left;
    idle = 0;
  }
}

// Lets what drivers have taken leave.
static void drain_ports(struct appliance *a)
{
  double deadline = clock_now() + PORTS_SECONDS;
  for (unsigned i = 0; i < a->config->n_ports; i++) {
    unsigned left = port_drain(&a->port[i], deadline);
    if (left > 0)
      rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1,
              "platter: port %s: the device was not done with %u transmit descriptors when it was "
              "stopped; as many packets that count as transmitted may not have left\n",
              a->port[i].config->name, left);
  }
  reclaim(a, deadline);
}

static void close_ports(struct appliance *a)
{
  bool memif = false;
  reconnect_stop(a->reconnect, CONFIG_PORTS_MAX);
  residence_detach(a->residence);
  for (unsigned i = 0; i < a->config->n_ports; i++) {
    port_stop(&a->port[i]);
    memif |= port_is_memif(&a->port[i]);
  }
  for (unsigned i = 0; i < a->config->n_ports; i++)
    if (!port_is_memif(&a->port[i]))
      port_close(&a->port[i]);
  if (memif)
    memif_settle();
  for (unsigned i = 0; i < a->config->n_ports; i++)
    port_close(&a->port[i]);
  for (unsigned i = 0; i < a->config->n_ports; i++)
    port_replay_release(&a->port[i]);
}

const struct status *appliance_stop(struct appliance *a)
{
  wires_stop(&a->wires);
  join(a);
  if (a->stuck)
    return appliance_update(a);
  drain_ports(a);
  close_ports(a);
  a->pools_checked = true;
  return appliance_update(a);
}

void appliance_free(struct appliance *a)
{
  if (a == NULL)
    return;
  telemetry_server_stop(a->telemetry);
  wires_stop(&a->wires);
  for (unsigned i = 0; i < a->config->n_ports; i++)
    port_output_close(&a->port[i]);
  join(a);
  if (a->stuck) { // the rest goes with the process, which must end now
    changes_undo_all();
    eal_leave();
    return;
  }
  close_ports(a);
  bridges_stop(a->bridges);
  rules_stop(a->rules);
  datapath_free(&a->datapath);
  generation_free(a->generation);
  residence_free(a->residence);
  memory_stop(&a->memory);
  layout_free(a->layout);
  for (unsigned i = 0; i < a->config->n_ports; i++)
    port_replay_free(&a->port[i]);
  if (a->eal)
    eal_stop();
  loop_free(a->loop);
  free(a);
}
