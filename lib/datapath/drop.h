// SPDX-License-Identifier: BSD-3-Clause
#ifndef DATAPATH_DROP_H
#define DATAPATH_DROP_H

#include "datapath/counters.h"

// The only place that drops: counts `n` packets at `port` for a reason and frees them.
static inline void drop(struct rte_mbuf **packets, unsigned n, unsigned port, unsigned reason,
                        struct counters *counters)
{
  counters->dropped[port][reason] += n;
  rte_pktmbuf_free_bulk(packets, n);
}

#endif
