// SPDX-License-Identifier: BSD-3-Clause
#include "control/port_replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_errno.h>

#include "config/notes.h"

int port_replay_plan(struct port *port, unsigned held, char *error, size_t size)
{
  const char *name = port->config->name;
  struct config_replay options;
  char why[512];
  if (!replay_is(port->device))
    return 0;
  if (!config_replay_read(port->device, &options, why, sizeof(why)))
    return fail(error, size, -EINVAL, "ports.%s.device: %s", name, why);
  port->replay_plan = malloc(sizeof(*port->replay_plan));
  if (port->replay_plan == NULL)
    return fail(error, size, -ENOMEM, "ports.%s.device: no memory", name);
  int status = replay_plan_make(port->replay_plan, &options, held, why, sizeof(why));
  return status != 0 ? fail(error, size, status, "ports.%s.device: %s", name, why) : 0;
}

size_t port_replay_bytes(const struct port *port, size_t page)
{
  return port->replay_plan != NULL ? replay_plan_bytes(port->replay_plan, page) : 0;
}

// What leaves is freed, or written by net_pcap, whose receive side gives nothing where it has no
// file.
const char *port_replay_device(const struct port *port, char *text, size_t size)
{
  if (port->replay_plan == NULL)
    return port->device;
  const char *name = port->config->name, *out = port->replay_plan->options.out;
  if (*out != '\0')
    snprintf(text, size, "net_pcap_replay_%s,tx_pcap=%s", name, out);
  else
    snprintf(text, size, "net_null_replay_%s,no-rx=1", name);
  return text;
}

int port_replay_open(struct port *port, char *error, size_t size)
{
  char why[512];
  if (port->replay_plan == NULL)
    return 0;
  int status =
      replay_open(&port->replay, port->replay_plan, port->id, port->node, why, sizeof(why));
  if (status != 0)
    return fail(error, size, status, "ports.%s.device: %s", port->config->name, why);
  status = replay_attach(port->replay, port->id);
  if (status != 0)
    return fail(error, size, status, "ports.%s.device: its frames find no way into DPDK: %s",
                port->config->name, rte_strerror(-status));
  return 0;
}

void port_replay_begin(struct port *port, uint64_t tsc)
{
  if (port->replay != NULL)
    replay_begin(port->replay, tsc);
}

void port_replay_detach(struct port *port)
{
  if (port->replay != NULL)
    replay_detach(port->replay);
}

void port_replay_release(struct port *port)
{
  if (port->replay != NULL)
    replay_release(port->replay);
}

void port_replay_free(struct port *port)
{
  replay_free(port->replay);
  free(port->replay_plan);
  port->replay = NULL;
  port->replay_plan = NULL;
}
