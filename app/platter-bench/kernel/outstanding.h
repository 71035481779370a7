// SPDX-License-Identifier: BSD-3-Clause
// What MSG_ZEROCOPY owes its user: the socket's error queue says which sends the kernel is done
// with, whose memory may be written to again, and whether it copied after all
// (Documentation/networking/msg_zerocopy.rst).
#ifndef BENCH_KERNEL_OUTSTANDING_H
#define BENCH_KERNEL_OUTSTANDING_H

#include "kernel/transfer.h"

enum {
  OUTSTANDING_MAX = 256, // sends that the kernel is not done with
  OUTSTANDING_SLOTS = 8, // pieces of memory that are sent from
};

struct outstanding { // zero-initialise for each connection
  uint32_t next;     // the kernel counts the sends of a connection: the number of the next one
  unsigned count;
  unsigned of_slot[OUTSTANDING_SLOTS];
  struct {
    unsigned slot;
    uint32_t bytes;
    bool open;
  } sent[OUTSTANDING_MAX]; // by number
};

// Sends all of it, without a copy where the kernel can. The memory, which is called `slot`, may not
// change until outstanding_wait has been there.
int outstanding_send(struct outstanding *o, struct transfer *t, unsigned slot, const char *bytes,
                     size_t size);

// Waits until no more than `most` of the sends counted by `count` are outstanding: o->count for
// all, o->of_slot[slot] for those of one slot.
int outstanding_wait(struct outstanding *o, struct transfer *t, const unsigned *count,
                     unsigned most);

#endif
