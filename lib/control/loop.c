// SPDX-License-Identifier: BSD-3-Clause
#include "control/loop.h"

#include <errno.h>
#include <stdlib.h>

#include <event2/event.h>

#include "base/clock.h"

struct timer {
  struct event *event;
  void (*call)(void *arg);
  void *arg;
};

struct loop {
  struct event_base *base;
  struct event *alarm; // the end of a run
  bool rung;
  unsigned n_timers;
  struct timer timer[LOOP_TIMERS];
};

static struct timeval interval(double seconds)
{
  time_t whole = seconds > 0 ? seconds : 0;
  return (struct timeval){whole, seconds > 0 ? (seconds - whole) * 1e6 : 0};
}

static void ring(evutil_socket_t fd, short what, void *arg)
{
  *(bool *)arg = true;
}

static void expire(evutil_socket_t fd, short what, void *arg)
{
  const struct timer *timer = arg;
  timer->call(timer->arg);
}

// libevent's ordinary clock is four milliseconds late, or early.
static struct event_base *precise_base(void)
{
  struct event_config *config = event_config_new();
  struct event_base *base = NULL;
  if (config != NULL && event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER) == 0)
    base = event_base_new_with_config(config);
  if (config != NULL)
    event_config_free(config);
  return base;
}

int loop_make(struct loop **loop)
{
  struct loop *l = calloc(1, sizeof(*l));
  if (l == NULL)
    return -ENOMEM;
  l->base = precise_base();
  if (l->base != NULL)
    l->alarm = event_new(l->base, -1, 0, ring, &l->rung);
  if (l->alarm == NULL) {
    loop_free(l);
    return -ENOMEM;
  }
  *loop = l;
  return 0;
}

struct event_base *loop_base(const struct loop *l)
{
  return l->base;
}

int loop_every(struct loop *l, double seconds, void (*call)(void *arg), void *arg)
{
  if (l->n_timers == LOOP_TIMERS)
    return -ENOSPC;
  struct timer *timer = &l->timer[l->n_timers];
  const struct timeval period = interval(seconds);
  *timer = (struct timer){event_new(l->base, -1, EV_PERSIST, expire, timer), call, arg};
  if (timer->event == NULL || event_add(timer->event, &period) != 0)
    return -ENOMEM;
  l->n_timers++;
  return 0;
}

bool loop_run(struct loop *l, double until, int stop)
{
  bool stopped = false, over = false;
  struct event *end = stop >= 0 ? event_new(l->base, stop, EV_READ, ring, &stopped) : NULL;
  if (end != NULL)
    event_add(end, NULL);
  for (l->rung = true; !over && !stopped; over |= l->rung && clock_now() >= until) {
    const struct timeval left = interval(until - clock_now() + 1e-6); // rounded up
    if (l->rung) {
      l->rung = false;
      over = event_add(l->alarm, &left) != 0; // no memory: better early than never
    }
    event_base_loop(l->base, over ? EVLOOP_NONBLOCK : EVLOOP_ONCE);
  }
  event_del(l->alarm);
  if (end != NULL)
    event_free(end);
  return stopped;
}

void loop_free(struct loop *l)
{
  if (l == NULL)
    return;
  for (unsigned i = 0; i < LOOP_TIMERS; i++)
    if (l->timer[i].event != NULL)
      event_free(l->timer[i].event);
  if (l->alarm != NULL)
    event_free(l->alarm);
  if (l->base != NULL)
    event_base_free(l->base);
  free(l);
}
