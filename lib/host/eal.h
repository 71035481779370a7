// SPDX-License-Identifier: BSD-3-Clause
// DPDK's environment layer, started so that nothing is touched that the configuration does not
// name and nothing is left behind: devices by allow-list, memory without files (--in-memory), one
// process per prefix, the log kept back unless the start fails or the user sets its level.
#ifndef HOST_EAL_H
#define HOST_EAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/notes.h"
#include "config/config.h"
#include "datapath/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

struct eal_request {
  const char *prefix; // of the runtime directory
  unsigned n_cpus;    // worker i runs as lcore i on cpus[i]; control is lcore n_cpus
  const unsigned *cpus;
  enum config_hugepages hugepages;
  size_t huge_bytes[MEMORY_NODES_MAX]; // that pools and rings will take in hugepages, by node
  size_t ordinary_bytes;               // and in others, of all nodes
  unsigned n_pci;
  const char *const *pci; // addresses with arguments: the only PCI devices probed
  int n_extra;
  char *const *extra; // the user's own EAL arguments, at the end
};

// Adds what pools, rings and, on the first node, so many bytes besides will take to the request.
void eal_ask(struct eal_request *request, const struct memory_need *need, size_t bytes);

// Bytes that devices will have to reach.
uint64_t eal_locked(const struct eal_request *request);

// Whether the machine has the memory that is asked for, as eal_start begins with. Returns 0, or
// -errno and a sentence; adds to `warnings` what costs speed (no hugepages).
int eal_choose_memory(const struct eal_request *request, struct notes *warnings, char *error,
                      size_t size);

// Starts EAL. Adds to `warnings` what costs speed (no hugepages). Returns 0, or -errno and one
// sentence in `error`; then nothing is left behind. One start in a process's life.
int eal_start(const struct eal_request *request, struct notes *warnings, char *error, size_t size);

// Ends EAL and removes the runtime directory.
void eal_stop(void);

// Removes the runtime directory and leaves EAL as it is, for a process that ends with a thread in
// it.
void eal_leave(void);

// What EAL was started with: the program's name and `n` - 1 arguments. To the end of the process.
char *const *eal_parameters(unsigned *n);

bool eal_hugepages(void); // whether memory is in hugepages

#ifdef __cplusplus
}
#endif
#endif
