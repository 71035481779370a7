// SPDX-License-Identifier: BSD-3-Clause
// The device under test is platter itself. The first two ports of the configuration have the
// devices that join it to the instrument; what others there are receive nothing and take
// everything.
#ifndef BENCH_THROUGHPUT_PLATTER_DUT_H
#define BENCH_THROUGHPUT_PLATTER_DUT_H

#include "config/config.h"
#include "throughput/dut/dut.h"

#ifdef __cplusplus
extern "C" {
#endif

// Starts it and waits until it forwards; dut_prepare was called, and DPDK has not been started in
// this process. `cpus`: those that its workers may have. Returns 0, or -errno and a sentence;
// dut_stop in both cases.
int platter_dut_start(struct dut *dut, const struct config *config, unsigned longest,
                      unsigned n_cpus, const unsigned *cpus, char *error, size_t size);

#ifdef __cplusplus
}
#endif
#endif
