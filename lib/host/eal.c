// SPDX-License-Identifier: BSD-3-Clause
// EAL is started once in a process's life, by the control thread: memory is looked at first, for
// EAL itself says little of what it lacks; then the runtime directory is taken; then rte_eal_init
// runs, with its log kept in memory (eal_log.c). It makes a thread for each worker, which waits
// until datapath's workers are started, and an interrupt thread, on which drivers call back. What
// was given to it as arguments belongs to it to the end of the process.
#include "host/eal.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_memory.h>

#include "datapath/failure.h"
#include "host/cpu.h"
#include "host/dpdk_release.h"
#include "host/eal_arguments.h"
#include "host/eal_log.h"
#include "host/hugepages.h"
#include "host/runtime_directory.h"

static bool huge; // memory is in hugepages; EAL is one per process

static struct arguments {
  int n;
  char *text[256];
} started_with; // to the end of the process

static void argument(struct arguments *args, const char *format, ...)
{
  char *text = NULL;
  va_list list;
  va_start(list, format);
  if (args->n < 255 && vasprintf(&text, format, list) >= 0)
    args->text[args->n++] = text;
  va_end(list);
}

void eal_ask(struct eal_request *request, const struct memory_need *need, size_t bytes)
{
  for (unsigned node = 0; node < MEMORY_NODES_MAX; node++) {
    request->huge_bytes[node] += memory_bytes(need, node, RTE_PGSIZE_2M);
    request->ordinary_bytes += memory_bytes(need, node, sysconf(_SC_PAGESIZE));
  }
  request->huge_bytes[0] += bytes;
  request->ordinary_bytes += bytes;
}

uint64_t eal_locked(const struct eal_request *request)
{
  uint64_t huge_bytes = 0;
  for (unsigned node = 0; node < MEMORY_NODES_MAX; node++)
    huge_bytes += request->huge_bytes[node];
  return request->hugepages == CONFIG_HUGEPAGES_OFF || huge_bytes < request->ordinary_bytes
             ? request->ordinary_bytes
             : huge_bytes;
}

int eal_choose_memory(const struct eal_request *request, struct notes *warnings, char *error,
                      size_t size)
{
  char why[512];
  huge = request->hugepages != CONFIG_HUGEPAGES_OFF &&
         hugepages_suffice("", request->huge_bytes, MEMORY_NODES_MAX, why, sizeof(why));
  if (huge)
    return 0;
  if (request->hugepages == CONFIG_HUGEPAGES_ON)
    return fail(error, size, -ENOMEM, "memory.hugepages is on, but %s", why);
  if (request->hugepages == CONFIG_HUGEPAGES_AUTO)
    notes_add(warnings, "running without hugepages, at about a quarter of the speed: %s", why);
  if (!ordinary_pages_suffice(request->ordinary_bytes, why, sizeof(why)))
    return fail(error, size, -ENOMEM, "memory: %s", why);
  return 0;
}

// Workers each on their CPU; control on those that no worker has, or anywhere if there are none.
static void lcores(struct arguments *args, const struct eal_request *request)
{
  char text[4096], rest[1024];
  unsigned at = 0, usable[CPU_SET_MAX], n_rest = 0;
  unsigned n = cpu_shared(usable, CPU_SET_MAX);
  unsigned free_cpus[CPU_SET_MAX];

  for (unsigned i = 0; i < n; i++) {
    bool taken = false;
    for (unsigned w = 0; w < request->n_cpus; w++)
      taken |= request->cpus[w] == usable[i];
    if (!taken)
      free_cpus[n_rest++] = usable[i];
  }
  cpu_list(n_rest > 0 ? free_cpus : usable, n_rest > 0 ? n_rest : n, rest, sizeof(rest));
  for (unsigned i = 0; i < request->n_cpus; i++)
    at += snprintf(text + at, sizeof(text) - at, "%u@%u,", i, request->cpus[i]);
  argument(args, "--lcores=%s%u@(%s)", text, request->n_cpus, rest);
  argument(args, "--main-lcore=%u", request->n_cpus);
}

// With a file for each page of memory (EAL's way, where it is not told otherwise) 1,024 descriptors
// would do for 2 GB, and drivers that share memory with a peer pass on a file for each piece of it:
// a vhost-user peer takes eight at most (drivers/net/virtio/virtio_user/vhost_user.c,
// VHOST_MEMORY_MAX_NREGIONS), so that nothing would come by net_virtio_user.
static void memory_arguments(struct arguments *args, const struct eal_request *request)
{
  if (huge) {
    argument(args, "--in-memory");
    argument(args, "--single-file-segments");
    return;
  }
  argument(args, "--no-huge");
  argument(args, "--no-shconf");
  argument(args, "-m");
  argument(args, "%zu", request->ordinary_bytes / (1024 * 1024) + 1);
}

static void build_arguments(struct arguments *args, const struct eal_request *request)
{
  argument(args, "platter");
  lcores(args, request);
  argument(args, "--file-prefix=%s", request->prefix);
  argument(args, "--no-telemetry"); // platter's own is at that socket
  memory_arguments(args, request);
  if (request->n_pci == 0)
    argument(args, "--no-pci");
  for (unsigned i = 0; i < request->n_pci; i++) {
    argument(args, "-a");
    argument(args, "%s", request->pci[i]);
  }
  for (int i = 0; i < request->n_extra; i++)
    argument(args, "%s", request->extra[i]);
}

#if DPDK_ARGPARSE
static jmp_buf left;   // rte_eal_init
static bool may_leave; // it runs; nobody else does yet

// In front of the C library's, for every shared object of the process.
void exit(int status)
{
  if (may_leave)
    longjmp(left, 1);
  void (*usual)(int) = (void (*)(int))dlsym(RTLD_NEXT, "exit");
  usual(status);
  abort();
}

// rte_eal_init, which fails if it would have ended the process.
static int init_and_return(int argc, char **argv)
{
  if (setjmp(left) != 0) {
    may_leave = false;
    rte_errno = EINVAL;
    return -1;
  }
  may_leave = true;
  int used = rte_eal_init(argc, argv);
  may_leave = false;
  return used;
}
#else
static int init_and_return(int argc, char **argv)
{
  return rte_eal_init(argc, argv);
}
#endif

// rte_eal_init, which prints its usage to standard output where an argument is wrong: a page that
// offers what platter refuses, between what getopt and platter say on standard error.
static int init(int argc, char **argv)
{
  FILE *usual = stdout, *nowhere = fopen("/dev/null", "we");
  if (nowhere != NULL)
    stdout = nowhere;
  int used = init_and_return(argc, argv);
  stdout = usual;
  if (nowhere != NULL)
    fclose(nowhere);
  return used;
}

int eal_start(const struct eal_request *request, struct notes *warnings, char *error, size_t size)
{
  char *argv[256];
  int status = eal_choose_memory(request, warnings, error, size);
  if (status == 0)
    status = runtime_directory_take(request->prefix, error, size);
  if (status != 0)
    return status;

  eal_log_open(eal_arguments_set_log_level(request->n_extra, request->extra));
  build_arguments(&started_with, request);
  memcpy(argv, started_with.text, sizeof(argv)); // getopt reorders the array that it gets
  int used = init(started_with.n, argv);
  if (used < 0) {
    status = failure_code();
    fail(error, size, status, "DPDK does not start (%s): %s", rte_strerror(-status),
         eal_log_last());
    runtime_directory_leave();
  } else if (used < started_with.n - 1) {
    status =
        fail(error, size, -EINVAL, "DPDK's EAL has no use for the argument '%s'", argv[used + 1]);
    eal_stop();
  }
  return status;
}

char *const *eal_parameters(unsigned *n)
{
  *n = started_with.n;
  return started_with.text;
}

void eal_leave(void)
{
  runtime_directory_leave();
}

void eal_stop(void)
{
  rte_eal_cleanup();
  eal_leave();
}

bool eal_hugepages(void)
{
  return huge;
}
