// SPDX-License-Identifier: BSD-3-Clause
// Between vhost-user's sockets and DPDK's vhost library: see vhost_socket.c.
#ifndef PORTS_PEERS_VHOST_SOCKET_H
#define PORTS_PEERS_VHOST_SOCKET_H

#include <sys/socket.h>

// After a header of vhost-user, of `size` bytes, was read into `message`: returns what the library
// is to think that was read: as much, or 0, the end of the connection.
ssize_t vhost_socket_heard(int fd, struct msghdr *message, ssize_t size);

#endif
