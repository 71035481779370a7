// SPDX-License-Identifier: BSD-3-Clause
// The socket file by which a peer process finds a port: memif's and vhost's servers make one, and
// so does virtio-user with server=1.
#ifndef CONTROL_PEER_SOCKET_H
#define CONTROL_PEER_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

// Sees to it that the driver can make the file that `arguments` (of a device string, behind its
// first comma) name, where `driver` (struct device_facts; may be NULL) is such a server: a file
// that a killed one left is removed. Returns 0, or -errno and in `why` what stands in the way: a
// process that listens there, a directory that is missing.
int peer_socket_prepare(const char *driver, const char *arguments, char *why, size_t size);

// Whether `driver` with these arguments is a memif client, and somebody listens where it connects.
bool peer_socket_answers(const char *driver, const char *arguments);

#endif
