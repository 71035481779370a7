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
//
// Stopping a port runs the same memif_disconnect, which must not run twice at once: both ends may
// stop together. So platter stops a memif port on the interrupt thread itself, by an alarm, and
// the two come one after the other.
#include "control/memif.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_alarm.h>
#include <rte_ethdev.h>
#include <rte_kvargs.h>
#include <rte_lcore.h>

#include "control/assemble.h"
#include "control/clock.h"

enum { // milliseconds
  TURN_TIMEOUT = 2000,
  ERRAND_TIMEOUT = 3000,
  HELLO_TIMEOUT = 500,
  ROUND = 5,
};

// Workers may be looked at only with the lock held: they are freed some time after the guard ends.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct datapath *guarded;

void memif_guard(const struct datapath *datapath)
{
  pthread_mutex_lock(&lock);
  guarded = datapath;
  pthread_mutex_unlock(&lock);
}

struct turns {
  unsigned n_workers; // 0: none run
  unsigned of[LAYOUT_WORKERS_MAX];
};

static struct turns look(void)
{
  struct turns turns = {0};
  pthread_mutex_lock(&lock);
  if (guarded != NULL)
    turns.n_workers = guarded->n_workers;
  for (unsigned i = 0; i < turns.n_workers; i++)
    turns.of[i] = __atomic_load_n(&guarded->worker[i]->turns, __ATOMIC_ACQUIRE);
  pthread_mutex_unlock(&lock);
  return turns;
}

static bool all_passed(const struct turns *before, const struct turns *now)
{
  for (unsigned i = 0; i < now->n_workers; i++)
    if (now->of[i] == before->of[i])
      return false;
  return true;
}

// Whether every worker has come through the turn that it is in.
static bool workers_come_through(void)
{
  struct turns before = look(), now = before;
  for (unsigned i = 0; !all_passed(&before, &now); i++) {
    if (i == TURN_TIMEOUT)
      return false;
    clock_rest(0.001);
    now = look();
  }
  return true;
}

static bool closing; // control: writes, any thread: reads

// Only DPDK's own thread unmaps what workers read; it has no lcore, as they have.
int munmap(void *address, size_t length)
{
  if (__atomic_load_n(&closing, __ATOMIC_ACQUIRE))
    return 0;
  if (rte_lcore_id() == LCORE_ID_ANY && !workers_come_through())
    return 0;
  return syscall(SYS_munmap, address, length);
}

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
  __atomic_store_n(&closing, true, __ATOMIC_RELEASE);
}

// A server that listens has taken the connection, and sends its hello: it should not find the other
// end closed then.
static void hear_hello(int fd)
{
  struct pollfd wait = {.fd = fd, .events = POLLIN};
  char hello[256];
  if (poll(&wait, 1, HELLO_TIMEOUT) == 1)
    (void)!recv(fd, hello, sizeof(hello), MSG_DONTWAIT);
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
  bool refused = false;
  if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
    refused = errno == ECONNREFUSED;
  else
    hear_hello(fd);
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
