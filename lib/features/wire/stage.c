// SPDX-License-Identifier: BSD-3-Clause
// wire: what comes in on one port leaves by the other, both ways.
#include "datapath/stage.h"

static portset wire_reach(const unsigned *ports, unsigned n, unsigned i)
{
  return (portset)1 << ports[n - 1 - i];
}

static void wire_run(const struct stage *stage, struct burst *b)
{
  burst_send_all(b, stage->reach);
}

static const struct stage_type wire = {
    .name = "wire",
    .help = "cross-connect of two ports, both ways",
    .min_ports = 2,
    .max_ports = 2,
    .waits = true,
    .reach = wire_reach,
    .run = wire_run,
};
STAGE_TYPE(wire);
