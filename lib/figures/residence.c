// SPDX-License-Identifier: BSD-3-Clause
#include "figures/residence.h"

#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf_dyn.h>

#include "datapath/burst.h"
#include "datapath/failure.h"
#include "datapath/histogram.h"

enum {
  EVERY_MAX = 64, // bursts
  // Packets marked at a time: as many as a transmit burst has at most, so that one begins among
  // them and they are seen, be receive bursts ever so small.
  MARKED = BURST_MAX,
  SAMPLES_PER_SECOND = 100000,
};

// One queue's callback. worker: everything, but where it says otherwise.
struct watch {
  struct residence *residence;
  const struct rte_eth_rxtx_callback *callback; // control
  uint16_t device, queue;                       // control
  bool receives;                                // control
  // receive
  uint32_t every; // bursts from one that is marked to the next; 1 to EVERY_MAX
  uint32_t left;
  uint32_t owed;   // packets still to be marked this time
  uint64_t marked; // when the last one was
  // transmit
  uint64_t since; // control: reads; what `times` holds came in after this
  struct histogram times;
} __rte_cache_aligned;

struct residence {
  int field; // offset in an mbuf
  uint64_t flag;
  uint64_t often; // cycles that may lie between two marked bursts
  uint64_t since; // control: writes, worker: reads; packets marked before do not count
  unsigned n;
  struct watch watch[];
};

static inline uint64_t *mark(const struct residence *r, struct rte_mbuf *m)
{
  return RTE_MBUF_DYNFIELD(m, r->field, uint64_t *);
}

// Bursts may come every 0.3 us or every 300: how many lie between two marked ones follows them.
static void pace(struct watch *w, uint64_t now)
{
  uint64_t passed = now - w->marked;
  if (passed < w->residence->often && w->every < EVERY_MAX)
    w->every *= 2;
  else if (passed > 2 * w->residence->often && w->every > 1)
    w->every /= 2;
  w->left = w->every;
  w->owed = MARKED;
  w->marked = now;
}

static uint16_t received(uint16_t device, uint16_t queue, struct rte_mbuf **packets, uint16_t n,
                         uint16_t most, void *arg)
{
  struct watch *w = arg;
  if (n == 0 || (w->owed == 0 && --w->left > 0))
    return n;
  const struct residence *r = w->residence;
  uint64_t now = rte_rdtsc();
  if (w->owed == 0)
    pace(w, now);
  w->owed -= RTE_MIN(w->owed, n);
  for (unsigned i = 0; i < n; i++) {
    *mark(r, packets[i]) = now;
    packets[i]->ol_flags |= r->flag;
  }
  return n;
}

// Or they would be found marked where a driver hands the same mbufs to another port.
static void unmark(const struct residence *r, struct rte_mbuf **packets, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    if (rte_mbuf_refcnt_read(packets[i]) == 1)
      packets[i]->ol_flags &= ~r->flag;
}

static uint16_t transmitted(uint16_t device, uint16_t queue, struct rte_mbuf **packets, uint16_t n,
                            void *arg)
{
  struct watch *w = arg;
  const struct residence *r = w->residence;
  if (n == 0 || !(packets[0]->ol_flags & r->flag))
    return n;
  uint64_t now = rte_rdtsc(), then = *mark(r, packets[0]);
  uint64_t since = __atomic_load_n(&r->since, __ATOMIC_RELAXED);
  if (since != w->since) {
    memset(&w->times, 0, sizeof(w->times));
    __atomic_store_n(&w->since, since, __ATOMIC_RELEASE);
  }
  if (then >= since)
    histogram_add(&w->times, now > then ? now - then : 0); // cores' clocks may differ a little
  unmark(r, packets, n);
  return n;
}

static int register_mark(struct residence *r)
{
  static const struct rte_mbuf_dynfield field = {
      .name = "platter_residence_mark",
      .size = sizeof(uint64_t),
      .align = __alignof__(uint64_t),
  };
  static const struct rte_mbuf_dynflag flag = {.name = "platter_residence_marked"};
  int bit = rte_mbuf_dynflag_register(&flag);
  r->field = rte_mbuf_dynfield_register(&field);
  if (bit < 0 || r->field < 0)
    return failure_code();
  r->flag = UINT64_C(1) << bit;
  return 0;
}

static int attach(struct residence *r, uint16_t device, uint16_t queue, bool receives)
{
  struct watch *w = &r->watch[r->n];
  *w = (struct watch){.residence = r,
                      .device = device,
                      .queue = queue,
                      .receives = receives,
                      .every = 1,
                      .left = 1,
                      .since = r->since};
  w->callback = receives ? rte_eth_add_rx_callback(device, queue, received, w)
                         : rte_eth_add_tx_callback(device, queue, transmitted, w);
  if (w->callback == NULL)
    return failure_code();
  r->n++;
  return 0;
}

static int attach_device(struct residence *r, uint16_t device)
{
  struct rte_eth_dev_info info;
  int status = rte_eth_dev_info_get(device, &info);
  for (unsigned q = 0; status == 0 && q < info.nb_rx_queues; q++)
    status = attach(r, device, q, true);
  for (unsigned q = 0; status == 0 && q < info.nb_tx_queues; q++)
    status = attach(r, device, q, false);
  return status;
}

int residence_start(struct residence **residence, const uint16_t *devices, unsigned n)
{
  size_t queues = 0;
  for (unsigned i = 0; i < n; i++) {
    struct rte_eth_dev_info info;
    int status = rte_eth_dev_info_get(devices[i], &info);
    if (status != 0)
      return status;
    queues += info.nb_rx_queues + info.nb_tx_queues;
  }
  struct residence *r =
      rte_zmalloc(NULL, sizeof(*r) + queues * sizeof(struct watch), RTE_CACHE_LINE_SIZE);
  if (r == NULL)
    return -ENOMEM;
  r->often = rte_get_tsc_hz() / SAMPLES_PER_SECOND;
  r->since = rte_rdtsc();
  int status = register_mark(r);
  for (unsigned i = 0; i < n && status == 0; i++)
    status = attach_device(r, devices[i]);
  if (status != 0) {
    residence_detach(r);
    residence_free(r);
    return status;
  }
  *residence = r;
  return 0;
}

void residence_reset(struct residence *r)
{
  if (r != NULL)
    __atomic_store_n(&r->since, rte_rdtsc(), __ATOMIC_RELAXED);
}

// What queues have counted since the last reset: one that has sent no marked packet since then
// still holds what was before.
static void gather(const struct residence *r, struct histogram *all)
{
  for (unsigned i = 0; i < r->n; i++) {
    const struct watch *w = &r->watch[i];
    if (w->receives || __atomic_load_n(&w->since, __ATOMIC_ACQUIRE) != r->since)
      continue;
    struct histogram one;
    histogram_copy(&one, &w->times);
    for (unsigned b = 0; b < HISTOGRAM_BUCKETS; b++)
      all->count[b] += one.count[b];
    all->most = RTE_MAX(all->most, one.most);
  }
}

struct residence_times residence_read(const struct residence *r)
{
  if (r == NULL)
    return (struct residence_times){0};
  struct histogram all = {0};
  gather(r, &all);
  double cycle = 1e9 / rte_get_tsc_hz();
  return (struct residence_times){
      .packets = histogram_total(&all),
      .p50 = histogram_quantile(&all, 0.5) * cycle,
      .p99 = histogram_quantile(&all, 0.99) * cycle,
      .p999 = histogram_quantile(&all, 0.999) * cycle,
      .most = all.most * cycle,
  };
}

void residence_detach(struct residence *r)
{
  for (unsigned i = 0; r != NULL && i < r->n; i++) {
    struct watch *w = &r->watch[i];
    if (w->callback == NULL)
      continue;
    if (w->receives)
      rte_eth_remove_rx_callback(w->device, w->queue, w->callback);
    else
      rte_eth_remove_tx_callback(w->device, w->queue, w->callback);
    rte_free((void *)(uintptr_t)w->callback);
    w->callback = NULL;
  }
}

void residence_free(struct residence *r)
{
  rte_free(r);
}
