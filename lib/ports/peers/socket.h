// SPDX-License-Identifier: BSD-3-Clause
// The socket file by which a peer process finds a port: memif's and vhost's servers make one, and
// so does virtio-user with server=1.
#ifndef PORTS_PEERS_SOCKET_H
#define PORTS_PEERS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

// Sees to it that the driver can make the file that `arguments` (of a device string, behind its
// first comma) name, where `driver` (struct device_facts; may be NULL) is such a server: a file
// that a killed one left is removed. Returns 0, or -errno and in `why` what stands in the way: a
// process that listens there, a directory that is missing.
int peer_socket_prepare(const char *driver, const char *arguments, char *why, size_t size);

// The same, and removes nothing and connects to nobody.
int peer_socket_check(const char *driver, const char *arguments, char *why, size_t size);

// The path of the file, in `path`, where no other port of the process may have the same. False: the
// driver with these arguments makes none, or one that several may share.
bool peer_socket_alone(const char *driver, const char *arguments, char *path, size_t size);

// Where `driver` with these arguments is a memif client: begins to connect to its server, without
// waiting for anybody. Returns a descriptor, which the caller closes; -1: nobody listens there.
int peer_socket_knock(const char *driver, const char *arguments);

// Of such a descriptor.
enum peer_answer {
  PEER_SAYS_NOTHING,
  PEER_ANSWERS, // the server greets: connect
  PEER_HAS_GONE,
};
enum peer_answer peer_socket_answer(int fd);

// The address of a memif's socket. Returns its length; 0: none is as long.
struct rte_kvargs;
struct sockaddr_un;
socklen_t peer_socket_memif_address(const struct rte_kvargs *arguments,
                                    struct sockaddr_un *address);

#ifdef __cplusplus
}
#endif
#endif
