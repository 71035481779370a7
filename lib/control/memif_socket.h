// SPDX-License-Identifier: BSD-3-Clause
// Between memif's sockets and DPDK's driver: see memif_socket.c.
#ifndef CONTROL_MEMIF_SOCKET_H
#define CONTROL_MEMIF_SOCKET_H

// Before a memif port starts: tells of it, so that what is said of its peers names it. `arguments`:
// of its device string, behind the first comma.
void memif_socket_announce(const char *port, const char *arguments);

#endif
