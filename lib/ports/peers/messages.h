// SPDX-License-Identifier: BSD-3-Clause
// What peers say to DPDK's drivers: see messages.c.
#ifndef PORTS_PEERS_MESSAGES_H
#define PORTS_PEERS_MESSAGES_H

// Before drivers run: finds the C library's. (It is also what has the linker take the rest of the
// file into the program.)
void peer_messages_begin(void);

#endif
