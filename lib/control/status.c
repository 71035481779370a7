// SPDX-License-Identifier: BSD-3-Clause
#include "control/status.h"

bool status_closed(const struct status *status)
{
  if (status->difference != 0)
    return false;
  return status->running || (status->in_flight == 0 && status->pools_checked && status->pools_full);
}

uint64_t status_dropped(const struct status *status, unsigned reason)
{
  uint64_t sum = 0;
  for (unsigned p = 0; p < status->n_ports; p++)
    sum += status->port[p].dropped[reason];
  return sum;
}
