// SPDX-License-Identifier: BSD-3-Clause
// DPDK's commands that only read, with DPDK's names and fields (DPDK 22.11:
// lib/ethdev/rte_ethdev.c, lib/mempool/rte_mempool.c, lib/eal/common/eal_common_options.c). A port
// that is absent has no device to be asked.
#define ALLOW_EXPERIMENTAL_API // rte_eth_dev_conf_get, in DPDK since 21.11
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>

#include "base/text.h"
#include "base/utf8.h"
#include "control/telemetry_commands.h"
#include "control/telemetry_data.h"
#include "host/dpdk_release.h"
#include "host/eal.h"

static json_t *eal_params(const struct appliance *a, const char *parameter)
{
  unsigned n;
  char *const *argument = eal_parameters(&n);
  json_t *list = json_array();
  for (unsigned i = 0; i < n; i++)
    json_array_append_new(list, utf8_string(argument[i]));
  return list;
}

static json_t *eal_app_params(const struct appliance *a, const char *parameter)
{
  return json_array(); // EAL gives none to platter
}

static json_t *ethdev_list(const struct appliance *a, const char *parameter)
{
  json_t *list = json_array();
  for (unsigned i = 0; i < a->config->n_ports; i++)
    if (a->port[i].probed)
      json_array_append_new(list, json_integer(a->port[i].id));
  return list;
}

// The port of DPDK's number, which options may follow behind a comma; NULL: none.
static const struct port *find(const struct appliance *a, const char *parameter)
{
  unsigned id;
  if (!text_number(parameter, strcspn(parameter, ","), 0, RTE_MAX_ETHPORTS - 1, &id))
    return NULL;
  for (unsigned i = 0; i < a->config->n_ports; i++)
    if (a->port[i].probed && a->port[i].id == id)
      return &a->port[i];
  return NULL;
}

static json_t *no_such_port(void)
{
  return data_error("no port of this number; /ethdev/list lists them");
}

static json_t *ethdev_info(const struct appliance *a, const char *parameter)
{
  const struct port *port = find(a, parameter);
  if (port == NULL)
    return no_such_port();
  char name[RTE_ETH_NAME_MAX_LEN] = "";
  struct rte_ether_addr mac = {0};
  struct rte_eth_conf conf = {0};
  if (rte_eth_dev_conf_get(port->id, &conf) != 0)
    return no_such_port();
  json_t *d = json_object();
  rte_eth_dev_get_name_by_port(port->id, name);
  rte_eth_macaddr_get(port->id, &mac);
  data_text(d, "name", "%s", name);
  data_number(d, "state", 1); // attached
  data_number(d, "nb_rx_queues", port->rx_queues);
  data_number(d, "nb_tx_queues", port->tx_queues);
  data_number(d, "port_id", port->id);
  data_number(d, "mtu", port->mtu);
  data_text(d, "mac_addr", RTE_ETHER_ADDR_PRT_FMT, RTE_ETHER_ADDR_BYTES(&mac));
  data_number(d, "promiscuous", rte_eth_promiscuous_get(port->id));
  data_number(d, "scattered_rx", (conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0);
  data_number(d, "all_multicast", rte_eth_allmulticast_get(port->id));
  data_number(d, "dev_started", port->started);
  data_number(d, "lro", (conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_TCP_LRO) != 0);
  data_number(d, "dev_configured", 1);
  data_number(d, "numa_node", rte_eth_dev_socket_id(port->id));
  data_number(d, "dev_flags", port->info.dev_flags != NULL ? *port->info.dev_flags : 0);
  data_number(d, "rx_offloads", conf.rxmode.offloads);
  data_number(d, "tx_offloads", conf.txmode.offloads);
  data_number(d, "ethdev_rss_hf", conf.rx_adv_conf.rss_conf.rss_hf);
  return d;
}

static void add_queues(json_t *d, const struct rte_eth_stats *stats)
{
  struct dpdk_queue_figures figures[DPDK_QUEUE_FIGURES_MAX];
  unsigned n = dpdk_queue_figures(stats, figures);
  for (unsigned f = 0; f < n; f++) {
    json_t *list = json_array();
    for (unsigned q = 0; q < figures[f].n; q++)
      json_array_append_new(list, json_integer(figures[f].value[q]));
    json_object_set_new(d, figures[f].name, list);
  }
}

static json_t *ethdev_stats(const struct appliance *a, const char *parameter)
{
  const struct port *port = find(a, parameter);
  struct rte_eth_stats stats;
  if (port == NULL)
    return no_such_port();
  if (rte_eth_stats_get(port->id, &stats) != 0)
    return data_error("the driver has no statistics");
  json_t *d = json_object();
  data_number(d, "ipackets", stats.ipackets);
  data_number(d, "opackets", stats.opackets);
  data_number(d, "ibytes", stats.ibytes);
  data_number(d, "obytes", stats.obytes);
  data_number(d, "imissed", stats.imissed);
  data_number(d, "ierrors", stats.ierrors);
  data_number(d, "oerrors", stats.oerrors);
  data_number(d, "rx_nombuf", stats.rx_nombuf);
  add_queues(d, &stats);
  return d;
}

static json_t *list_xstats(uint16_t id, const struct rte_eth_xstat_name *name,
                           struct rte_eth_xstat *value, int n, bool hide_zero)
{
  if (rte_eth_xstats_get(id, value, n) != n)
    return data_error("the driver's statistics cannot be read");
  json_t *d = json_object();
  for (int i = 0; i < n; i++)
    if (value[i].id < (unsigned)n && (value[i].value != 0 || !hide_zero))
      data_number(d, name[value[i].id].name, value[i].value);
  return d;
}

static json_t *ethdev_xstats(const struct appliance *a, const char *parameter)
{
  const struct port *port = find(a, parameter);
  if (port == NULL)
    return no_such_port();
  int n = rte_eth_xstats_get_names(port->id, NULL, 0);
  if (n <= 0)
    return data_error("the driver has no extended statistics");
  struct rte_eth_xstat_name *name = calloc(n, sizeof(*name));
  struct rte_eth_xstat *value = calloc(n, sizeof(*value));
  json_t *d = NULL;
  if (name != NULL && value != NULL && rte_eth_xstats_get_names(port->id, name, n) == n)
    d = list_xstats(port->id, name, value, n, strstr(parameter, ",hide_zero=true") != NULL);
  free(name);
  free(value);
  return d != NULL ? d : data_error("the driver's statistics cannot be read");
}

// As of the last time that control looked: some drivers wait for a NIC that negotiates.
static json_t *ethdev_link_status(const struct appliance *a, const char *parameter)
{
  const struct port *port = find(a, parameter);
  if (port == NULL)
    return no_such_port();
  json_t *d = json_object();
  bool up = port->link.link_status == RTE_ETH_LINK_UP;
  data_text(d, "status", "%s", up ? "UP" : "DOWN");
  if (!up)
    return d;
  data_number(d, "speed", port->link.link_speed);
  data_text(d, "duplex", "%s",
            port->link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX ? "full-duplex" : "half-duplex");
  return d;
}

static void add_pool(struct rte_mempool *pool, void *list)
{
  json_array_append_new(list, json_string(pool->name));
}

static json_t *mempool_list(const struct appliance *a, const char *parameter)
{
  json_t *list = json_array();
  rte_mempool_walk(add_pool, list);
  return list;
}

static json_t *mempool_info(const struct appliance *a, const char *parameter)
{
  const struct rte_mempool *pool = rte_mempool_lookup(parameter);
  if (pool == NULL)
    return data_error("no mempool of this name; /mempool/list lists them");
  json_t *d = json_object();
  data_text(d, "name", "%s", pool->name);
  data_number(d, "pool_id", pool->pool_id);
  data_number(d, "flags", pool->flags);
  data_number(d, "socket_id", pool->socket_id);
  data_number(d, "size", pool->size);
  data_number(d, "cache_size", pool->cache_size);
  data_number(d, "elt_size", pool->elt_size);
  data_number(d, "header_size", pool->header_size);
  data_number(d, "trailer_size", pool->trailer_size);
  data_number(d, "private_data_size", pool->private_data_size);
  data_number(d, "ops_index", pool->ops_index);
  data_number(d, "populated_size", pool->populated_size);
  if (pool->mz == NULL)
    return d;
  data_text(d, "mz_name", "%s", pool->mz->name);
  data_number(d, "mz_len", pool->mz->len);
  data_number(d, "mz_hugepage_sz", pool->mz->hugepage_sz);
  data_number(d, "mz_socket_id", pool->mz->socket_id);
  data_number(d, "mz_flags", pool->mz->flags);
  return d;
}

static const struct telemetry_command commands[] = {
    {"/eal/app_params", "What EAL left to the program. No parameter", TELEMETRY_NONE,
     eal_app_params},
    {"/eal/params", "EAL's arguments. No parameter", TELEMETRY_NONE, eal_params},
    {"/ethdev/info", "A device. Parameter: its number", TELEMETRY_NEEDED, ethdev_info},
    {"/ethdev/link_status", "A device's link. Parameter: its number", TELEMETRY_NEEDED,
     ethdev_link_status},
    {"/ethdev/list", "The devices' numbers. No parameter", TELEMETRY_NONE, ethdev_list},
    {"/ethdev/stats", "A device's statistics. Parameter: its number", TELEMETRY_NEEDED,
     ethdev_stats},
    {"/ethdev/xstats", "A device's extended statistics. Parameters: its number, and hide_zero=true",
     TELEMETRY_NEEDED, ethdev_xstats},
    {"/mempool/info", "A mempool. Parameter: its name", TELEMETRY_NEEDED, mempool_info},
    {"/mempool/list", "The mempools' names. No parameter", TELEMETRY_NONE, mempool_list},
};

const struct telemetry_commands telemetry_dpdk = {commands, RTE_DIM(commands)};
