// SPDX-License-Identifier: BSD-3-Clause
// What a service manager is told (sd_notify(3)): that every port forwards, how it goes, that it
// goes on, that it ends. Nothing happens if no manager listens (NOTIFY_SOCKET is not set). Control
// thread only. A message is one datagram to the manager, of which there are at most a few a second.
#ifndef PLATTER_SERVICE_H
#define PLATTER_SERVICE_H

#include "figures/status.h"

// READY=1: every port is started and the workers run. `now`, here and below: monotonic seconds.
void service_ready(const struct status *status, double now);

// Call after each update: feeds the manager's watchdog, and says how it goes every two seconds, or
// at once if a worker goes missing or comes back. The watchdog (WATCHDOG_USEC) is fed four times in
// its interval, and only if every worker has answered since it was last fed. So it bites if control
// stands still, and if any worker does.
void service_update(const struct status *status, double now);

// STOPPING=1: from now on a slow end is no fault of the workers.
void service_stopping(void);

// Why it did not start, for `systemctl status`.
void service_failed(const char *why);

#endif
