// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/tester.h"

#include <math.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_pause.h>

#include "cli/wait.h"

static const double STEP = 0.002; // seconds between control's looks
enum { MARGIN = 1 << 20 };        // frames

struct role {
  struct tester *tester;
  bool sends, receives;
};

void tester_begin(struct tester *t, uint32_t seed)
{
  t->run = seed;
  t->receiver.first_run = seed;
}

static int work(void *arg)
{
  const struct role *role = arg;
  struct tester *t = role->tester;
  bool sending = role->sends;
  while (!__atomic_load_n(&t->stop, __ATOMIC_ACQUIRE)) {
    if (role->receives)
      receiver_turn(&t->receiver);
    if (!sending)
      continue;
    sending = sender_turn(&t->sender);
    if (!sending) {
      __atomic_store_n(&t->sending, false, __ATOMIC_RELEASE);
      if (!role->receives)
        return 0;
    }
  }
  return 0;
}

static uint64_t port_lost(uint16_t port)
{
  struct rte_eth_stats stats;
  return rte_eth_stats_get(port, &stats) == 0 ? stats.imissed + stats.rx_nombuf : 0;
}

// Waits until a signal asks to stop, or the sender has. Returns whether a signal did.
static bool wait_for_sender(struct tester *t)
{
  bool stop = false;
  while (__atomic_load_n(&t->sending, __ATOMIC_ACQUIRE) && !stop)
    stop = wait_until(wait_now() + STEP);
  return stop;
}

// Frames may come twice: that all have come is not the end.
static bool wait_for_rest(const struct tester *t)
{
  double start = wait_now(), changed = start;
  uint64_t seen = __atomic_load_n(&t->receiver.seen, __ATOMIC_RELAXED);
  bool stop = false;
  while (!stop && wait_now() < changed + t->quiet && wait_now() < start + t->patience) {
    stop = wait_until(wait_now() + STEP);
    uint64_t now = __atomic_load_n(&t->receiver.seen, __ATOMIC_RELAXED);
    if (now != seen)
      changed = wait_now();
    seen = now;
  }
  return stop;
}

static int launch(struct tester *t, double seconds, struct role *role)
{
  sender_start(&t->sender, rte_rdtsc() + rte_get_tsc_hz() / 1000, seconds);
  if (t->together) {
    role[0] = (struct role){t, true, true};
    return rte_eal_remote_launch(work, &role[0], t->lcore[0]);
  }
  role[0] = (struct role){t, true, false};
  role[1] = (struct role){t, false, true};
  int status = rte_eal_remote_launch(work, &role[1], t->lcore[1]);
  return status == 0 ? rte_eal_remote_launch(work, &role[0], t->lcore[0]) : status;
}

static void end(struct tester *t)
{
  __atomic_store_n(&t->stop, true, __ATOMIC_RELEASE);
  rte_eal_wait_lcore(t->lcore[0]);
  if (!t->together)
    rte_eal_wait_lcore(t->lcore[1]);
}

static struct times times_of(const struct distribution *d)
{
  double hz = rte_get_tsc_hz();
  if (d->total == 0)
    return (struct times){0};
  return (struct times){
      .least = d->least / hz,
      .p50 = distribution_quantile(d, 0.5) / hz,
      .p90 = distribution_quantile(d, 0.9) / hz,
      .p99 = distribution_quantile(d, 0.99) / hz,
      .p999 = distribution_quantile(d, 0.999) / hz,
      .p9999 = distribution_quantile(d, 0.9999) / hz,
      .most = d->most / hz,
      .mean = distribution_mean(d) / hz,
  };
}

static enum trial_void judge(const struct tester *t, const struct trial *trial, bool stopped)
{
  double asked = floor(trial->asked * trial->seconds);
  if (stopped)
    return TRIAL_INTERRUPTED;
  if (trial->sent + trial->refused + 1 < asked * (1 - t->short_share))
    return TRIAL_SHORT;
  return trial->own_loss > 0 ? TRIAL_OWN_LOSS : TRIAL_VALID;
}

static void read_counters(const struct tester *t, struct trial *trial)
{
  const struct sender *s = &t->sender;
  const struct receiver *r = &t->receiver;
  trial->sent = s->sent;
  trial->refused = t->refusal_is_loss && s->paced ? s->refused : 0;
  trial->offered = (trial->sent + trial->refused) / trial->seconds;
  trial->received = r->received;
  trial->corrupted = r->corrupted;
  uint64_t gone = s->sent > r->received + r->corrupted ? s->sent - r->received - r->corrupted : 0;
  trial->lost = gone + trial->refused;
  trial->duplicates = r->duplicates;
  trial->reordered = r->reordered;
  trial->extent = r->extent;
  trial->extent_more = r->extent_more;
  trial->earlier = r->earlier;
  trial->foreign = r->foreign;
  trial->beyond = r->beyond;
  trial->backwards = r->backwards;
  trial->short_of = s->short_of;
  trial->stalls = s->stalls;
  trial->latest = (double)s->latest / rte_get_tsc_hz();
  trial->away = (double)r->away / rte_get_tsc_hz();
  trial->delay = times_of(&r->delay);
  trial->jitter = times_of(&r->jitter);
  trial->gaps = times_of(&s->gaps);
}

int tester_run(struct tester *t, double rate, double seconds, struct trial *trial)
{
  struct role role[2];
  *trial = (struct trial){.asked = rate, .seconds = seconds};
  t->run++;
  t->stop = false;
  t->sending = true;
  sender_begin(&t->sender, t->run, rate);
  receiver_begin(&t->receiver, t->run,
                 rate > 0 ? (uint64_t)(rate * seconds) + MARGIN : STAMP_SEQUENCE_MASK);
  t->lost_before = port_lost(t->receiver.port);
  int status = launch(t, seconds, role);
  if (status != 0) {
    end(t);
    return status;
  }
  bool stopped = wait_for_sender(t);
  stopped = stopped || wait_for_rest(t);
  end(t);
  trial->own_loss = port_lost(t->receiver.port) - t->lost_before;
  read_counters(t, trial);
  trial->void_reason = judge(t, trial, stopped);
  return 0;
}

const char *trial_void_text(enum trial_void reason)
{
  static const char *const text[] = {
      [TRIAL_VALID] = "it is valid",
      [TRIAL_SHORT] = "the sender fell behind",
      [TRIAL_OWN_LOSS] = "the instrument's own port lost frames",
      [TRIAL_INTERRUPTED] = "interrupted",
  };
  return text[reason];
}
