// SPDX-License-Identifier: BSD-3-Clause
#include "replay/source.h"

#include <rte_common.h>
#include <rte_cycles.h>

#include "packet/count.h"
#include "replay/schedule.h"

// Slots that the source looks ahead. Both lines of an mbuf: whoever frees it reads `next` in the
// second. Replay to net_null, one core, Mpps (median of five runs by turns of `platter run
// --duration 0.4 --json`; 256 frames of 64 and of 9000 bytes, 65,536 of 64 and of 1518):
//
//   ahead                64 B   9000 B   many, 64 B   many, 1518 B
//   16, first line        175      154          130            136
//   8, both lines         193      181          105            147
//   16, both lines        192      176          157            148
//   32, both lines        198      181          159            157
enum { AHEAD = 16 };

// Whether it is time to begin, now or earlier.
static bool begin(struct source *s, uint64_t now)
{
  uint64_t start = s->waits ? __atomic_load_n(&s->begin, __ATOMIC_RELAXED) : now;
  if (start == 0 || now < start)
    return false;
  count_set(&s->zero, start);
  return true;
}

// A frame that is all of it in memory: whether its last reader has let go.
static inline bool is_back(const struct slot *slot)
{
  return rte_mbuf_refcnt_read(slot->packet) == 1;
}

static inline void look_ahead(const struct source *s, uint32_t at)
{
  uint32_t ahead = at + AHEAD;
  ahead -= ahead >= s->n_slots ? s->n_slots : 0;
  if (unlikely(ahead >= s->n_slots))
    return;
  struct rte_mbuf *m = s->slot[ahead].packet;
  __builtin_prefetch(m, 1);
  __builtin_prefetch(&m->next);
}

// Marks that the last lap left on the mbuf are no longer true.
static inline void lend(struct rte_mbuf *m)
{
  rte_mbuf_refcnt_set(m, 2);
  m->ol_flags = 0;
}

static inline bool is_due(struct source *s, const struct slot *slot, uint64_t now)
{
  int64_t late = now - (s->origin + slot->due);
  if (late < 0)
    return false;
  histogram_add(&s->late, late >> SCHEDULE_SHIFT);
  return true;
}

// `timed` is known where this is called, so that there are two loops and none of them asks.
static inline __attribute__((always_inline)) unsigned take_resident(struct source *s,
                                                                    struct rte_mbuf **out,
                                                                    unsigned most, bool timed,
                                                                    uint64_t now, uint64_t *bytes)
{
  uint32_t at = s->next;
  unsigned n = 0;
  for (; n < most; n++) {
    const struct slot *slot = &s->slot[at];
    look_ahead(s, at);
    if (unlikely(!is_back(slot))) {
      if (!timed || (int64_t)(now - (s->origin + slot->due)) >= 0)
        count_add(&s->stalls, 1);
      break;
    }
    if (timed && !is_due(s, slot, now))
      break;
    lend(slot->packet);
    *bytes += slot->packet->pkt_len;
    out[n] = slot->packet;
    if (unlikely(++at == s->n_slots)) {
      at = 0;
      s->origin += s->lap;
    }
  }
  s->next = at;
  return n;
}

static unsigned take_window(struct source *s, struct rte_mbuf **out, unsigned most, uint64_t now,
                            uint64_t *bytes)
{
  uint32_t ready = __atomic_load_n(&s->filled, __ATOMIC_ACQUIRE) - s->consumed;
  unsigned n = 0;
  for (; n < most && n < ready; n++) {
    const struct slot *slot = &s->slot[(s->consumed + n) & (s->n_slots - 1)];
    if (s->timed && !is_due(s, slot, now))
      break;
    *bytes += slot->packet->pkt_len;
    out[n] = slot->packet;
  }
  if (ready == 0 || (!s->timed && n < most))
    count_add(&s->stalls, 1);
  __atomic_store_n(&s->consumed, s->consumed + n, __ATOMIC_RELEASE);
  return n;
}

static unsigned take(struct source *s, struct rte_mbuf **out, unsigned most, uint64_t now,
                     uint64_t *bytes)
{
  if (s->window)
    return take_window(s, out, most, now, bytes);
  return s->timed ? take_resident(s, out, most, true, now, bytes)
                  : take_resident(s, out, most, false, 0, bytes);
}

uint16_t source_take(struct source *s, struct rte_mbuf **out, uint16_t most)
{
  uint64_t clock = 0, bytes = 0;
  if (s->left == 0)
    return 0;
  if (s->timed || s->zero == 0) {
    clock = rte_rdtsc();
    if (s->zero == 0 && !begin(s, clock))
      return 0;
  }
  uint64_t now = (clock - s->zero) << SCHEDULE_SHIFT;
  unsigned n = take(s, out, RTE_MIN(most, s->left), now, &bytes);
  if (s->timed && n > 0)
    count_set(&s->last, clock);
  count_add(&s->sent, n);
  count_add(&s->bytes, bytes);
  if (s->left != UINT64_MAX && (s->left -= n) == 0)
    count_set(&s->end, rte_rdtsc());
  return n;
}
