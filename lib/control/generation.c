// SPDX-License-Identifier: BSD-3-Clause
#include "control/generation.h"

#include <stdlib.h>

#include <rte_common.h>

#include "datapath/pressure.h"

_Static_assert((unsigned)WORKERS_MAX == (unsigned)LAYOUT_WORKERS_MAX, "one number of workers");

// Of each poll, what fits the slots of a burst at worst; where nothing may be lost, a poll is not
// longer than that, and waits until all that it can bring has room beside what readers leave.
static void set_pace(struct generation_port *to, const struct forwarding *forwarding, unsigned port)
{
  unsigned slots = RTE_MIN(forwarding->slots[port], (unsigned)BURST_SLOTS);
  if (slots == 0)
    return; // no such port
  to->own = to->feeds = forwarding->own[port];
  to->poll = to->room = BURST_MAX;
  to->part = RTE_MIN((unsigned)BURST_SLOTS / slots, (unsigned)BURST_MAX);
  if (!forwarding->exact)
    return;
  to->feeds = forwarding->reach[port];
  to->poll = to->part;
  to->room = to->poll * slots + (forwarding->reads[port] != 0 ? READERS_LEAVE : 0);
}

struct generation *generation_make(const struct forwarding *forwarding, const struct layout *layout)
{
  struct generation *g = calloc(1, sizeof(*g));
  if (g == NULL)
    return NULL;
  for (unsigned port = 0; port < PORTS_MAX; port++) {
    g->port[port].stages = forwarding->program.port[port];
    set_pace(&g->port[port], forwarding, port);
    g->waits |= (portset)forwarding->wait[port] << port;
  }
  for (unsigned w = 0; w < layout->n_workers; w++)
    for (unsigned q = 0; q < layout->workers[w].n_rx; q++) {
      unsigned port = layout->workers[w].rx[q].port;
      g->worker[w].forwards |= forwarding->sends[port];
      g->worker[w].reads |= forwarding->reads[port];
    }
  return g;
}

void generation_free(struct generation *generation)
{
  free(generation);
}
