// SPDX-License-Identifier: BSD-3-Clause
#include "ports/looped_capture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_kvargs.h>

#include "base/notes.h"
#include "config/config.h"
#include "ports/device/device.h"
#include "replay/capture.h"

static int count(const struct rte_kvargs *arguments, unsigned rx_queues, unsigned *frames,
                 char *error, size_t size)
{
  uint64_t sum = 0;
  unsigned queues = 0;
  for (unsigned i = 0; i < arguments->count && queues < rx_queues; i++) {
    uint64_t n;
    if (strcmp(arguments->pairs[i].key, "rx_pcap") != 0)
      continue;
    queues++;
    int status = capture_count(arguments->pairs[i].value, &n, error, size);
    if (status != 0)
      return status;
    sum += n;
    if (sum > CONFIG_MBUFS_MAX)
      return fail(error, size, -E2BIG,
                  "infinite_rx keeps every frame in memory, and these are more than %d; a replay "
                  "port (replay,file=...,loop=0) streams a file of any length",
                  CONFIG_MBUFS_MAX);
  }
  *frames = sum;
  return 0;
}

int looped_capture_frames(const char *device, unsigned rx_queues, unsigned *frames, char *error,
                          size_t size)
{
  struct device_facts facts;
  const char *comma = strchr(device, ',');
  int status = 0;
  *frames = 0;
  if (comma == NULL || !device_facts(device, &facts) || facts.driver == NULL ||
      strcmp(facts.driver, "net_pcap") != 0)
    return 0;
  struct rte_kvargs *arguments = rte_kvargs_parse(comma + 1, NULL);
  if (arguments == NULL)
    return 0; // the driver will refuse them
  const char *infinite = rte_kvargs_get(arguments, "infinite_rx");
  if (infinite != NULL && atoi(infinite) > 0)
    status = count(arguments, rx_queues, frames, error, size);
  rte_kvargs_free(arguments);
  return status;
}
