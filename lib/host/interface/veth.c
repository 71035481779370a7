// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "host/interface/interface.h"

enum { STATISTICS_MAX = 4096 };

static int ask(unsigned index, void *request)
{
  struct ifreq ifr = {.ifr_data = request};
  return interface_ask(SIOCETHTOOL, index, &ifr);
}

static unsigned veth_statistics(unsigned index)
{
  struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
  if (ask(index, &driver) != 0 || strcmp(driver.driver, "veth") != 0)
    return 0;
  return driver.n_stats <= STATISTICS_MAX ? driver.n_stats : 0;
}

// The first of a veth's statistics is its peer's number, in the peer's namespace
// (drivers/net/veth.c, veth_get_ethtool_stats). -1: it is no veth.
static int peer_of(unsigned index)
{
  unsigned n = veth_statistics(index);
  struct ethtool_stats *stats =
      n > 0 ? calloc(1, sizeof(*stats) + n * sizeof(stats->data[0])) : NULL;
  if (stats == NULL)
    return -1;
  *stats = (struct ethtool_stats){.cmd = ETHTOOL_GSTATS, .n_stats = n};
  int peer = ask(index, stats) == 0 ? (int)stats->data[0] : -1;
  free(stats);
  return peer;
}

// Numbers are good in one namespace only: the other must say that this one is its peer, and is not
// this one itself.
int interface_veth_peer(unsigned index, char *name)
{
  int peer = peer_of(index);
  if (peer <= 0)
    return -ENODEV;
  if (peer == (int)index || peer_of(peer) != (int)index || if_indextoname(peer, name) == NULL)
    return 0;
  return peer;
}
