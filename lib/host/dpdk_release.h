// SPDX-License-Identifier: BSD-3-Clause
// In what the releases of DPDK differ that platter is built with: 22.11, 24.11, 25.11 (Debian 12,
// 13, unstable). Nothing else looks at the release.
#ifndef HOST_DPDK_RELEASE_H
#define HOST_DPDK_RELEASE_H

#include <stdint.h>

#include <rte_ethdev.h>
#include <rte_version.h>

#define DPDK_SINCE(year, month) (RTE_VERSION >= RTE_VERSION_NUM(year, month, 0, 0))

// EAL reads its arguments by rte_argparse since 25.11 (lib/eal/common/eal_option_list.h): all have
// long names, some new ones, and one that it cannot read ends the process in rte_eal_init
// (exit_on_error).
#define DPDK_ARGPARSE DPDK_SINCE(25, 11)

struct dpdk_queue_figures {
  const char *name;
  const uint64_t *value; // of each queue
  unsigned n;
};

enum { DPDK_QUEUE_FIGURES_MAX = 5 };

// The figures of rte_eth_stats that are counted by queue; they have been in the extended statistics
// alone since 25.11. Returns how many.
static inline unsigned dpdk_queue_figures(const struct rte_eth_stats *stats,
                                          struct dpdk_queue_figures figures[DPDK_QUEUE_FIGURES_MAX])
{
#if DPDK_SINCE(25, 11)
  return 0;
#else
  figures[0] =
      (struct dpdk_queue_figures){"q_ipackets", stats->q_ipackets, RTE_DIM(stats->q_ipackets)};
  figures[1] =
      (struct dpdk_queue_figures){"q_opackets", stats->q_opackets, RTE_DIM(stats->q_opackets)};
  figures[2] = (struct dpdk_queue_figures){"q_ibytes", stats->q_ibytes, RTE_DIM(stats->q_ibytes)};
  figures[3] = (struct dpdk_queue_figures){"q_obytes", stats->q_obytes, RTE_DIM(stats->q_obytes)};
  figures[4] = (struct dpdk_queue_figures){"q_errors", stats->q_errors, RTE_DIM(stats->q_errors)};
  return 5;
#endif
}

#endif
