// SPDX-License-Identifier: BSD-3-Clause
// When a memif peer goes away, DPDK's interrupt thread marks the port as not connected and then
// unmaps the shared memory (drivers/net/memif/memif_socket.c, memif_disconnect; rte_eth_memif.c,
// memif_free_regions), while a worker may be in the middle of that port's burst: it looked at the
// mark before, and dies of SIGSEGV (about one disconnect in five where both share a core). The
// driver says nothing beforehand and takes no lock that platter could hold.
//
// So munmap itself waits. The one below stands in front of the C library's for every shared object
// of the process; where workers run, it lets each of them come through the turn that it is in.
// Bursts that begin later see the mark. Should a worker not come through in time, the memory stays
// mapped: a leak of addresses instead of a crash.
//
// vhost has a thread of its own, with a mark for the worker to see and one that it sets in return,
// but no barrier between the two (drivers/net/vhost/rte_eth_vhost.c, eth_vhost_tx and
// update_queuing_status), so either side may miss the other's. It does tell of the end beforehand,
// as a change of the link, and the wait is there. Its munmap must not wait: a guest that changes
// its memory while it runs has the old mapping removed under the lock of every queue
// (lib/vhost/vhost_user.c, vhost_user_set_mem_table), and a worker that transmits spins on that
// lock, in the turn that would be waited for.
#include "ports/peers/shared_memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_lcore.h>

#include "base/clock.h"
#include "datapath/datapath.h"

enum { TURN_TIMEOUT = 2000 }; // milliseconds

// Workers may be looked at only with the lock held: they are freed some time after the guard ends.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct datapath *guarded;

static bool closing;             // control: writes, any thread: reads
static __thread bool has_waited; // this thread, since its peer came or left

void shared_memory_guard(const struct datapath *datapath)
{
  pthread_mutex_lock(&lock);
  guarded = datapath;
  pthread_mutex_unlock(&lock);
}

// Whether the workers have passed a mark, or, where *mark is 0, makes it: they have not, then.
// Where none run any more there is nothing to wait for.
static bool all_passed(uint64_t *mark)
{
  bool passed = true;
  pthread_mutex_lock(&lock);
  if (guarded != NULL && *mark == 0) {
    *mark = datapath_mark(guarded);
    passed = false;
  } else if (guarded != NULL) {
    passed = datapath_passed(guarded, *mark);
  }
  pthread_mutex_unlock(&lock);
  return passed;
}

// Whether every worker has come through the turn that it is in.
static bool workers_come_through(void)
{
  uint64_t mark = 0;
  for (unsigned i = 0; !all_passed(&mark); i++) {
    if (i == TURN_TIMEOUT)
      return false;
    clock_rest(0.001);
  }
  return true;
}

// Only DPDK's own threads unmap what workers read; they have no lcore, as workers have.
int munmap(void *address, size_t length)
{
  if (__atomic_load_n(&closing, __ATOMIC_ACQUIRE))
    return 0;
  if (rte_lcore_id() == LCORE_ID_ANY && !has_waited && !workers_come_through())
    return 0;
  return syscall(SYS_munmap, address, length);
}

void shared_memory_peer_changes(void)
{
  has_waited = workers_come_through();
}

void shared_memory_keep(void)
{
  __atomic_store_n(&closing, true, __ATOMIC_RELEASE);
}
