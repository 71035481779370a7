// SPDX-License-Identifier: BSD-3-Clause
// Control makes workers and handoffs while no worker runs, and owns their memory. While they run it
// writes only what is written atomically below (the generation, limits, links, absence), and what
// belongs to a device while its port is absent. What a worker may still be using is waited for by
// marks of rte_rcu_qsbr, which each worker passes between its turns.
#include "datapath/datapath.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_rcu_qsbr.h>

#include "base/clock.h"
#include "layout/layout.h"
#include "packet/count.h"

enum { TURN_MILLISECONDS = 20 }; // what a worker gets for its turn, be its core ever so busy

static void set_receiver(struct receive *rx, const struct datapath_device *device)
{
  rx->device = device->id;
  rx->cuts = device->cuts;
  rx->checks = device->cuts > 0;
}

static void set_limits(struct transmit *t, const struct datapath_device *device)
{
  __atomic_store_n(&t->longest_tagged, device->longest_tagged, __ATOMIC_RELAXED);
  __atomic_store_n(&t->longest, device->longest, __ATOMIC_RELAXED);
}

static void set_transmitter(struct transmit *t, const struct datapath_device *device)
{
  t->device = device->id;
  t->one_segment = device->one_segment;
  set_limits(t, device);
}

static bool fill_receive(struct worker *w, const struct layout_worker *plan,
                         const struct datapath_device *devices)
{
  w->receive = memory_zalloc(plan->n_rx, sizeof(*w->receive), plan->node);
  w->repeats = memory_zalloc(plan->n_rx, sizeof(*w->repeats), plan->node);
  if (w->receive == NULL || w->repeats == NULL)
    return false;
  for (unsigned i = 0; i < plan->n_rx; i++) {
    unsigned port = plan->rx[i].port;
    w->receive[i] = (struct receive){
        .queue = plan->rx[i].queue,
        .port = port,
        .repeats = devices[port].made_up ? NULL : &w->repeats[i],
    };
    set_receiver(&w->receive[i], &devices[port]);
  }
  w->n_receive = plan->n_rx;
  return true;
}

static bool fill_transmit(struct worker *w, const struct layout_worker *plan,
                          const struct datapath_device *devices, struct pressure *pressure)
{
  w->transmit = memory_zalloc(plan->n_tx, sizeof(*w->transmit), plan->node);
  if (w->transmit == NULL)
    return false;
  for (unsigned i = 0; i < plan->n_tx; i++) {
    set_transmitter(&w->transmit[i], &devices[plan->tx[i].port]);
    w->transmit[i].queue = plan->tx[i].queue;
    w->transmit[i].port = plan->tx[i].port;
    w->transmit[i].pressure = pressure != NULL ? &pressure[plan->tx[i].port] : NULL;
  }
  w->n_transmit = plan->n_tx;
  return true;
}

static struct worker *make_worker(const struct layout *layout, unsigned number,
                                  const struct datapath_device *devices, struct pressure *pressure,
                                  struct memory *memory)
{
  const struct layout_worker *plan = &layout->workers[number];
  struct worker *w = memory_zalloc(1, sizeof(*w), plan->node);
  if (w == NULL)
    return NULL;
  w->incoming = memory_zalloc(layout->n_handoffs, sizeof(*w->incoming), plan->node);
  if (w->incoming == NULL || !fill_receive(w, plan, devices) ||
      !fill_transmit(w, plan, devices, pressure)) {
    rte_free(w->receive);
    rte_free(w->repeats);
    rte_free(w->incoming);
    rte_free(w);
    return NULL;
  }
  w->up = UINT32_MAX;
  w->copier.headers = memory_pool(memory, plan->node)->headers;
  w->copier.frames = memory_pool(memory, plan->node)->frames;
  worker_init(w, number);
  return w;
}

// Each end of a handoff goes to the worker that has it.
static int lay_handoff(struct datapath *datapath, const struct layout *layout, unsigned number)
{
  const struct layout_handoff *plan = &layout->handoffs[number];
  struct worker *from = datapath->worker[plan->from], *to = datapath->worker[plan->to];
  struct handoff *handoff = &datapath->handoff[number];
  char name[RTE_RING_NAMESIZE];

  snprintf(name, sizeof(name), "handoff_%u_%u_%u", plan->from, plan->to, plan->port);
  unsigned size = datapath->handoff_size;
  int status =
      handoff_init(handoff, name, layout->workers[plan->to].node, plan->from, plan->port, size);
  if (status != 0) // as memory_zalloc
    status = handoff_init(handoff, name, SOCKET_ID_ANY, plan->from, plan->port, size);
  if (status != 0)
    return status;
  handoff->pressure = datapath->pressure != NULL ? &datapath->pressure[plan->port] : NULL;
  from->egress[plan->port].handoff = handoff;
  to->incoming[to->n_incoming++] = (struct incoming){
      .handoff = handoff,
      .transmit = to->egress[plan->port].transmit,
  };
  return 0;
}

// Workers are online from the start: a turn that is not yet begun holds on to nothing.
static struct rte_rcu_qsbr *make_quiet(unsigned n_workers)
{
  struct rte_rcu_qsbr *quiet = memory_zalloc(1, rte_rcu_qsbr_get_memsize(n_workers), SOCKET_ID_ANY);
  if (quiet == NULL)
    return NULL;
  rte_rcu_qsbr_init(quiet, n_workers);
  for (unsigned i = 0; i < n_workers; i++) {
    rte_rcu_qsbr_thread_register(quiet, i);
    rte_rcu_qsbr_thread_online(quiet, i);
  }
  return quiet;
}

uint64_t datapath_go_by(struct datapath *datapath, const struct generation *generation)
{
  for (unsigned i = 0; i < datapath->n_workers; i++)
    __atomic_store_n(&datapath->worker[i]->generation, generation, __ATOMIC_RELEASE);
  return datapath_mark(datapath);
}

void datapath_links(struct datapath *datapath, portset up)
{
  for (unsigned i = 0; i < datapath->n_workers; i++)
    __atomic_store_n(&datapath->worker[i]->up, up, __ATOMIC_RELAXED);
}

static void set_absent(struct datapath *datapath, unsigned port, bool absent)
{
  for (unsigned i = 0; i < datapath->n_workers; i++) {
    struct worker *w = datapath->worker[i];
    for (unsigned q = 0; q < w->n_receive; q++)
      if (w->receive[q].port == port)
        __atomic_store_n(&w->receive[q].absent, absent, __ATOMIC_RELEASE);
    for (unsigned q = 0; q < w->n_transmit; q++)
      if (w->transmit[q].port == port)
        __atomic_store_n(&w->transmit[q].absent, absent, __ATOMIC_RELEASE);
  }
}

uint64_t datapath_mark(const struct datapath *datapath)
{
  return rte_rcu_qsbr_start(datapath->quiet);
}

bool datapath_passed(const struct datapath *datapath, uint64_t mark)
{
  return rte_rcu_qsbr_check(datapath->quiet, mark, false) == 1;
}

uint64_t datapath_detach(struct datapath *datapath, unsigned port)
{
  set_absent(datapath, port, true);
  return datapath_mark(datapath);
}

bool datapath_detached(const struct datapath *datapath, uint64_t mark)
{
  for (unsigned i = 0; i < TURN_MILLISECONDS; i++) {
    if (datapath_passed(datapath, mark))
      return true;
    clock_rest(0.001);
  }
  return false;
}

// No worker looks at the device while the port is absent.
void datapath_attach(struct datapath *datapath, unsigned port, const struct datapath_device *device)
{
  for (unsigned i = 0; i < datapath->n_workers; i++) {
    struct worker *w = datapath->worker[i];
    for (unsigned q = 0; q < w->n_receive; q++)
      if (w->receive[q].port == port)
        set_receiver(&w->receive[q], device);
    for (unsigned q = 0; q < w->n_transmit; q++)
      if (w->transmit[q].port == port)
        set_transmitter(&w->transmit[q], device);
  }
  set_absent(datapath, port, false);
}

void datapath_limit(struct datapath *datapath, unsigned port, const struct datapath_device *device)
{
  for (unsigned i = 0; i < datapath->n_workers; i++) {
    struct worker *w = datapath->worker[i];
    for (unsigned q = 0; q < w->n_transmit; q++)
      if (w->transmit[q].port == port)
        set_limits(&w->transmit[q], device);
  }
}

uint64_t datapath_cut(const struct datapath *datapath, unsigned port)
{
  uint64_t sum = 0;
  for (unsigned i = 0; i < datapath->n_workers; i++) {
    const struct worker *w = datapath->worker[i];
    for (unsigned q = 0; q < w->n_receive; q++)
      if (w->receive[q].port == port)
        sum += count_read(&w->receive[q].n_cut);
  }
  return sum;
}

int datapath_make(struct datapath *datapath, const struct layout *layout, unsigned handoff_size,
                  const struct datapath_device *devices, bool exact, struct memory *memory,
                  char *error, size_t size)
{
  int status = 0;
  *datapath = (struct datapath){.n_workers = layout->n_workers,
                                .n_handoffs = layout->n_handoffs,
                                .handoff_size = handoff_size};
  datapath->worker = memory_zalloc(layout->n_workers, sizeof(*datapath->worker), SOCKET_ID_ANY);
  datapath->handoff = memory_zalloc(layout->n_handoffs, sizeof(*datapath->handoff), SOCKET_ID_ANY);
  if (!exact)
    datapath->pressure = memory_zalloc(PORTS_MAX, sizeof(*datapath->pressure), SOCKET_ID_ANY);
  datapath->quiet = make_quiet(layout->n_workers);
  if (datapath->worker == NULL || datapath->handoff == NULL ||
      (!exact && datapath->pressure == NULL) || datapath->quiet == NULL)
    status = -ENOMEM;
  for (unsigned i = 0; i < layout->n_workers && status == 0; i++) {
    datapath->worker[i] = make_worker(layout, i, devices, datapath->pressure, memory);
    if (datapath->worker[i] != NULL)
      datapath->worker[i]->quiet = datapath->quiet;
    else
      status = -ENOMEM;
  }
  for (unsigned i = 0; i < layout->n_handoffs && status == 0; i++)
    status = lay_handoff(datapath, layout, i);
  if (status == 0)
    return 0;
  datapath_free(datapath);
  return fail(error, size, status, "no memory for %u workers and %u handoffs of %u references (%s)",
              layout->n_workers, layout->n_handoffs, handoff_size, rte_strerror(-status));
}

void datapath_free(struct datapath *datapath)
{
  for (unsigned i = 0; datapath->handoff != NULL && i < datapath->n_handoffs; i++)
    handoff_release(&datapath->handoff[i]);
  for (unsigned i = 0; datapath->worker != NULL && i < datapath->n_workers; i++) {
    struct worker *w = datapath->worker[i];
    if (w == NULL)
      continue;
    rte_free(w->receive);
    rte_free(w->repeats);
    rte_free(w->transmit);
    rte_free(w->incoming);
    rte_free(w);
  }
  rte_free(datapath->quiet);
  rte_free(datapath->pressure);
  rte_free(datapath->handoff);
  rte_free(datapath->worker);
  *datapath = (struct datapath){0};
}
