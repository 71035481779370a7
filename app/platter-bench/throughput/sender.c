// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/sender.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_memcpy.h>

enum { CACHE = 256, THOUSAND = 1000 };

static void put_payload(struct rte_mempool *pool, void *arg, void *object, unsigned index)
{
  const struct frames *f = arg;
  struct rte_mbuf *m = object;
  unsigned at = RTE_PKTMBUF_HEADROOM + f->headers + STAMP_SIZE;
  if (at < m->buf_len)
    memcpy((uint8_t *)m->buf_addr + at, f->payload,
           RTE_MIN(sizeof(f->payload), (size_t)m->buf_len - at));
}

struct rte_mempool *sender_pool(const char *name, const struct frames *f, unsigned n, unsigned room,
                                int node)
{
  struct rte_mempool *pool =
      rte_pktmbuf_pool_create(name, n, CACHE, 0, RTE_PKTMBUF_HEADROOM + room, node);
  if (pool != NULL)
    rte_mempool_obj_iter(pool, put_payload, (void *)(uintptr_t)f);
  return pool;
}

struct rte_mempool *payloads_pool(const char *name, unsigned n, unsigned longest, int node)
{
  return rte_pktmbuf_pool_create(name, n * FRAMES_LENGTHS_MAX * SENDER_PAYLOADS, 0, 0,
                                 RTE_PKTMBUF_HEADROOM + longest, node);
}

static int make_segments(struct payloads *p, struct rte_mempool *pool, const struct frames *f,
                         unsigned length)
{
  unsigned bytes = f->length[length].payload;
  for (unsigned i = 0; i < SENDER_PAYLOADS; i++) {
    struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
    char *at = m != NULL ? rte_pktmbuf_append(m, bytes) : NULL;
    p->segment[length][i] = m;
    if (at == NULL)
      return -ENOMEM;
    memcpy(at, f->payload, bytes);
  }
  return 0;
}

int payloads_make(struct payloads *p, struct rte_mempool *pool, const struct frames *f,
                  unsigned room)
{
  int status = 0;
  memset(p, 0, sizeof(*p));
  for (unsigned l = 0; l < f->n_lengths && status == 0; l++)
    if (f->length[l].memory > room)
      status = make_segments(p, pool, f, l);
  if (status != 0)
    payloads_free(p);
  return status;
}

void payloads_free(struct payloads *p)
{
  for (unsigned l = 0; l < FRAMES_LENGTHS_MAX; l++)
    for (unsigned i = 0; i < SENDER_PAYLOADS; i++) {
      rte_pktmbuf_free(p->segment[l][i]);
      p->segment[l][i] = NULL;
    }
}

void sender_begin(struct sender *s, uint32_t run, double rate)
{
  uint64_t hz = rte_get_tsc_hz();
  s->run = run;
  s->paced = rate > 0;
  s->whole = s->paced ? RTE_MAX((uint64_t)llround(rate * THOUSAND), UINT64_C(1)) : 1;
  s->period = s->paced ? hz * THOUSAND / s->whole : 0;
  s->part = s->paced ? hz * THOUSAND % s->whole : 0;
  s->tolerance = RTE_MAX((uint64_t)(SENDER_LATE * hz), s->period);
  s->due_part = s->sequence = s->sent = s->refused = s->short_of = s->stalls = s->latest = 0;
  s->turn = 0;
  s->last = 0;
  distribution_reset(&s->gaps);
}

void sender_start(struct sender *s, uint64_t now, double seconds)
{
  s->begin = s->due = now;
  s->end = now + (uint64_t)(seconds * rte_get_tsc_hz());
}

static unsigned take_due(struct sender *s, uint64_t now)
{
  unsigned n = 0;
  if (!s->paced)
    return SENDER_BURST;
  if (now > s->due && now - s->due > s->latest)
    s->latest = now - s->due;
  if (now >= s->due + s->tolerance) {
    s->stalls++;
    s->due = now;
  }
  while (n < SENDER_BURST && s->due <= now) {
    n++;
    s->due += s->period;
    s->due_part += s->part;
    if (s->due_part >= s->whole) {
      s->due_part -= s->whole;
      s->due++;
    }
  }
  return n;
}

// Puts the payload's segment behind the first.
static inline void refer(struct rte_mbuf *m, struct rte_mbuf *payload, unsigned first,
                         unsigned memory)
{
  m->next = payload;
  m->nb_segs = 2;
  m->data_len = first;
  m->pkt_len = memory;
}

static void build(struct sender *s, struct rte_mbuf **mbufs, unsigned n)
{
  const struct frames *f = s->frames;
  unsigned flow = s->sequence % f->wish.flows, at = s->sequence % f->n_pattern;
  unsigned first = f->headers + STAMP_SIZE, copy = RTE_ALIGN_CEIL(first, 32u);
  for (unsigned i = 0; i < n; i++) {
    struct rte_mbuf *m = mbufs[i];
    unsigned length = f->pattern[at];
    unsigned memory = f->length[length].memory;
    rte_memcpy(rte_pktmbuf_mtod(m, void *), frames_template(f, flow, length), copy);
    if (memory <= s->room) {
      m->data_len = m->pkt_len = memory;
    } else {
      struct rte_mbuf *payload = s->payloads->segment[length][s->turn];
      rte_mbuf_refcnt_update(payload, 1);
      refer(m, payload, first, memory);
    }
    flow = flow + 1 == f->wish.flows ? 0 : flow + 1;
    at = at + 1 == f->n_pattern ? 0 : at + 1;
  }
  s->turn = s->turn + 1 == SENDER_PAYLOADS ? 0 : s->turn + 1;
}

static void send_burst(struct sender *s, struct rte_mbuf **mbufs, unsigned n)
{
  uint64_t now = rte_rdtsc();
  for (unsigned i = 0; i < n; i++)
    stamp_write(rte_pktmbuf_mtod_offset(mbufs[i], uint8_t *, s->frames->headers), s->run,
                s->sequence + i, now);
  unsigned taken = rte_eth_tx_burst(s->port, 0, mbufs, n);
  s->sequence += taken; // a number that was not sent is used again
  s->sent += taken;
  s->refused += n - taken;
  if (taken < n)
    rte_pktmbuf_free_bulk(mbufs + taken, n - taken);
  if (taken == 0)
    return;
  if (s->last != 0)
    distribution_add(&s->gaps, now - s->last, 1);
  if (taken > 1)
    distribution_add(&s->gaps, 0, taken - 1);
  s->last = now;
}

bool sender_turn(struct sender *s)
{
  struct rte_mbuf *mbufs[SENDER_BURST];
  uint64_t now = rte_rdtsc();
  if (now >= s->end)
    return false;
  unsigned n = take_due(s, now);
  if (n == 0)
    return true;
  if (rte_pktmbuf_alloc_bulk(s->pool, mbufs, n) != 0) {
    s->short_of += n;
    return true;
  }
  build(s, mbufs, n);
  send_burst(s, mbufs, n);
  return true;
}
