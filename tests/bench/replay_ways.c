// SPDX-License-Identifier: BSD-3-Clause
// Ways to hand out the frames of a capture without copying them, and copying for comparison: each
// feeds bursts of 64 to a net_null port, which frees them. Prints Mpps for each way, frame size and
// number of frames: the median of seven rounds in which the ways take turns, and the spread.
//
//   sudo build/tests/bench/replay_ways [EAL ARGUMENTS]
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_memcpy.h>

enum { BURST = 64, ROUNDS = 7, HEADER = 128 };

static const double ROUND_SECONDS = 0.05;

struct trace {
  unsigned frames, size;
  struct rte_mbuf **direct;  // mbufs with the bytes in them
  struct rte_mbuf **outside; // mbufs over the bytes in one area
  struct rte_mbuf **own;     // of a pool that is the trace
  char *area;
  rte_iova_t area_iova;
  struct rte_mempool *empty, *room; // mbufs to attach; to copy into
  struct rte_mbuf_ext_shared_info *shared;
  unsigned next;
};

// A pool that is the trace: what comes back is marked, never handed out by the pool itself.
enum { BACK, OUT };

static uint32_t *mark(struct rte_mbuf *m)
{
  return &m->dynfield1[0];
}

static int own_alloc(struct rte_mempool *pool)
{
  return 0;
}

static void own_free(struct rte_mempool *pool) {}

static int own_enqueue(struct rte_mempool *pool, void *const *objects, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    *mark(objects[i]) = BACK;
  return 0;
}

static int own_dequeue(struct rte_mempool *pool, void **objects, unsigned n)
{
  return -ENOBUFS;
}

static unsigned own_count(const struct rte_mempool *pool)
{
  return pool->populated_size;
}

static const struct rte_mempool_ops own_ops = {
    .name = "trace",
    .alloc = own_alloc,
    .free = own_free,
    .enqueue = own_enqueue,
    .dequeue = own_dequeue,
    .get_count = own_count,
};
RTE_MEMPOOL_REGISTER_OPS(own_ops);

static unsigned way_direct(struct trace *t, struct rte_mbuf **out)
{
  unsigned n = 0, at = t->next;
  for (; n < BURST; n++) {
    struct rte_mbuf *m = t->direct[at];
    if (rte_mbuf_refcnt_read(m) != 1)
      break;
    rte_mbuf_refcnt_set(m, 2);
    out[n] = m;
    at = at + 1 < t->frames ? at + 1 : 0;
  }
  t->next = at;
  return n;
}

static unsigned way_outside(struct trace *t, struct rte_mbuf **out)
{
  unsigned n = 0, at = t->next;
  for (; n < BURST; n++) {
    struct rte_mbuf *m = t->outside[at];
    if (rte_mbuf_refcnt_read(m) != 1)
      break;
    rte_mbuf_refcnt_set(m, 2);
    out[n] = m;
    at = at + 1 < t->frames ? at + 1 : 0;
  }
  t->next = at;
  return n;
}

static unsigned way_own(struct trace *t, struct rte_mbuf **out)
{
  unsigned n = 0, at = t->next;
  for (; n < BURST; n++) {
    struct rte_mbuf *m = t->own[at];
    if (*mark(m) != BACK)
      break;
    *mark(m) = OUT;
    out[n] = m;
    at = at + 1 < t->frames ? at + 1 : 0;
  }
  t->next = at;
  return n;
}

static unsigned way_attach(struct trace *t, struct rte_mbuf **out)
{
  if (rte_pktmbuf_alloc_bulk(t->empty, out, BURST) != 0)
    return 0;
  rte_mbuf_ext_refcnt_update(t->shared, BURST);
  unsigned at = t->next;
  for (unsigned i = 0; i < BURST; i++) {
    size_t offset = (size_t)at * t->size;
    rte_pktmbuf_attach_extbuf(out[i], t->area + offset, t->area_iova + offset, t->size, t->shared);
    out[i]->data_len = out[i]->pkt_len = t->size;
    at = at + 1 < t->frames ? at + 1 : 0;
  }
  t->next = at;
  return BURST;
}

static unsigned way_copy(struct trace *t, struct rte_mbuf **out)
{
  if (rte_pktmbuf_alloc_bulk(t->room, out, BURST) != 0)
    return 0;
  unsigned at = t->next;
  for (unsigned i = 0; i < BURST; i++) {
    rte_memcpy(rte_pktmbuf_mtod(out[i], void *), t->area + (size_t)at * t->size, t->size);
    out[i]->data_len = out[i]->pkt_len = t->size;
    at = at + 1 < t->frames ? at + 1 : 0;
  }
  t->next = at;
  return BURST;
}

static const struct {
  const char *name;
  unsigned (*take)(struct trace *trace, struct rte_mbuf **out);
} ways[] = {{"preloaded mbufs, refcount", way_direct},
            {"preloaded, bytes outside", way_outside},
            {"a pool that is the trace", way_own},
            {"attach for each packet", way_attach},
            {"copy for each packet", way_copy}};

enum { WAYS = sizeof(ways) / sizeof(*ways) };

static void never_freed(void *address, void *argument) {}

static void *checked(void *result, const char *what)
{
  if (result == NULL)
    rte_exit(EXIT_FAILURE, "no memory for %s\n", what);
  return result;
}

static struct rte_mempool *make_own_pool(const struct trace *t, unsigned room)
{
  struct rte_mempool *pool =
      checked(rte_mempool_create_empty("own", t->frames, HEADER + room, 0,
                                       sizeof(struct rte_pktmbuf_pool_private), 0, 0),
              "a pool");
  struct rte_pktmbuf_pool_private private = {.mbuf_data_room_size = room};
  rte_mempool_set_ops_byname(pool, "trace", NULL);
  rte_pktmbuf_pool_init(pool, &private);
  if (rte_mempool_populate_default(pool) < 0)
    rte_exit(EXIT_FAILURE, "no memory for the trace\n");
  rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
  return pool;
}

static void collect(struct rte_mempool *pool, void *arg, void *object, unsigned number)
{
  struct trace *t = arg;
  t->own[number] = object;
  t->own[number]->data_len = t->own[number]->pkt_len = t->size;
  *mark(object) = BACK;
}

static struct trace make_trace(unsigned frames, unsigned size)
{
  struct trace t = {.frames = frames, .size = size};
  unsigned room = size + RTE_PKTMBUF_HEADROOM;
  t.direct = checked(calloc(frames, sizeof(*t.direct)), "frames");
  t.outside = checked(calloc(frames, sizeof(*t.outside)), "frames");
  t.own = checked(calloc(frames, sizeof(*t.own)), "frames");
  t.area = checked(rte_zmalloc(NULL, (size_t)frames * size, 0), "bytes");
  t.area_iova = rte_mem_virt2iova(t.area);
  t.shared = checked(rte_zmalloc(NULL, sizeof(*t.shared), 0), "bytes");
  t.shared->free_cb = never_freed;
  rte_mbuf_ext_refcnt_set(t.shared, 1);
  t.empty = checked(rte_pktmbuf_pool_create("empty", 16383, 512, 0, 0, 0), "a pool");
  t.room =
      checked(rte_pktmbuf_pool_create("room", 16383, 512, 0, RTE_MAX(room, 2176u), 0), "a pool");
  struct rte_mempool *direct =
      checked(rte_pktmbuf_pool_create("direct", frames, 0, 0, room, 0), "a pool");
  struct rte_mempool *outside =
      checked(rte_pktmbuf_pool_create("outside", frames, 0, 0, 0, 0), "a pool");
  if (rte_pktmbuf_alloc_bulk(direct, t.direct, frames) != 0 ||
      rte_pktmbuf_alloc_bulk(outside, t.outside, frames) != 0)
    rte_exit(EXIT_FAILURE, "no mbufs for the trace\n");
  for (unsigned i = 0; i < frames; i++) {
    size_t offset = (size_t)i * size;
    t.direct[i]->data_len = t.direct[i]->pkt_len = size;
    rte_mbuf_ext_refcnt_update(t.shared, 1);
    rte_pktmbuf_attach_extbuf(t.outside[i], t.area + offset, t.area_iova + offset, size, t.shared);
    t.outside[i]->data_len = t.outside[i]->pkt_len = size;
  }
  rte_mempool_obj_iter(make_own_pool(&t, room), collect, &t);
  return t;
}

static void free_trace(struct trace *t)
{
  static const char *const pools[] = {"direct", "outside", "own", "empty", "room"};
  for (unsigned i = 0; i < RTE_DIM(pools); i++)
    rte_mempool_free(rte_mempool_lookup(pools[i]));
  free(t->direct);
  free(t->outside);
  free(t->own);
  rte_free(t->area);
  rte_free(t->shared);
}

static double mpps(struct trace *t, unsigned way, uint16_t port)
{
  struct rte_mbuf *burst[BURST];
  uint64_t sent = 0, start = rte_rdtsc(), end = start + ROUND_SECONDS * rte_get_tsc_hz(), now;
  do {
    for (unsigned i = 0; i < 256; i++)
      sent += rte_eth_tx_burst(port, 0, burst, ways[way].take(t, burst));
    now = rte_rdtsc();
  } while (now < end);
  return sent * (double)rte_get_tsc_hz() / (now - start) / 1e6;
}

static int ascending(const void *a, const void *b)
{
  return *(const double *)a < *(const double *)b ? -1 : *(const double *)a > *(const double *)b;
}

static void compare(unsigned frames, unsigned size, uint16_t port)
{
  double rate[WAYS][ROUNDS];
  struct trace t = make_trace(frames, size);
  for (unsigned round = 0; round < ROUNDS; round++)
    for (unsigned way = 0; way < WAYS; way++)
      rate[way][round] = mpps(&t, way, port);
  printf("%u frames of %u bytes\n", frames, size);
  for (unsigned way = 0; way < WAYS; way++) {
    qsort(rate[way], ROUNDS, sizeof(**rate), ascending);
    printf("  %-26s %6.1f Mpps (%.1f to %.1f)\n", ways[way].name, rate[way][ROUNDS / 2],
           rate[way][0], rate[way][ROUNDS - 1]);
  }
  free_trace(&t);
}

int main(int argc, char **argv)
{
  static const unsigned sizes[] = {64, 512, 1518}, counts[] = {512, 4096, 65536};
  struct rte_eth_conf conf = {0};
  uint16_t port;
  if (rte_eal_init(argc, argv) < 0 || rte_dev_probe("net_null0,no-rx=1") != 0 ||
      rte_eth_dev_get_port_by_name("net_null0", &port) != 0 ||
      rte_eth_dev_configure(port, 1, 1, &conf) != 0)
    return EXIT_FAILURE;
  struct rte_mempool *receive = rte_pktmbuf_pool_create("receive", 63, 0, 0, 2176, 0);
  if (receive == NULL || rte_eth_rx_queue_setup(port, 0, 64, 0, NULL, receive) != 0 ||
      rte_eth_tx_queue_setup(port, 0, 64, 0, NULL) != 0 || rte_eth_dev_start(port) != 0)
    return EXIT_FAILURE;
  for (unsigned c = 0; c < RTE_DIM(counts); c++)
    for (unsigned s = 0; s < RTE_DIM(sizes); s++)
      compare(counts[c], sizes[s], port);
  rte_eal_cleanup();
  return EXIT_SUCCESS;
}
