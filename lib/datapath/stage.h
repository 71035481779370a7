// SPDX-License-Identifier: BSD-3-Clause
// A stage looks at a burst and decides. A kind of stage is one file in lib/features: a struct
// stage_type and STAGE_TYPE(…) at its end. The configuration's `forward` knows it by its name from
// then on; nothing else has to change.
//
// A stage never sends, frees or queues a packet, and writes to one only by way of burst_writable:
// the bytes of packet[i] may be what a mirror was promised, which the mbuf does not show.
#ifndef DATAPATH_STAGE_H
#define DATAPATH_STAGE_H

#include "datapath/burst.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  STAGES_MAX = 8,       // of one port
  STAGE_TYPES_MAX = 32, // kinds
};

// One stage of one port. control: writes before the worker sees it, worker: reads.
struct stage {
  const struct stage_type *type;
  portset reach;    // what type->reach gave for this port: no verdict of this stage goes beyond it
  const void *data; // what this stage of this port needs besides; its type says what
};

struct stage_type {
  const char *name; // the key under `forward`
  const char *help; // one line for a person
  unsigned min_ports;
  unsigned max_ports;
  // What `overload: auto` means for its ports: true: wait, false: drop.
  bool waits;
  // Whether it writes to packets (burst_writable): readers noted before then need slots.
  bool writes;
  // The ports that packets received on ports[i] may leave by. `ports`: the entry's `n` ports in the
  // order of the configuration.
  portset (*reach)(const unsigned *ports, unsigned n, unsigned i);
  // Decides about every packet of the burst that is not settled. Runs on the worker. burst->count
  // is 1 to BURST_MAX for a port's first stage and up to BURST_SLOTS for those behind it: a stage
  // before may have split packets off, which are as good as received ones. Slots that this stage
  // adds come behind the others.
  void (*run)(const struct stage *stage, struct burst *burst);
};

// The stages of one port, in order.
struct port_program {
  unsigned count;
  struct stage stage[STAGES_MAX];
};

// Of every port.
struct program {
  struct port_program port[PORTS_MAX];
};

// Every kind, in the order of registration. Returns how many.
unsigned stage_types(const struct stage_type *const **types);

// Returns the kind of that name, or NULL.
const struct stage_type *stage_type_find(const char *name);

void stage_type_register(const struct stage_type *type);

// Makes a kind known before main runs.
#define STAGE_TYPE(type)                                                                           \
  __attribute__((constructor)) static void type##_register(void)                                   \
  {                                                                                                \
    stage_type_register(&type);                                                                    \
  }                                                                                                \
  extern int type##_needs_a_semicolon

#ifdef __cplusplus
}
#endif
#endif
