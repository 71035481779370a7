// SPDX-License-Identifier: BSD-3-Clause
// A peer that goes away has memif_disconnect run on DPDK's interrupt thread; what that unmaps, see
// shared_memory.c. Stopping a port runs the same function, which must not run twice at once: both
// ends may stop together. So platter stops a memif port on the interrupt thread itself, by an
// alarm, and the two come one after the other.
#include "ports/peers/memif.h"

#include <stdlib.h>

#include <rte_alarm.h>
#include <rte_ethdev.h>

#include "base/clock.h"
#include "ports/peers/shared_memory.h"

enum { // milliseconds
  ERRAND_TIMEOUT = 3000,
  ROUND = 5,
};

struct errand {
  uint16_t port; // RTE_MAX_ETHPORTS: to be back is all
  bool done;     // interrupt thread: writes, control: reads
};

static void run_errand(void *arg)
{
  struct errand *errand = arg;
  if (errand->port < RTE_MAX_ETHPORTS)
    rte_eth_dev_stop(errand->port);
  __atomic_store_n(&errand->done, true, __ATOMIC_RELEASE);
}

// Alarms run on the interrupt thread. Where it does not come back in time the errand is left to it.
static bool send_errand(uint16_t port, unsigned delay)
{
  struct errand *errand = calloc(1, sizeof(*errand));
  if (errand == NULL)
    return false;
  errand->port = port;
  if (rte_eal_alarm_set(1 + delay * 1000, run_errand, errand) != 0) {
    free(errand);
    return false;
  }
  for (unsigned i = 0; i < ERRAND_TIMEOUT; i++) {
    if (__atomic_load_n(&errand->done, __ATOMIC_ACQUIRE)) {
      free(errand);
      return true;
    }
    clock_rest(0.001);
  }
  return false;
}

bool memif_stop(uint16_t port)
{
  return send_errand(port, 0);
}

// Closing a server's port frees the handle of its listening socket, which stays in the list of the
// interrupt thread (memif_socket.c, memif_socket_remove_device). The thread reads that list again
// after every change to it, and stopping a port is one: it has to have done so before the handle is
// gone. Alarms run on that thread; the first may be served in one round with the change, before it,
// so there is a second. That one is set for later, lest it be served together with the first and
// its timer wake the thread once more.
//
// A thread that is late may still look through its list while EAL ends, which unmaps the memory of
// that handle. So from here on everything stays mapped; the process is about to end.
void memif_settle(void)
{
  send_errand(RTE_MAX_ETHPORTS, 0);
  send_errand(RTE_MAX_ETHPORTS, ROUND);
  shared_memory_keep();
}
