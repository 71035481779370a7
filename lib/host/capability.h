// SPDX-License-Identifier: BSD-3-Clause
#ifndef HOST_CAPABILITY_H
#define HOST_CAPABILITY_H

#include <stdbool.h>

// Numbers of capabilities(7): linux/include/uapi/linux/capability.h.
enum capability {
  CAPABILITY_NET_ADMIN = 12,
  CAPABILITY_IPC_LOCK = 14, // may lock any amount of memory
  CAPABILITY_SYS_ADMIN = 21,
  CAPABILITY_BPF = 39,
};

// Whether this process has it, effectively.
bool capability_here(enum capability capability);

#endif
