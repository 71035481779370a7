// SPDX-License-Identifier: BSD-3-Clause
#include "replay/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "base/notes.h"
#include "datapath/failure.h"
#include "packet/count.h"
#include "replay/replay_internal.h"

int replay_pool(struct replay *r, unsigned index, unsigned n, unsigned room, unsigned cache)
{
  char name[RTE_MEMPOOL_NAMESIZE];
  snprintf(name, sizeof(name), "replay_%u_%u", r->number, index);
  r->pool[index] = rte_pktmbuf_pool_create(name, n, cache, 0, room, r->node);
  if (r->pool[index] == NULL)
    return failure_code();
  r->mbufs += n;
  return 0;
}

int replay_reader(struct replay *r, char *error, size_t size)
{
  struct capture_terms terms = replay_terms(&r->plan.options);
  return capture_open(&r->reader, r->plan.options.file, &terms, error, size);
}

// No headroom: nobody writes in front of a frame that others read.
void replay_fill(struct rte_mbuf *m, const struct capture_frame *frame)
{
  m->data_off = 0;
  m->data_len = m->pkt_len = frame->length;
  memcpy(m->buf_addr, frame->bytes, frame->length);
}

int replay_open(struct replay **opened, const struct replay_plan *plan, unsigned number, int node,
                char *error, size_t size)
{
  struct replay *r = calloc(1, sizeof(*r));
  struct source *s = rte_zmalloc_socket(NULL, sizeof(*s), RTE_CACHE_LINE_SIZE, node);
  if (r == NULL || s == NULL) {
    free(r);
    rte_free(s);
    return fail(error, size, -ENOMEM, "%s: no memory", plan->options.file);
  }
  *r = (struct replay){
      .plan = *plan, .source = s, .number = number, .node = node, .hz = rte_get_tsc_hz()};
  s->timed = plan->options.rate != REPLAY_LINE;
  s->waits = plan->options.wait;
  if (plan->options.loop == 0 ||
      __builtin_mul_overflow(plan->options.loop, plan->times.frames, &s->left))
    s->left = UINT64_MAX;
  schedule_start(&r->schedule, &plan->options, r->hz, &plan->times);
  int status = plan->window ? window_open(r, error, size) : resident_open(r, error, size);
  if (status == 0) {
    *opened = r;
    return 0;
  }
  replay_release(r);
  replay_free(r);
  return status;
}

static uint16_t supply(uint16_t device, uint16_t queue, struct rte_mbuf **packets, uint16_t n,
                       uint16_t most, void *source)
{
  return n + source_take(source, packets + n, most - n);
}

int replay_attach(struct replay *r, uint16_t device)
{
  r->device = device;
  for (uint32_t i = 0; i < r->source->n_slots; i++)
    if (r->source->slot[i].packet != NULL)
      r->source->slot[i].packet->port = device;
  r->callback = rte_eth_add_rx_callback(device, 0, supply, r->source);
  return r->callback != NULL ? 0 : failure_code();
}

void replay_begin(struct replay *r, uint64_t tsc)
{
  __atomic_store_n(&r->source->begin, tsc, __ATOMIC_RELAXED);
}

static size_t available(const struct replay *r)
{
  size_t sum = 0;
  for (unsigned i = 0; i < REPLAY_ROOMS; i++)
    if (r->pool[i] != NULL)
      sum += rte_mempool_avail_count(r->pool[i]);
  return sum;
}

static void read_lateness(const struct replay *r, struct replay_status *status)
{
  struct histogram late;
  histogram_copy(&late, &r->source->late);
  status->late_p50 = histogram_quantile(&late, 0.5) / r->hz;
  status->late_p99 = histogram_quantile(&late, 0.99) / r->hz;
  status->late_p999 = histogram_quantile(&late, 0.999) / r->hz;
  status->late_most = late.most / r->hz;
}

static void read_rates(const struct replay *r, struct replay_status *status)
{
  const struct source *s = r->source;
  uint64_t zero = count_read(&s->zero), end = count_read(&s->end);
  if (end == 0)
    end = r->ended != 0 ? r->ended : rte_rdtsc();
  if (zero == 0 || end <= zero || status->sent == 0)
    return;
  status->seconds = (end - zero) / r->hz;
  // Between n times there are n - 1 intervals.
  double intervals = s->timed ? status->sent - 1 : status->sent;
  double frame = 8 * ((double)status->sent_bytes / status->sent + REPLAY_WIRE_EXTRA);
  status->achieved_pps = intervals / status->seconds;
  status->achieved_bits = intervals * frame / status->seconds;
}

void replay_read(const struct replay *r, struct replay_status *status)
{
  const struct source *s = r->source;
  *status = (struct replay_status){
      .state = REPLAY_RUNNING,
      .asked = r->plan.options,
      .window = r->plan.window,
      .copies = r->plan.copies,
      .frames = r->plan.times.frames,
      .times = &r->plan.times,
      .wire_bits = r->plan.wire_bits,
      .sent = count_read(&s->sent),
      .sent_bytes = count_read(&s->bytes),
      .stalls = count_read(&s->stalls),
      .mbufs = r->mbufs,
      .mbufs_back = available(r),
  };
  status->laps = status->sent / status->frames;
  if (count_read(&s->end) != 0)
    status->state = REPLAY_FINISHED;
  else if (count_read(&s->zero) == 0)
    status->state = REPLAY_WAITING;
  if (__atomic_load_n(&r->failed, __ATOMIC_ACQUIRE)) {
    status->state = REPLAY_FAILED;
    snprintf(status->error, sizeof(status->error), "%s", r->error);
  }
  read_rates(r, status);
  if (s->timed)
    read_lateness(r, status);
}

void replay_release(struct replay *r)
{
  if (r->plan.window)
    window_release(r);
  else
    resident_release(r);
  rte_free(r->source->slot);
  r->source->slot = NULL;
  r->source->n_slots = 0;
}

void replay_detach(struct replay *r)
{
  if (r->callback == NULL)
    return;
  r->ended = r->source->last != 0 ? r->source->last : rte_rdtsc();
  rte_eth_remove_rx_callback(r->device, 0, r->callback);
  rte_free((void *)(uintptr_t)r->callback);
  r->callback = NULL;
}

void replay_free(struct replay *r)
{
  if (r == NULL)
    return;
  if (r->source->slot != NULL)
    replay_release(r);
  for (unsigned i = 0; i < REPLAY_ROOMS; i++)
    rte_mempool_free(r->pool[i]);
  rte_free(r->source);
  free(r);
}
