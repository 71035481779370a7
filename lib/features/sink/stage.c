// SPDX-License-Identifier: BSD-3-Clause
// sink: receive, count, drop.
#include "datapath/stage.h"

DROP_REASON(sunk, "sink", "received by a sink");

static portset sink_reach(const unsigned *ports, unsigned n, unsigned i)
{
  return 0;
}

static void sink_run(const struct stage *stage, struct burst *b)
{
  burst_drop_all(b, &sunk);
}

static const struct stage_type sink = {
    .name = "sink",
    .help = "receive, count, drop",
    .min_ports = 1,
    .max_ports = PORTS_MAX,
    .waits = true,
    .reach = sink_reach,
    .run = sink_run,
};
STAGE_TYPE(sink);
