// SPDX-License-Identifier: BSD-3-Clause
// A generation is all that workers go by: for every port its stages, and the pace at which it is
// polled. Control makes it whole and gives it to every worker by one pointer; from then on nobody
// writes to it. What is to outlive it (queues, handoffs, counters, learned addresses) stands
// elsewhere.
#ifndef DATAPATH_GENERATION_H
#define DATAPATH_GENERATION_H

#include "datapath/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { WORKERS_MAX = 127 }; // DPDK has 128 lcores (RTE_MAX_LCORE), and one of them is control

// What a worker's references for a port can be.
enum carries { CARRIES_FORWARDING, CARRIES_READERS, CARRIES_BOTH };

struct generation_port {
  struct port_program stages;
  portset own;   // where the port's entry of `forward` can send its packets
  portset feeds; // what `wait` looks at: the same, or all that its packets can reach, if readers
                 // are waited for, too
  uint16_t room; // references that `wait` wants there to be room for at each of `feeds`
  uint16_t poll; // packets at once
  uint16_t part; // of them, treated as one burst: as many as its slots suffice for
};

struct generation {
  struct generation_port port[PORTS_MAX];
  portset waits; // ports with overload: wait, both as ingress and as egress: one entry of `forward`
                 // has a port and all its peers
  struct {
    portset forwards, reads; // ports that it may forward to, or give readers' references
  } worker[WORKERS_MAX];
};

static inline enum carries generation_carries(const struct generation *generation, unsigned worker,
                                              unsigned port)
{
  if ((generation->worker[worker].forwards >> port & 1) == 0)
    return CARRIES_READERS;
  return generation->worker[worker].reads >> port & 1 ? CARRIES_BOTH : CARRIES_FORWARDING;
}

#ifdef __cplusplus
}
#endif
#endif
