// SPDX-License-Identifier: BSD-3-Clause
// What peers say to DPDK's drivers: see peer_messages.c.
#ifndef CONTROL_PEER_MESSAGES_H
#define CONTROL_PEER_MESSAGES_H

#include <sys/socket.h>

// Before drivers run: finds the C library's. (It is also what has the linker take the rest of the
// file into the program.)
void peer_messages_begin(void);

typedef ssize_t receive_function(int, struct msghdr *, int);
typedef ssize_t send_function(int, const struct msghdr *, int);

#endif
