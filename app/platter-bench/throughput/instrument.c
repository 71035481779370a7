// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/instrument.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_eth_ring.h>
#include <rte_lcore.h>
#include <rte_ring.h>

#include "cli/wait.h"
#include "control/forwarding.h"
#include "host/eal.h"
#include "host/interface/changes.h"
#include "packet/pool.h"
#include "ports/device/check.h"
#include "ports/peers/memif.h"
#include "throughput/default_route.h"

enum {
  MBUFS = 16383, // that a frame is late enough in coming round again (memory.h)
  MBUFS_LONG = 4095,
  LONG = 2048,
  LOOP = 2048,  // frames that the port that is connected to itself holds
  CACHES = 3,   // sender, receiver, control
  ETHERNET = 18 // bytes of a frame's size that are not its MTU's
};
static const double LINK_SECONDS = 10, PATIENCE = 2;

static unsigned longest(const struct instrument_wish *wish)
{
  unsigned most = 64;
  for (unsigned k = 0; k < wish->n_kinds; k++)
    for (unsigned i = 0; i < wish->kind[k].n_mix; i++)
      most = RTE_MAX(most, wish->kind[k].mix[i]);
  return most;
}

// What others take is set by their arguments, and looked at later.
static bool has_mtu(const char *device)
{
  struct device_facts facts;
  return device_facts(device, &facts) && facts.pci;
}

// In single quotes, where YAML knows one escape.
static void put_device(FILE *out, const char *name, unsigned pair, const char *device, unsigned mtu)
{
  bool set = mtu > RTE_ETHER_MTU && has_mtu(device);
  fprintf(out, "  %s%u: { device: '", name, pair);
  for (; *device != '\0'; device++)
    fprintf(out, *device == '\'' ? "''" : "%c", *device);
  fputs("'", out);
  if (set)
    fprintf(out, ", mtu: %u", mtu);
  fputs(" }\n", out);
}

static int refuse(struct config_errors *errors, char *error, size_t size)
{
  fail(error, size, -EINVAL, "%s", errors->kept > 0 ? errors->error[0].text : "no memory");
  config_errors_free(errors);
  return -EINVAL;
}

// The devices are checked as those of a configuration are.
static int read_devices(struct instrument *in, const struct instrument_wish *wish, char *error,
                        size_t size)
{
  char yaml[16384] = "";
  struct config_errors errors = {0};
  size_t n_kinds;
  const struct config_kind *kinds = forward_kinds(&n_kinds);
  unsigned mtu = longest(wish) - ETHERNET;
  bool one = wish->n_pairs == 1 && strcmp(wish->pair[0].tx, wish->pair[0].rx) == 0;
  FILE *out = fmemopen(yaml, sizeof(yaml) - 1, "w");
  if (out == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  fputs("ports:\n", out);
  for (unsigned p = 0; p < wish->n_pairs; p++) {
    put_device(out, "tx", p, wish->pair[p].tx, mtu);
    if (!one)
      put_device(out, "rx", p, wish->pair[p].rx, mtu);
  }
  fprintf(out, "forward: [%s", one ? "reflect: [tx0]" : "");
  for (unsigned p = 0; p < wish->n_pairs && !one; p++)
    fprintf(out, "%swire: [tx%u, rx%u]", p > 0 ? ", " : "", p, p);
  fputs("]\n", out);
  fprintf(out, "telemetry: { prefix: platter-bench-%d }\n", (int)getpid());
  fclose(out);
  in->n_ports = one ? 1 : 2 * wish->n_pairs;
  in->config = config_parse("platter-bench", yaml, strlen(yaml), kinds, n_kinds, &errors);
  if (in->config != NULL)
    devices_check(in->config, &errors);
  return in->config == NULL || errors.count > 0 ? refuse(&errors, error, size) : 0;
}

static int check_isolation(const struct instrument *in, char *error, size_t size)
{
  for (unsigned i = 0; i < in->n_ports; i++) {
    const struct device_facts *facts = &in->port[i].facts;
    const char *const names[] = {facts->interface, facts->sender};
    for (unsigned n = 0; n < RTE_DIM(names); n++)
      if (names[n][0] != '\0' && default_route_by("", names[n]))
        return fail(error, size, -EPERM,
                    "'%s' carries the default route: measurements are for isolated networks "
                    "(RFC 6815); choose another interface, or one in a network namespace",
                    names[n]);
  }
  return 0;
}

static struct memory_need need_of(const struct instrument *in, unsigned frame)
{
  struct memory_need need = {
      .workers = CACHES,
      .transmit_queues = in->n_ports,
      .segment = PORT_SEGMENT,
      .frame = frame,
  };
  for (unsigned i = 0; i < in->n_ports; i++) {
    const struct driver *driver = in->port[i].facts.special;
    unsigned descriptors = driver->descriptors > 0 ? driver->descriptors : PORT_DESCRIPTORS;
    need.receive_descriptors[0] += descriptors;
    need.transmit_descriptors += descriptors;
    if (!driver->scatters)
      need.segment = RTE_MAX(need.segment, frame);
  }
  return need;
}

static unsigned mbufs_of(unsigned room)
{
  return room > LONG ? MBUFS_LONG : MBUFS;
}

static int start_eal(struct instrument *in, const struct instrument_wish *wish,
                     struct notes *warnings, char *error, size_t size)
{
  const char *pci[2 * INSTRUMENT_PAIRS_MAX];
  unsigned frame = longest(wish);
  struct memory_need need = need_of(in, frame);
  struct eal_request request = {
      .prefix = in->config->prefix,
      .n_cpus = wish->n_cpus,
      .cpus = wish->cpus,
      .hugepages = CONFIG_HUGEPAGES_AUTO,
      .pci = pci,
  };
  // Which of the two rooms it will be is known when the device is there.
  size_t bytes = pool_bytes(mbufs_of(frame), RTE_PKTMBUF_HEADROOM + frame, RTE_PGSIZE_2M) +
                 pool_bytes(INSTRUMENT_KINDS_MAX * FRAMES_LENGTHS_MAX * SENDER_PAYLOADS,
                            RTE_PKTMBUF_HEADROOM + frame, RTE_PGSIZE_2M);
  eal_ask(&request, &need, bytes + bytes / 8);
  for (unsigned i = 0; i < in->n_ports; i++) {
    if (!in->port[i].facts.pci)
      continue;
    int status = port_check(&in->port[i], eal_locked(&request), error, size);
    if (status != 0)
      return status;
    pci[request.n_pci++] = in->port[i].device;
  }
  int status = eal_start(&request, warnings, error, size);
  in->eal = status == 0;
  if (in->eal)
    changes_restore(warnings);
  return status;
}

static int start_ports(struct instrument *in, unsigned frame, struct notes *warnings, char *error,
                       size_t size)
{
  struct memory_need need = need_of(in, frame);
  int status = 0;
  memset(need.receive_descriptors, 0, sizeof(need.receive_descriptors));
  need.transmit_descriptors = 0;
  for (unsigned i = 0; i < in->n_ports && status == 0; i++)
    status = port_probe(&in->port[i], error, size);
  for (unsigned i = 0; i < in->n_ports && status == 0; i++) {
    struct port *port = &in->port[i];
    // Not every driver lets its MTU be set that takes the frames: whether it does is looked at
    // later.
    status = port_configure(port, 1, 1, false, warnings, error, size);
    need.receive_descriptors[port->node] += port->receive_descriptors;
    need.transmit_descriptors += port->transmit_descriptors;
    need.segment = RTE_MAX(need.segment, port_segment(port));
  }
  if (status == 0)
    status = memory_start(&in->memory, &need, error, size);
  for (unsigned i = 0; i < in->n_ports && status == 0; i++)
    status = port_start(&in->port[i], &in->memory, warnings, error, size);
  return status;
}

static int make_frames(struct instrument *in, const struct instrument_wish *wish, char *error,
                       size_t size)
{
  unsigned frame = longest(wish);
  int node = in->port[0].node, status = 0;
  // Several pairs are of one kind.
  struct datapath_device device = port_device(&in->port[0]);
  in->one_segment = device.one_segment;
  in->room = in->one_segment ? RTE_MAX(frame, (unsigned)SENDER_ROOM) : SENDER_ROOM;
  for (unsigned k = 0; k < wish->n_kinds && status == 0; k++) {
    status = frames_make(&in->frames[k], &wish->kind[k]);
    in->n_kinds++;
    if (status == 0 && device.longest > 0 && in->frames[k].longest > device.longest)
      return fail(error, size, -EMSGSIZE, "'%s' sends frames of up to %u bytes", in->port[0].device,
                  device.longest + FRAMES_CRC);
  }
  if (status != 0)
    return fail(error, size, status, "no memory for the frames");
  in->pool = sender_pool("bench_frames", &in->frames[0], mbufs_of(in->room), in->room, node);
  in->payload_pool = payloads_pool("bench_payloads", wish->n_kinds, frame, node);
  if (in->pool == NULL || in->payload_pool == NULL)
    return fail(error, size, -ENOMEM, "no memory for the frames; reserve more hugepages");
  for (unsigned k = 0; k < wish->n_kinds && status == 0; k++)
    status = payloads_make(&in->payloads[k], in->payload_pool, &in->frames[k], in->room);
  return status == 0 ? 0 : fail(error, size, status, "no memory for the payloads");
}

static int make_loop(struct instrument *in, char *error, size_t size)
{
  struct rte_eth_conf conf = {0};
  in->ring = rte_ring_create("bench_loop", LOOP, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
  in->loop =
      in->ring != NULL ? rte_eth_from_rings("bench_loop", &in->ring, 1, &in->ring, 1, 0) : -1;
  if (in->loop < 0 || rte_eth_dev_configure(in->loop, 1, 1, &conf) != 0 ||
      rte_eth_rx_queue_setup(in->loop, 0, LOOP, 0, NULL, in->pool) != 0 ||
      rte_eth_tx_queue_setup(in->loop, 0, LOOP, 0, NULL) != 0 || rte_eth_dev_start(in->loop) != 0)
    return fail(error, size, -ENOMEM, "no memory for a port to measure the instrument by");
  return 0;
}

static int wait_for_links(struct instrument *in, char *error, size_t size)
{
  double deadline = wait_now() + LINK_SECONDS;
  for (unsigned i = 0; i < in->n_ports; i++) {
    struct port *port = &in->port[i];
    for (port_update(port); !port_link_up(port); port_update(port)) {
      if (wait_until(wait_now() + 0.02))
        return fail(error, size, -EINTR, "interrupted");
      if (wait_now() > deadline)
        return fail(error, size, -ENETDOWN, "'%s' has no link", port->device);
    }
  }
  return 0;
}

static int make_tester(struct instrument *in, const struct instrument_wish *wish, char *error,
                       size_t size)
{
  struct tester *t = &in->tester;
  if (receiver_make(&t->receiver, &in->frames[0]) != 0)
    return fail(error, size, -ENOMEM, "no memory");
  t->together = wish->n_cpus < 2;
  t->lcore[1] = t->together ? 0 : 1;
  t->quiet = wish->quiet;
  t->short_share = wish->short_share;
  t->patience = RTE_MAX(PATIENCE, wish->quiet);
  t->sender.pool = in->pool;
  t->sender.room = in->room;
  tester_begin(t, (uint32_t)rte_rdtsc());
  return 0;
}

int instrument_start(struct instrument *in, const struct instrument_wish *wish,
                     struct notes *warnings, char *error, size_t size)
{
  in->loop = -1;
  int status = read_devices(in, wish, error, size);
  if (status != 0)
    return status;
  for (unsigned i = 0; i < in->n_ports; i++) {
    in->port[i].config = &in->config->ports[i];
    in->port[i].device = in->config->ports[i].device;
    device_facts(in->port[i].device, &in->port[i].facts);
  }
  status = check_isolation(in, error, size);
  if (status == 0)
    status = start_eal(in, wish, warnings, error, size);
  if (status == 0)
    status = start_ports(in, longest(wish), warnings, error, size);
  if (status == 0)
    status = make_frames(in, wish, error, size);
  if (status == 0)
    status = make_loop(in, error, size);
  if (status == 0)
    status = make_tester(in, wish, error, size);
  return status == 0 ? wait_for_links(in, error, size) : status;
}

int instrument_run(struct instrument *in, unsigned kind, bool bridged, double rate, double seconds,
                   struct trial *trial)
{
  struct tester *t = &in->tester;
  const struct port *tx = &in->port[2 * in->pair];
  const struct port *rx = in->n_ports == 1 ? tx : tx + 1;
  t->sender.frames = t->receiver.frames = &in->frames[kind];
  t->sender.payloads = &in->payloads[kind];
  t->sender.port = bridged ? in->loop : tx->id;
  t->receiver.port = bridged ? in->loop : rx->id;
  t->refusal_is_loss = !bridged && !tx->facts.pci;
  return tester_run(t, rate, seconds, trial);
}

static void close_ports(struct instrument *in)
{
  bool memif = false;
  for (unsigned i = 0; i < in->n_ports; i++) {
    port_stop(&in->port[i]);
    memif |= port_is_memif(&in->port[i]);
  }
  if (memif)
    memif_settle();
  for (unsigned i = 0; i < in->n_ports; i++)
    port_close(&in->port[i]);
}

void instrument_stop(struct instrument *in)
{
  if (in->eal && in->loop >= 0) {
    rte_eth_dev_stop(in->loop);
    rte_eth_dev_close(in->loop);
  }
  close_ports(in);
  for (unsigned k = 0; k < in->n_kinds; k++) {
    payloads_free(&in->payloads[k]);
    frames_free(&in->frames[k]);
  }
  receiver_free(&in->tester.receiver);
  if (in->eal) {
    rte_ring_free(in->ring);
    rte_mempool_free(in->pool);
    rte_mempool_free(in->payload_pool);
    memory_stop(&in->memory);
    eal_stop();
  }
  config_free(in->config);
}
