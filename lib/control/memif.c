// SPDX-License-Identifier: BSD-3-Clause
// When a peer goes away, DPDK's interrupt thread marks the port as not connected and then unmaps
// the shared memory (drivers/net/memif/memif_socket.c, memif_disconnect; rte_eth_memif.c,
// memif_free_regions), while a worker may be in the middle of that port's burst: it looked at the
// mark before, and dies of SIGSEGV (about one disconnect in five where both share a core). The
// driver says nothing beforehand and takes no lock that platter could hold.
//
// So munmap itself waits. The one below stands in front of the C library's for every shared object
// of the process; where workers run, it lets each of them come through the turn that it is in.
// Bursts that begin later see the mark. Should a worker not come through in time, the memory stays
// mapped: a leak of addresses instead of a crash.
#include "control/memif.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <rte_alarm.h>
#include <rte_kvargs.h>
#include <rte_lcore.h>

#include "control/assemble.h"

enum { // milliseconds
  TURN_TIMEOUT = 2000,
  SETTLE_TIMEOUT = 500,
};

static const struct datapath *guarded; // control: writes, any thread: reads

void memif_guard(const struct datapath *datapath)
{
  __atomic_store_n(&guarded, datapath, __ATOMIC_RELEASE);
}

static bool comes_through(const struct worker *worker)
{
  unsigned turn = __atomic_load_n(&worker->turns, __ATOMIC_ACQUIRE);
  for (unsigned i = 0; i < TURN_TIMEOUT; i++) {
    if (__atomic_load_n(&worker->turns, __ATOMIC_ACQUIRE) != turn ||
        __atomic_load_n(&guarded, __ATOMIC_ACQUIRE) == NULL)
      return true;
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  return false;
}

int munmap(void *address, size_t length)
{
  const struct datapath *datapath = __atomic_load_n(&guarded, __ATOMIC_ACQUIRE);
  // Only DPDK's own thread unmaps what workers read; it has no lcore, as they have.
  bool waits = datapath != NULL && rte_lcore_id() == LCORE_ID_ANY;
  for (unsigned i = 0; waits && i < datapath->n_workers; i++)
    if (!comes_through(datapath->worker[i]))
      return 0;
  return syscall(SYS_munmap, address, length);
}

static bool settled; // interrupt thread: writes, control: reads

static void settle(void *arg)
{
  __atomic_store_n(&settled, true, __ATOMIC_RELEASE);
}

// Closing a server's port frees the handle of its listening socket, which stays in the list of the
// interrupt thread (memif_socket.c, memif_socket_remove_device). The thread reads that list again
// after every change to it, and stopping a port is one: it has to have done so before the handle is
// gone. Alarms run on that thread; the first may be served in one round with the change, before it,
// the second comes in a later round.
void memif_settle(void)
{
  for (unsigned round = 0; round < 2; round++) {
    __atomic_store_n(&settled, false, __ATOMIC_RELEASE);
    if (rte_eal_alarm_set(1, settle, NULL) != 0)
      return;
    for (unsigned i = 0; i < SETTLE_TIMEOUT && !__atomic_load_n(&settled, __ATOMIC_ACQUIRE); i++)
      nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
}

// Whether connecting is refused: a socket's file that no process listens behind.
static bool is_stale(const char *path)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  struct stat file;
  if (strlen(path) >= sizeof(address.sun_path) || stat(path, &file) != 0 || !S_ISSOCK(file.st_mode))
    return false;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return false;
  bool refused =
      connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 && errno == ECONNREFUSED;
  close(fd);
  return refused;
}

static bool says(const struct rte_kvargs *arguments, const char *key, const char *value)
{
  const char *found = rte_kvargs_get(arguments, key);
  return found != NULL && strcmp(found, value) == 0;
}

void memif_remove_stale_socket(const char *device)
{
  const char *comma = strchr(device, ',');
  struct rte_kvargs *arguments = comma != NULL ? rte_kvargs_parse(comma + 1, NULL) : NULL;
  if (arguments == NULL)
    return;
  const char *path = rte_kvargs_get(arguments, "socket");
  bool server = says(arguments, "role", "server") || says(arguments, "role", "master");
  if (server && says(arguments, "socket-abstract", "no") && path != NULL && is_stale(path))
    unlink(path);
  rte_kvargs_free(arguments);
}
