// SPDX-License-Identifier: BSD-3-Clause
#include "control/status.h"

#include <stddef.h>
#include <string.h>

void status_copy(struct status *to, const struct status *from)
{
  memcpy(to, from, offsetof(struct status, handoff) + from->n_handoffs * sizeof(*from->handoff));
}

const char *status_filter_name(enum status_filter filter)
{
  static const char *const names[] = {
      [STATUS_FILTER_NONE] = "none",
      [STATUS_FILTER_NATIVE] = "native code",
      [STATUS_FILTER_INTERPRETED] = "interpreter",
  };
  return names[filter];
}

bool status_closed(const struct status *status)
{
  if (status->difference != 0 || status->stuck)
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

uint64_t status_nic_drop(const struct status *status)
{
  uint64_t sum = 0;
  for (unsigned p = 0; p < status->n_ports; p++)
    sum += status_port_nic_drop(&status->port[p]);
  return sum;
}

uint64_t status_copied_bytes(const struct status *status)
{
  uint64_t sum = 0;
  for (unsigned i = 0; i < LABELS_MAX; i++)
    sum += status->copied[i].bytes;
  return sum;
}
