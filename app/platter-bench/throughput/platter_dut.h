// SPDX-License-Identifier: BSD-3-Clause
// The device under test is platter itself, in a process of its own, joined to the instrument by two
// memif devices that are made for the purpose: no NIC is needed. The first two ports of the
// configuration have these devices; what others there are receive nothing and take everything.
#ifndef BENCH_THROUGHPUT_PLATTER_DUT_H
#define BENCH_THROUGHPUT_PLATTER_DUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "config/config.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PLATTER_DUT_DEVICE_MAX = 256 };

struct platter_dut { // zero-initialise
  pid_t pid;
  FILE *says;
  char directory[64];              // with the sockets
  char tx[PLATTER_DUT_DEVICE_MAX]; // the instrument's ends
  char rx[PLATTER_DUT_DEVICE_MAX];
};

// Starts it and waits until it forwards; DPDK has not been started in this process. `cpus`: those
// that its workers may have. Returns 0, or -errno and a sentence; platter_dut_stop in both cases.
int platter_dut_start(struct platter_dut *dut, const struct config *config, unsigned longest,
                      unsigned n_cpus, const unsigned *cpus, char *error, size_t size);

// Ends it. Returns 0, or -errno and a sentence where it had ended before or its accounting does not
// close.
int platter_dut_stop(struct platter_dut *dut, char *error, size_t size);

#ifdef __cplusplus
}
#endif
#endif
