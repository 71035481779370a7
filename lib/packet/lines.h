// SPDX-License-Identifier: BSD-3-Clause
// Who writes what, by cache line: a line that two threads write goes back and forth between their
// cores, which costs hundreds of cycles each time. Checked when it is compiled.
#ifndef PACKET_LINES_H
#define PACKET_LINES_H

#include <assert.h>
#include <stdalign.h>
#include <stddef.h>

#include <rte_common.h>

// Nothing else is on the lines of a `type`, not its neighbour in an array either.
#define LINES_OWN(type)                                                                            \
  static_assert(alignof(type) % RTE_CACHE_LINE_SIZE == 0 &&                                        \
                    sizeof(type) % RTE_CACHE_LINE_SIZE == 0,                                       \
                #type " has its cache lines for itself")

// A field begins a line: those before it have another writer.
#define LINES_APART(type, field)                                                                   \
  static_assert(offsetof(type, field) % RTE_CACHE_LINE_SIZE == 0,                                  \
                #field " of " #type " begins a cache line")

#endif
