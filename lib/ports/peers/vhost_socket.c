// SPDX-License-Identifier: BSD-3-Clause
// DPDK's vhost library checks most of what a guest's qemu says, or whoever stands in its place. Of
// what it lets pass (lib/vhost/vhost_user.c, 22.11), this is looked at before:
//
// - Inflight memory (GET_INFLIGHT_FD, SET_INFLIGHT_FD), which is for disks: each message that fails
//   leaves a descriptor or a mapping behind.
// - Memory that is larger than its file (SET_MEM_TABLE, SET_LOG_BASE): it is mapped, and SIGBUS for
//   the worker that reads it. A region that cannot be mapped leaves its descriptor behind.
// - Eventfds that are none (SET_VRING_KICK, SET_VRING_CALL): a worker that writes to a full pipe
//   waits for ever.
// - Rings that no port has, and messages about a ring that come without its number: the library
// makes
//   the rings first, and when it cannot, the descriptors of the message stay open.
// - A header without its body: the library waits for the rest, on the one thread that serves all
//   vhost ports, and the port cannot be stopped any more.
#include "ports/peers/vhost_socket.h"

#include <string.h>
#include <sys/time.h>

#include <rte_log.h>

#include "config/config.h"
#include "ports/peers/descriptor.h"

enum { // the vhost-user protocol, docs/interop/vhost-user.rst of qemu
  SET_MEM_TABLE = 5,
  SET_LOG_BASE = 6,
  SET_VRING_NUM = 8,
  SET_VRING_ADDR = 9,
  SET_VRING_BASE = 10,
  GET_VRING_BASE = 11,
  SET_VRING_KICK = 12,
  SET_VRING_CALL = 13,
  SET_VRING_ERR = 14,
  SET_VRING_ENABLE = 18,
  GET_INFLIGHT_FD = 31,
  SET_INFLIGHT_FD = 32,
  REGIONS_MAX = 8,
  RINGS_MAX = 2 * CONFIG_RX_QUEUES_MAX, // a queue has one for each way
};

struct header {
  uint32_t request, flags, size;
};

struct region {
  uint64_t guest, size, user, offset;
};

union body {
  struct {
    uint32_t n, padding;
    struct region region[REGIONS_MAX];
  } table;
  struct {
    uint64_t size, offset;
  } log;
  uint32_t ring;        // its number
  uint64_t eventfd_for; // the number in the lowest byte, and a flag
};

// What comes behind a header is there together with it. Returns whether all of it is.
static bool look_ahead(int fd, const struct header *header, union body *body)
{
  *body = (union body){0};
  return header->size <= sizeof(*body) &&
         recv(fd, body, header->size, MSG_PEEK | MSG_DONTWAIT) == (ssize_t)header->size;
}

static bool fits(int fd, uint64_t offset, uint64_t size)
{
  return size > 0 && offset <= UINT64_MAX - size && peer_descriptor_holds(fd, offset + size);
}

static const char *check_table(const union body *body, const int *fds, unsigned n)
{
  if (body->table.n != n || n > REGIONS_MAX)
    return "memory without its descriptors";
  for (unsigned i = 0; i < n; i++)
    if (!fits(fds[i], body->table.region[i].offset, body->table.region[i].size))
      return "memory that is larger than its file";
  return NULL;
}

// SET_VRING_KICK, _CALL and _ERR bring an eventfd, or none; the others nothing.
static const char *check_ring(int fd, const struct header *header, const int *fds, unsigned n)
{
  union body body;
  if (header->size < sizeof(body.eventfd_for) || !look_ahead(fd, header, &body))
    return "half a message about a ring";
  bool eventfds = header->request >= SET_VRING_KICK && header->request <= SET_VRING_ERR;
  if ((eventfds ? body.eventfd_for & 0xff : body.ring) >= RINGS_MAX)
    return "a ring that no port has";
  if (n > (eventfds ? 1 : 0))
    return "descriptors that do not belong to a ring";
  return n == 0 || peer_descriptor_is_eventfd(fds[0]) ? NULL : "a ring without its eventfd";
}

static const char *check(int fd, const struct header *header, const int *fds, unsigned n)
{
  union body body;
  switch (header->request) {
  case SET_MEM_TABLE:
    return look_ahead(fd, header, &body) ? check_table(&body, fds, n) : "half a table of memory";
  case SET_LOG_BASE:
    return look_ahead(fd, header, &body) && n == 1 && fits(fds[0], body.log.offset, body.log.size)
               ? NULL
               : "a log that is larger than its file";
  case SET_VRING_NUM:
  case SET_VRING_ADDR:
  case SET_VRING_BASE:
  case GET_VRING_BASE:
  case SET_VRING_KICK:
  case SET_VRING_CALL:
  case SET_VRING_ERR:
  case SET_VRING_ENABLE:
    return check_ring(fd, header, fds, n);
  case GET_INFLIGHT_FD:
  case SET_INFLIGHT_FD:
    return "a request for disks";
  default:
    return NULL;
  }
}

ssize_t vhost_socket_heard(int fd, struct msghdr *message, ssize_t size)
{
  static const struct timeval patience = {.tv_usec = 500000};
  int fds[PEER_DESCRIPTORS_MAX];
  struct header header;
  if (size != sizeof(header))
    return size;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  memcpy(&header, message->msg_iov[0].iov_base, sizeof(header));
  unsigned n = peer_descriptors(message, fds);
  const char *wrong = check(fd, &header, fds, n);
  if (wrong == NULL)
    return size;
  rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "platter: a vhost-user peer is let go: %s\n", wrong);
  peer_descriptors_drop(message, fds, n);
  return 0;
}
