// SPDX-License-Identifier: BSD-3-Clause
// Between memif's sockets and DPDK's driver: see memif_socket.c.
#ifndef PORTS_PEERS_MEMIF_SOCKET_H
#define PORTS_PEERS_MEMIF_SOCKET_H

#include <sys/socket.h>

// Before a memif port starts: tells of it, so that what is said of its peers names it. `arguments`:
// of its device string, behind the first comma.
void memif_socket_announce(const char *port, const char *arguments);

// recvmsg and sendmsg for the socket of a memif, by the C library's.
typedef ssize_t receive_function(int, struct msghdr *, int);
typedef ssize_t send_function(int, const struct msghdr *, int);
ssize_t memif_socket_receive(receive_function *receive, int fd, struct msghdr *message, int flags);
ssize_t memif_socket_send(send_function *send, int fd, const struct msghdr *message, int flags);

#endif
