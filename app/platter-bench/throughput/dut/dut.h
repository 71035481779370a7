// SPDX-License-Identifier: BSD-3-Clause
// A device under test that is a process of its own, joined to the instrument by two memif devices
// that are made for the purpose: no NIC is needed. It is platter itself (platter_dut.h), or any
// forwarder that a command starts. It is the server of both sockets. One at a time runs: the others
// are stopped (SIGSTOP), so that they take nothing from its core.
#ifndef BENCH_THROUGHPUT_DUT_H
#define BENCH_THROUGHPUT_DUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DUT_PLATTER "platter"

enum {
  DUT_DEVICE_MAX = 256,
  DUT_NAME_MAX = 32,
  DUTS_MAX = 4,
};

struct dut { // zero-initialise
  char name[DUT_NAME_MAX];
  pid_t pid;
  FILE *says; // platter's lines
  // Of platter: asks it to end. Returns 0, or -errno and a sentence. NULL: a signal does.
  int (*ask_to_end)(struct dut *dut, char *error, size_t size);
  int input;               // of a command: its standard input's other end, which stays open
  char directory[64];      // with the sockets "in" and "out", and what a command printed: "log"
  char tx[DUT_DEVICE_MAX]; // the instrument's ends
  char rx[DUT_DEVICE_MAX];
};

// Makes the directory and names the instrument's ends. `number`: of the device, from 0 on. Returns
// 0, or -errno and a sentence; dut_stop in both cases.
int dut_prepare(struct dut *dut, unsigned number, unsigned longest, char *error, size_t size);

// The memif device by a socket of the directory, with the buffers that such frames need.
void dut_device(char text[DUT_DEVICE_MAX], const struct dut *dut, const char *role,
                const char *socket, unsigned number, unsigned longest);

// In the process that becomes the device: it ends with its parent, has a process group of its own,
// for a terminal's interrupt is for the instrument, and these CPUs.
void dut_begin(pid_t parent, unsigned n_cpus, const unsigned *cpus);

// Starts a shell's command, in which {in} and {out} stand for the sockets and {cores} for the
// CPUs, and waits until both sockets are there. DPDK has not been started in this process. Returns
// 0, or -errno and a sentence.
int dut_command(struct dut *dut, const char *command, unsigned n_cpus, const unsigned *cpus,
                char *error, size_t size);

// What a command is called: its first word, without directories.
void dut_name(struct dut *dut, const char *command);

void dut_pause(const struct dut *dut);
void dut_resume(const struct dut *dut);

// Ends it. Returns 0, or -errno and a sentence where it had ended before, or, of platter, its
// accounting does not close.
int dut_stop(struct dut *dut, char *error, size_t size);

#ifdef __cplusplus
}
#endif
#endif
