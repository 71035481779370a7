// SPDX-License-Identifier: BSD-3-Clause
// DPDK's drivers for memif and vhost-user read what their peers say by recvmsg of the C library,
// and write by sendmsg. The two below stand in front of those for every shared object of the
// process: what comes over a memif's socket, or a vhost-user's, is looked at before a driver
// believes it.
#include "ports/peers/messages.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

#include "ports/peers/memif_socket.h"
#include "ports/peers/memif_wire.h"
#include "ports/peers/vhost_socket.h"

enum { VHOST_HEADER = 12 }; // bytes

static struct {
  receive_function *receive;
  send_function *send;
} own;

void peer_messages_begin(void)
{
  own.receive = (receive_function *)dlsym(RTLD_NEXT, "recvmsg");
  own.send = (send_function *)dlsym(RTLD_NEXT, "sendmsg");
}

// Nobody else in the process moves messages of these sizes over such sockets.
static bool is_peer(int fd, const struct msghdr *message, size_t size, int kind)
{
  int domain = 0, type = 0;
  socklen_t length = sizeof(int);
  return message->msg_iovlen == 1 && message->msg_iov[0].iov_len == size &&
         getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX &&
         getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == kind;
}

static bool is_memif(int fd, const struct msghdr *message)
{
  return is_peer(fd, message, sizeof(struct memif_message), SOCK_SEQPACKET);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
  if (own.receive == NULL)
    peer_messages_begin();
  if (is_memif(fd, message))
    return memif_socket_receive(own.receive, fd, message, flags);
  bool vhost = is_peer(fd, message, VHOST_HEADER, SOCK_STREAM);
  ssize_t size = own.receive(fd, message, vhost ? flags | MSG_CMSG_CLOEXEC : flags);
  return vhost ? vhost_socket_heard(fd, message, size) : size;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
  if (own.send == NULL)
    peer_messages_begin();
  return is_memif(fd, message) ? memif_socket_send(own.send, fd, message, flags)
                               : own.send(fd, message, flags);
}
