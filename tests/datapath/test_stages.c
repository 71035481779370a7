// SPDX-License-Identifier: BSD-3-Clause
#include "test_stages.h"

#include <string.h>

#include "datapath/stage.h"

DROP_REASON(scripted, "test_scripted", "the packet said so");

static portset all_ports(const unsigned *ports, unsigned n, unsigned i)
{
  portset all = 0;
  for (unsigned p = 0; p < n; p++)
    all |= (portset)1 << ports[p];
  return all;
}

static void stamp(struct burst *b, unsigned i)
{
  struct rte_mbuf *m = burst_writable(b, i, sizeof(struct script));
  if (m == NULL) {
    burst_drop(b, i, &scripted);
    return;
  }
  struct script script;
  memcpy(&script, rte_pktmbuf_mtod(m, void *), sizeof(script));
  script.stamp++;
  memcpy(rte_pktmbuf_mtod(m, void *), &script, sizeof(script));
  burst_send(b, i, script.ports);
}

static void script_run(const struct stage *stage, struct burst *b)
{
  for (unsigned i = 0; i < b->count; i++) {
    struct script script;
    memcpy(&script, rte_pktmbuf_mtod(b->packet[i], void *), sizeof(script));
    switch (script.action) {
    case SCRIPT_SEND:
      burst_send(b, i, script.ports);
      break;
    case SCRIPT_DROP:
      burst_drop(b, i, &scripted);
      break;
    case SCRIPT_SEND_ALL:
      burst_send_all(b, script.ports);
      break;
    case SCRIPT_DROP_ALL:
      burst_drop_all(b, &scripted);
      break;
    case SCRIPT_STAMP:
      stamp(b, i);
      break;
    }
  }
}

static const struct stage_type test_script = {
    .name = "test_script",
    .help = "what the packet says",
    .min_ports = 1,
    .max_ports = PORTS_MAX,
    .waits = false,
    .writes = true,
    .reach = all_ports,
    .run = script_run,
};
STAGE_TYPE(test_script);

static void send_run(const struct stage *stage, struct burst *b)
{
  burst_send_all(b, stage->reach);
}

static portset flood_reach(const unsigned *ports, unsigned n, unsigned i)
{
  return all_ports(ports, n, i) & ~((portset)1 << ports[i]);
}

static const struct stage_type test_flood = {
    .name = "test_flood",
    .help = "to every other port",
    .min_ports = 2,
    .max_ports = PORTS_MAX,
    .waits = false,
    .reach = flood_reach,
    .run = send_run,
};
STAGE_TYPE(test_flood);

static portset funnel_reach(const unsigned *ports, unsigned n, unsigned i)
{
  return (portset)1 << ports[n - 1];
}

static const struct stage_type test_funnel = {
    .name = "test_funnel",
    .help = "to the last port",
    .min_ports = 1,
    .max_ports = PORTS_MAX,
    .waits = false,
    .reach = funnel_reach,
    .run = send_run,
};
STAGE_TYPE(test_funnel);
