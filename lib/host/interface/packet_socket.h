// SPDX-License-Identifier: BSD-3-Clause
// The packet sockets (packet(7)) of this process: those that DPDK's af_packet driver opens for a
// port, and platter's own.
#ifndef HOST_INTERFACE_PACKET_SOCKET_H
#define HOST_INTERFACE_PACKET_SOCKET_H

#include <stdint.h>

enum { PACKET_SOCKETS_MAX = 64 }; // one for each queue of a port

struct packet_sockets {
  unsigned n;
  int fd[PACKET_SOCKETS_MAX]; // the driver's
};

// Finds the sockets that are bound to an interface, by its number, in this process.
void packet_sockets_find(struct packet_sockets *sockets, unsigned index);

// Packets that came since the last call and found no room in the sockets' rings.
uint64_t packet_sockets_lost(const struct packet_sockets *sockets);

// Has an interface hear what is sent to others. For as long as the socket that this returns is
// open, so that it ends with the process, however that ends. -errno where it cannot.
int packet_socket_hear_all(unsigned index);

#endif
