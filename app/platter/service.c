// SPDX-License-Identifier: BSD-3-Clause
#include "service.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "show.h"
#include "show_table.h"

static const double SAY_SECONDS = 2, MISSING_SECONDS = 1;

enum { FEEDS = 4 }; // in the watchdog's interval

static struct {
  double feed_every; // seconds; 0: nobody watches
  double fed, said;  // monotonic seconds
  unsigned missing;  // workers, as last said
  double answered[LAYOUT_WORKERS_MAX];
} service;

static unsigned missing_workers(const struct status *status, double now)
{
  unsigned missing = 0;
  for (unsigned i = 0; i < status->n_workers; i++)
    missing += service.answered[i] + MISSING_SECONDS < now;
  return missing;
}

// "2 of 2 ports have a link; 1.40 M packets/s in, 1.40 M out; dropped 0, nic drop 0".
static void say(const struct status *status, double now)
{
  double in = show_sum(&figures_port, "received_pps", status);
  double out = show_sum(&figures_port, "transmitted_pps", status);
  unsigned up = 0;
  char missing[64] = "", in_text[SHOW_SIZE], out_text[SHOW_SIZE];
  for (unsigned i = 0; i < status->n_ports; i++)
    up += strcmp(status->port[i].link, "up") == 0;
  if (service.missing > 0)
    snprintf(missing, sizeof(missing), "%u of %u workers stand still; ", service.missing,
             status->n_workers);
  sd_notifyf(0,
             "STATUS=%s%u of %u ports have a link; %s packets/s in, %s out; dropped %" PRIu64
             ", nic drop %.0f",
             missing, up, status->n_ports, show_number(in, in_text), show_number(out, out_text),
             status->dropped, show_sum(&figures_port, "nic_drop", status));
  service.said = now;
}

static void feed(const struct status *status, double now)
{
  bool all = true;
  for (unsigned i = 0; i < status->n_workers; i++)
    all &= service.answered[i] > service.fed;
  if (service.feed_every == 0 || !all || now < service.fed + service.feed_every)
    return;
  sd_notify(0, "WATCHDOG=1");
  service.fed = now;
}

void service_ready(const struct status *status, double now)
{
  uint64_t interval = 0; // microseconds
  if (sd_watchdog_enabled(0, &interval) > 0)
    service.feed_every = interval * 1e-6 / FEEDS;
  for (unsigned i = 0; i < status->n_workers; i++)
    service.answered[i] = now;
  sd_notify(0, "READY=1");
  say(status, now);
}

void service_update(const struct status *status, double now)
{
  for (unsigned i = 0; i < status->n_workers; i++)
    if (status->worker[i].answers)
      service.answered[i] = now;
  feed(status, now);
  unsigned missing = missing_workers(status, now);
  if (missing == service.missing && now < service.said + SAY_SECONDS)
    return;
  service.missing = missing;
  say(status, now);
}

void service_stopping(void)
{
  sd_notify(0, "STOPPING=1\nSTATUS=stopping");
}

void service_failed(const char *why)
{
  sd_notifyf(0, "STATUS=%s", why);
}
