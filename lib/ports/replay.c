// SPDX-License-Identifier: BSD-3-Clause
// What a port has to do with its replay (lib/replay), which the port owns: the plan from before EAL
// to the end, the source from port_start until all devices are closed. Control thread.
#include "ports/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_memory.h>

#include "base/notes.h"

// A sentence about a port begins as the user knows it: by the configuration's key, or, where the
// device is made from a command line, by its name.
static int refused(const struct port *port, int status, const char *why, char *error, size_t size)
{
  const char *name = port->config->name;
  if (port->device == port->config->device)
    return fail(error, size, status, "ports.%s.device: %s", name, why);
  return fail(error, size, status, "port %s: %s", name, why);
}

int port_replay_plan(struct port *port, unsigned held, struct notes *warnings, char *error,
                     size_t size)
{
  struct config_replay options;
  char why[512];
  if (!replay_is(port->device))
    return 0;
  if (!config_replay_read(port->device, &options, why, sizeof(why)))
    return refused(port, -EINVAL, why, error, size);
  port->replay_plan = malloc(sizeof(*port->replay_plan));
  if (port->replay_plan == NULL)
    return refused(port, -ENOMEM, "no memory", error, size);
  int status = replay_plan_make(port->replay_plan, &options, held, why, sizeof(why));
  if (status != 0)
    return refused(port, status, why, error, size);
  if (port->device == port->config->device &&
      capture_left_describe(&port->replay_plan->left, why, sizeof(why)))
    notes_add(warnings, "port %s: %s: %s", port->config->name, options.file, why);
  return 0;
}

// Replay ports are virtual: their memory is on the first node.
void port_replay_ask(const struct port *port, struct eal_request *request)
{
  if (port->replay_plan == NULL)
    return;
  request->huge_bytes[0] += replay_plan_bytes(port->replay_plan, RTE_PGSIZE_2M);
  request->ordinary_bytes += replay_plan_bytes(port->replay_plan, sysconf(_SC_PAGESIZE));
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
  port->replay_status = calloc(1, sizeof(*port->replay_status));
  if (port->replay_status == NULL)
    return refused(port, -ENOMEM, "no memory", error, size);
  int status =
      replay_open(&port->replay, port->replay_plan, port->id, port->node, why, sizeof(why));
  if (status != 0)
    return refused(port, status, why, error, size);
  status = replay_attach(port->replay, port->id);
  if (status == 0)
    return 0;
  snprintf(why, sizeof(why), "its frames find no way into DPDK: %s", rte_strerror(-status));
  return refused(port, status, why, error, size);
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
  free(port->replay_status);
  port->replay = NULL;
  port->replay_status = NULL;
  port->replay_plan = NULL;
}
