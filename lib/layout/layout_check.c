// SPDX-License-Identifier: BSD-3-Clause
// A handoff is a ring with one producer and one consumer, and a queue of a device has one user.
// This file proves both for a finished table and shares no code with what makes the tables, so a
// mistake there is found here.
#include <stdarg.h>

#include "layout/layout.h"

struct checker {
  const struct layout *layout;
  char *error;
  size_t error_size;
};

__attribute__((format(printf, 2, 3))) static bool refuse(const struct checker *checker,
                                                         const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(checker->error, checker->error_size, format, arguments);
  va_end(arguments);
  return false;
}

// How many entries of all workers name this queue, of one direction.
static unsigned count_users(const struct layout *layout, bool transmit, unsigned port,
                            unsigned queue)
{
  unsigned n = 0;
  for (unsigned w = 0; w < layout->n_workers; w++) {
    const struct layout_worker *worker = &layout->workers[w];
    const struct layout_queue *queues = transmit ? worker->tx : worker->rx;
    unsigned n_queues = transmit ? worker->n_tx : worker->n_rx;
    for (unsigned i = 0; i < n_queues; i++)
      n += queues[i].port == port && queues[i].queue == queue;
  }
  return n;
}

static unsigned count_owned(const struct layout_worker *worker, unsigned port)
{
  unsigned n = 0;
  for (unsigned i = 0; i < worker->n_tx; i++)
    n += worker->tx[i].port == port;
  return n;
}

static uint32_t worker_reach(const struct layout *layout, const struct layout_worker *worker)
{
  uint32_t reach = 0;
  for (unsigned i = 0; i < worker->n_rx; i++)
    reach |= layout->ports[worker->rx[i].port].reach;
  return reach;
}

static bool check_sizes(const struct checker *checker)
{
  const struct layout *layout = checker->layout;
  if (layout->n_ports < 1 || layout->n_ports > LAYOUT_PORTS_MAX)
    return refuse(checker, "the table has %u ports, not 1 to %d", layout->n_ports,
                  LAYOUT_PORTS_MAX);
  if (layout->n_workers < 1 || layout->n_workers > LAYOUT_WORKERS_MAX)
    return refuse(checker, "the table has %u workers, not 1 to %d", layout->n_workers,
                  LAYOUT_WORKERS_MAX);
  for (unsigned w = 0; w < layout->n_workers; w++) {
    for (unsigned other = 0; other < w; other++) {
      if (layout->workers[w].cpu == layout->workers[other].cpu)
        return refuse(checker, "workers %u and %u are both on core %u", other, w,
                      layout->workers[w].cpu);
    }
  }
  return true;
}

// Every entry names a queue that exists. From here on the entries are safe to use as indexes.
static bool check_entries(const struct checker *checker, unsigned w, bool transmit)
{
  const struct layout *layout = checker->layout;
  const struct layout_worker *worker = &layout->workers[w];
  const struct layout_queue *queues = transmit ? worker->tx : worker->rx;
  const char *direction = transmit ? "transmit" : "receive";
  unsigned n_queues = transmit ? worker->n_tx : worker->n_rx;
  for (unsigned i = 0; i < n_queues; i++) {
    unsigned p = queues[i].port;
    if (p >= layout->n_ports)
      return refuse(checker, "worker %u has a %s queue on port %u, which is not there", w,
                    direction, p);
    const struct layout_port *port = &layout->ports[p];
    if (queues[i].queue >= (transmit ? port->tx_queues : port->rx_queues))
      return refuse(checker, "worker %u has %s queue %s/%u, which is not there", w, direction,
                    port->name, queues[i].queue);
  }
  return true;
}

static bool check_queues(const struct checker *checker, unsigned p, bool transmit)
{
  const struct layout_port *port = &checker->layout->ports[p];
  unsigned n_queues = transmit ? port->tx_queues : port->rx_queues;
  for (unsigned q = 0; q < n_queues; q++) {
    unsigned users = count_users(checker->layout, transmit, p, q);
    if (users != 1)
      return refuse(checker, "%s queue %s/%u is %s %u times, not once",
                    transmit ? "transmit" : "receive", port->name, q, transmit ? "owned" : "polled",
                    users);
  }
  return true;
}

// Transmit queues exist exactly where packets can leave.
static bool check_reached(const struct checker *checker)
{
  const struct layout *layout = checker->layout;
  uint32_t reached = 0;
  for (unsigned p = 0; p < layout->n_ports; p++)
    reached |= layout->ports[p].reach;
  if ((uint64_t)reached >> layout->n_ports != 0)
    return refuse(checker, "packets may leave by a port that is not in the table");
  for (unsigned p = 0; p < layout->n_ports; p++) {
    bool can_leave = reached >> p & 1;
    if (can_leave != (layout->ports[p].tx_queues > 0))
      return refuse(checker, "port %s: packets %s leave by it but it has %u transmit queues",
                    layout->ports[p].name, can_leave ? "can" : "cannot",
                    layout->ports[p].tx_queues);
  }
  return true;
}

static bool check_handoff(const struct checker *checker, const struct layout_handoff *handoff)
{
  const struct layout *layout = checker->layout;
  if (handoff->from >= layout->n_workers || handoff->to >= layout->n_workers ||
      handoff->port >= layout->n_ports)
    return refuse(checker,
                  "a handoff from worker %u to worker %u for port %u names what is not "
                  "there",
                  handoff->from, handoff->to, handoff->port);
  const char *port = layout->ports[handoff->port].name;
  const struct layout_worker *from = &layout->workers[handoff->from];
  if (handoff->from == handoff->to)
    return refuse(checker, "worker %u hands packets for port %s to itself", handoff->from, port);
  if (count_owned(&layout->workers[handoff->to], handoff->port) == 0)
    return refuse(checker,
                  "worker %u hands packets for port %s to worker %u, which owns no transmit queue "
                  "there",
                  handoff->from, port, handoff->to);
  if (!(worker_reach(layout, from) >> handoff->port & 1))
    return refuse(checker, "worker %u has a handoff for port %s but receives no packet for it",
                  handoff->from, port);
  return true;
}

// Exactly one way from a worker to a port that it can receive packets for, and at most one owned
// queue: which of two a packet takes would otherwise be open.
static bool check_way(const struct checker *checker, unsigned w, unsigned p)
{
  const struct layout *layout = checker->layout;
  const char *port = layout->ports[p].name;
  unsigned owned = count_owned(&layout->workers[w], p);
  unsigned handoffs = 0;
  for (unsigned h = 0; h < layout->n_handoffs; h++)
    handoffs += layout->handoffs[h].from == w && layout->handoffs[h].port == p;
  if (owned > 1)
    return refuse(checker, "worker %u owns %u transmit queues on port %s, not one", w, owned, port);
  if (handoffs > 1)
    return refuse(checker, "worker %u has %u handoffs for port %s, not one", w, handoffs, port);
  if (owned == 1 && handoffs == 1)
    return refuse(checker, "worker %u has a handoff for port %s and owns a transmit queue there", w,
                  port);
  if (owned + handoffs == 0 && worker_reach(layout, &layout->workers[w]) >> p & 1)
    return refuse(checker, "worker %u receives packets for port %s but has no way to it", w, port);
  return true;
}

bool layout_check(const struct layout *layout, char *error, size_t error_size)
{
  struct checker checker = {.layout = layout, .error = error, .error_size = error_size};
  if (!check_sizes(&checker))
    return false;
  for (unsigned w = 0; w < layout->n_workers; w++) {
    if (!check_entries(&checker, w, false) || !check_entries(&checker, w, true))
      return false;
  }
  for (unsigned p = 0; p < layout->n_ports; p++) {
    if (!check_queues(&checker, p, false) || !check_queues(&checker, p, true))
      return false;
  }
  if (!check_reached(&checker))
    return false;
  for (unsigned h = 0; h < layout->n_handoffs; h++) {
    if (!check_handoff(&checker, &layout->handoffs[h]))
      return false;
  }
  for (unsigned w = 0; w < layout->n_workers; w++) {
    for (unsigned p = 0; p < layout->n_ports; p++) {
      if (!check_way(&checker, w, p))
        return false;
    }
  }
  return true;
}
