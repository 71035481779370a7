// SPDX-License-Identifier: BSD-3-Clause
// Starts and stops ports many times in one process, with platter's own code, and sees that nothing
// is lost on the way: every start succeeds, and in the end all mbufs are back in their pools, and
// neither files nor memory have grown since the first cycles.
//
//   port_cycle [--cycles N] [--reopen] DEVICE…
//
// A DEVICE is what `ports.NAME.device` takes. With --reopen the device is closed, taken from DPDK
// and probed again in every cycle. Prints JSON; exit status 0 where all was right, 1 where not.
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>
#include <rte_malloc.h>
#include <rte_mempool.h>

#include "base/clock.h"
#include "host/cpu.h"
#include "host/eal.h"
#include "ports/port.h"

enum {
  CYCLES = 1000,
  WARM_CYCLES = 20,     // in which caches fill and drivers load what they need
  EAL_BYTES = 64 << 20, // for pools and queues of a few ports
  GROWTH_MAX = 1 << 20, // bytes of the process: what the C library may keep for itself
};

struct usage {
  unsigned files;
  size_t heap; // bytes that DPDK has given away
  size_t resident;
};

struct bench {
  unsigned cycles, done;
  bool reopen;
  unsigned n_ports;
  struct config_port config[CONFIG_PORTS_MAX];
  struct port port[CONFIG_PORTS_MAX];
  struct memory memory;
  struct usage warm, end;
  double seconds;
  char error[1024];
};

static unsigned open_files(void)
{
  unsigned n = 0;
  DIR *dir = opendir("/proc/self/fd");
  while (dir != NULL && readdir(dir) != NULL)
    n++;
  if (dir != NULL)
    closedir(dir);
  return n;
}

static size_t resident(void)
{
  unsigned long pages = 0;
  FILE *in = fopen("/proc/self/statm", "r");
  if (in != NULL && fscanf(in, "%*u %lu", &pages) != 1)
    pages = 0;
  if (in != NULL)
    fclose(in);
  return pages * sysconf(_SC_PAGESIZE);
}

static struct usage look(void)
{
  struct usage usage = {.files = open_files(), .resident = resident()};
  for (unsigned node = 0; node < rte_socket_count(); node++) {
    struct rte_malloc_socket_stats stats;
    if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(node), &stats) == 0)
      usage.heap += stats.heap_allocsz_bytes;
  }
  return usage;
}

static int configure(struct bench *b, unsigned i, struct notes *warnings)
{
  return port_configure(&b->port[i], 1, 1, true, warnings, b->error, sizeof(b->error));
}

// Pools for the queues that the ports turn out to have.
static int make_memory(struct bench *b)
{
  struct memory_need need = {.workers = 1, .segment = PORT_SEGMENT};
  struct notes warnings = {0};
  int status = 0;
  for (unsigned i = 0; i < b->n_ports && status == 0; i++) {
    struct port *port = &b->port[i];
    status = configure(b, i, &warnings);
    need.receive_descriptors[port->node] += port->receive_descriptors;
    need.transmit_descriptors += port->transmit_descriptors;
    need.transmit_queues += port->tx_queues;
    need.segment = RTE_MAX(need.segment, port_segment(port));
    need.frame = RTE_MAX(need.frame, (unsigned)port->mtu + MEMORY_FRAME_EXTRA);
  }
  notes_free(&warnings);
  if (status == 0)
    status = memory_start(&b->memory, &need, b->error, sizeof(b->error));
  return status;
}

static int cycle(struct bench *b)
{
  struct notes warnings = {0};
  int status = 0;
  for (unsigned i = 0; i < b->n_ports && status == 0; i++) {
    struct port *port = &b->port[i];
    if (b->reopen && b->done > 0)
      status = port_probe(port, b->error, sizeof(b->error));
    if (status == 0)
      status = configure(b, i, &warnings);
    if (status == 0)
      status = port_start(port, &b->memory, &warnings, b->error, sizeof(b->error));
    if (status == 0)
      port_update(port);
  }
  for (unsigned i = 0; i < b->n_ports && status == 0; i++)
    if (b->reopen)
      port_remove(&b->port[i]);
    else
      port_stop(&b->port[i]);
  notes_free(&warnings);
  return status;
}

static int run(struct bench *b)
{
  int status = 0;
  for (unsigned i = 0; i < b->n_ports && status == 0; i++)
    status = port_probe(&b->port[i], b->error, sizeof(b->error));
  if (status == 0)
    status = make_memory(b);
  double start = clock_now();
  while (status == 0 && b->done < b->cycles) {
    if (b->done == RTE_MIN((unsigned)WARM_CYCLES, b->cycles / 2))
      b->warm = look();
    status = cycle(b);
    b->done += status == 0;
  }
  b->seconds = clock_now() - start;
  b->end = look();
  for (unsigned i = 0; i < b->n_ports; i++)
    port_close(&b->port[i]);
  return status;
}

static json_t *describe_ports(const struct bench *b)
{
  json_t *list = json_array();
  for (unsigned i = 0; i < b->n_ports; i++)
    json_array_append_new(list,
                          json_pack("{s:s, s:s, s:i}", "device", b->port[i].device, "driver",
                                    b->port[i].info.driver_name, "kept", (int)b->port[i].kept));
  return list;
}

static bool pools_full(const struct bench *b, json_t *list)
{
  bool full = true;
  for (unsigned i = 0; i < b->memory.n_pools; i++) {
    const struct rte_mempool *pool = b->memory.pool[i].frames;
    unsigned available = rte_mempool_avail_count(pool), kept = 0;
    for (unsigned p = 0; p < b->n_ports; p++)
      if (b->port[p].node == b->memory.pool[i].node)
        kept += b->port[p].kept;
    full = full && available + kept == pool->populated_size;
    json_array_append_new(list, json_pack("{s:s, s:i, s:i}", "name", pool->name, "size",
                                          (int)pool->populated_size, "available", (int)available));
  }
  return full;
}

static json_t *growth(const struct usage *usage)
{
  return json_pack("{s:i, s:I, s:I}", "files", (int)usage->files, "heap_bytes",
                   (json_int_t)usage->heap, "resident_bytes", (json_int_t)usage->resident);
}

// Prints what was found. Returns whether all is right.
static bool report(const struct bench *b, bool ran)
{
  json_t *pools = json_array();
  bool full = pools_full(b, pools);
  bool same = b->end.files <= b->warm.files && b->end.heap <= b->warm.heap &&
              b->end.resident <= b->warm.resident + GROWTH_MAX;
  bool right = ran && b->done == b->cycles && full && same;
  json_t *all =
      json_pack("{s:b, s:s, s:b, s:i, s:i, s:f, s:o, s:o, s:b, s:o, s:o, s:b}", "ok", right,
                "error", b->error, "reopen", b->reopen, "cycles", (int)b->cycles, "done",
                (int)b->done, "seconds", b->seconds, "ports", describe_ports(b), "pools", pools,
                "pools_full", full, "after_first_cycles", growth(&b->warm), "after_last_cycle",
                growth(&b->end), "nothing_grew", same);
  json_dumpf(all, stdout, JSON_INDENT(2));
  putchar('\n');
  json_decref(all);
  return right;
}

static int start_eal(struct bench *b)
{
  static char prefix[32];
  static const char *pci[CONFIG_PORTS_MAX];
  unsigned cpus[CPU_SET_MAX];
  struct notes warnings = {0};
  snprintf(prefix, sizeof(prefix), "port_cycle_%d", getpid());
  cpu_usable(cpus, CPU_SET_MAX);
  struct eal_request request = {.prefix = prefix,
                                .n_cpus = 1,
                                .cpus = cpus,
                                .hugepages = CONFIG_HUGEPAGES_AUTO,
                                .huge_bytes = {EAL_BYTES},
                                .ordinary_bytes = EAL_BYTES,
                                .pci = pci};
  int status = 0;
  for (unsigned i = 0; i < b->n_ports && status == 0; i++) {
    struct port *port = &b->port[i];
    if (device_facts(port->device, &port->facts) && port->facts.pci)
      pci[request.n_pci++] = port->device;
    status = port_check(port, EAL_BYTES, b->error, sizeof(b->error));
  }
  if (status == 0)
    status = eal_start(&request, &warnings, b->error, sizeof(b->error));
  notes_free(&warnings);
  return status;
}

static bool parse(struct bench *b, int argc, char **argv)
{
  static const struct option options[] = {
      {"cycles", required_argument, NULL, 'c'}, {"reopen", no_argument, NULL, 'r'}, {0}};
  int option;
  b->cycles = CYCLES;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
    if (option == 'c')
      b->cycles = strtoul(optarg, NULL, 10);
    else if (option == 'r')
      b->reopen = true;
    else
      return false;
  b->n_ports = argc - optind;
  if (b->cycles == 0 || b->n_ports == 0 || b->n_ports > CONFIG_PORTS_MAX)
    return false;
  for (unsigned i = 0; i < b->n_ports; i++) {
    snprintf(b->config[i].name, sizeof(b->config[i].name), "port%u", i);
    b->config[i].device = argv[optind + i];
    b->config[i].rx_queues = 1;
    b->config[i].promiscuous = true;
    b->port[i].config = &b->config[i];
    b->port[i].device = argv[optind + i];
  }
  return true;
}

int main(int argc, char **argv)
{
  static struct bench bench;
  if (!parse(&bench, argc, argv)) {
    fprintf(stderr, "Usage: port_cycle [--cycles N] [--reopen] DEVICE…\n");
    return 2;
  }
  if (start_eal(&bench) != 0) {
    fprintf(stderr, "%s\n", bench.error);
    return 1;
  }
  bool ran = run(&bench) == 0;
  bool right = report(&bench, ran);
  memory_stop(&bench.memory);
  eal_stop();
  return right ? 0 : 1;
}
