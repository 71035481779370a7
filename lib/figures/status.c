// SPDX-License-Identifier: BSD-3-Clause
#include "figures/status.h"

const char *replay_state_name(enum replay_state state)
{
  static const char *const names[] = {"waiting", "running", "finished", "failed"};
  return names[state];
}

bool status_closed(const struct status *status)
{
  if (status->difference != 0 || status->stuck)
    return false;
  return status->running || (status->in_flight == 0 && status->pools_checked && status->pools_full);
}

uint64_t status_port_dropped(const struct status_port *port)
{
  uint64_t sum = 0;
  for (unsigned r = 0; r < LABELS_MAX; r++)
    sum += port->dropped[r];
  return sum;
}

uint64_t status_port_nic_drop(const struct status_port *port)
{
  return port->missed + port->no_mbuf;
}

bool status_port_nic_drop_known(const struct status_port *port)
{
  return !port->missed_uncounted || port->no_mbuf > 0;
}
