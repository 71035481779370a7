// SPDX-License-Identifier: BSD-3-Clause
// How far are two cores apart? Prints the TSC cycles that a cache line takes from the first to the
// second and back: about 100 where they share a core, 200 to 400 where they share a last-level
// cache, 1000 and more where they do not. Everything that hands packets from core to core is bound
// by it.
//
//   core_distance [CORE CORE]     default: 0 1
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>

enum { ROUNDS = 200000 };

static struct {
  _Alignas(128) _Atomic unsigned there;
  _Alignas(128) _Atomic unsigned back;
  int far_core;
} line;

static int pin(int core)
{
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  return pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

static void *echo(void *arg)
{
  pin(line.far_core);
  for (unsigned i = 1; i <= ROUNDS; i++) {
    while (atomic_load_explicit(&line.there, memory_order_acquire) != i)
      ;
    atomic_store_explicit(&line.back, i, memory_order_release);
  }
  return NULL;
}

int main(int argc, char **argv)
{
  int core = argc > 2 ? atoi(argv[1]) : 0;
  pthread_t thread;

  line.far_core = argc > 2 ? atoi(argv[2]) : 1;
  if (pin(core) != 0 || pthread_create(&thread, NULL, echo, NULL) != 0) {
    fprintf(stderr, "core_distance: cannot run on cores %d and %d\n", core, line.far_core);
    return 1;
  }
  uint64_t start = rte_rdtsc();
  for (unsigned i = 1; i <= ROUNDS; i++) {
    atomic_store_explicit(&line.there, i, memory_order_release);
    while (atomic_load_explicit(&line.back, memory_order_acquire) != i)
      ;
  }
  printf("%.0f\n", (double)(rte_rdtsc() - start) / ROUNDS);
  return pthread_join(thread, NULL);
}
