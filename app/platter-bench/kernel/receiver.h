// SPDX-License-Identifier: BSD-3-Clause
// The other end of the socket: a process of its own, so that its CPU time is apart from the
// sender's. It listens on 127.0.0.1, keeps every byte of a sample in memory it has touched before,
// and compares them with the input when the clock has stopped.
#ifndef BENCH_KERNEL_RECEIVER_H
#define BENCH_KERNEL_RECEIVER_H

#include <stdint.h>
#include <sys/types.h>

#include "kernel/files.h"

#ifdef __cplusplus
extern "C" {
#endif

struct receiver {
  pid_t pid;
  int control; // a socket to it
  uint16_t port;
};

struct received { // the CPU time that taking the bytes took, in seconds
  double user, system;
};

// `capacity`: bytes of a sample at most. `cpu`: where it runs; -1: anywhere. Returns 0, or -errno
// and a sentence, as all of these do.
int receiver_start(struct receiver *receiver, int in, uint64_t capacity, int cpu, char *error,
                   size_t size);

// A connection, on which it takes `transfers` times `length` bytes. Returns the descriptor.
int receiver_connect(struct receiver *receiver, uint64_t length, uint64_t transfers, char *error,
                     size_t size);

// Waits until it has all of them.
int receiver_wait(struct receiver *receiver, struct received *received, char *error, size_t size);

// Then: waits for what the comparison found.
int receiver_compare(struct receiver *receiver, struct difference *difference, char *error,
                     size_t size);

void receiver_stop(struct receiver *receiver); // also one that was zero-initialised

// In receiver_process.c: what it runs. Never returns.
struct receiver_request {
  uint64_t length, transfers;
  uint16_t from; // the sender's port: whoever else connects is turned away
};
struct receiver_reply {
  int error; // -errno: not all came
  uint64_t bytes;
  struct received cpu;
  struct difference difference;
};
void receiver_process(int listener, int control, int in, uint64_t capacity)
    __attribute__((noreturn));

#ifdef __cplusplus
}
#endif
#endif
