// SPDX-License-Identifier: BSD-3-Clause
// What a descriptor that a peer process has sent really is.
#ifndef PORTS_PEERS_DESCRIPTOR_H
#define PORTS_PEERS_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { PEER_DESCRIPTORS_MAX = 16 }; // of a message; DPDK's drivers read fewer

// Those that have come with a message. `fds`: PEER_DESCRIPTORS_MAX of them. Returns how many.
unsigned peer_descriptors(struct msghdr *message, int *fds);

// The driver will not see them.
void peer_descriptors_drop(struct msghdr *message, const int *fds, unsigned n);

// Whether it is an eventfd, which from now on nobody waits for. With a pipe, or a socket, workers
// could be made to wait. (The peer can take that back: the flag is the eventfd's, and shared.)
bool peer_descriptor_is_eventfd(int fd);

// Whether it is memory, a file, of at least so many bytes: what is mapped beyond is SIGBUS.
bool peer_descriptor_holds(int fd, uint64_t bytes);

#endif
