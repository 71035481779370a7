// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/outstanding.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/notes.h"

// The kernel is done with the sends first to last, and has copied them or not.
static int complete(struct outstanding *o, struct transfer *t, uint32_t first, uint32_t last,
                    bool copied)
{
  if (last - first >= OUTSTANDING_MAX || last - first >= o->count)
    return fail(t->error, sizeof(t->error), -EPROTO,
                "MSG_ZEROCOPY: the kernel is done with sends %u to %u, %u were outstanding", first,
                last, o->count);
  for (uint32_t i = first; i != last + 1; i++) {
    unsigned at = i % OUTSTANDING_MAX;
    if (!o->sent[at].open)
      return fail(t->error, sizeof(t->error), -EPROTO,
                  "MSG_ZEROCOPY: the kernel is done twice with send %u", i);
    o->sent[at].open = false;
    o->of_slot[o->sent[at].slot]--;
    o->count--;
    if (copied)
      t->copied += o->sent[at].bytes;
  }
  t->stalled = 0;
  return 0;
}

static const struct sock_extended_err *find_error(struct msghdr *message)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c))
    if ((c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR) ||
        (c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_RECVERR))
      return (const struct sock_extended_err *)CMSG_DATA(c);
  return NULL;
}

// Takes one message off the error queue. Returns 1, 0 where there is none, or less than 0.
static int take(struct outstanding *o, struct transfer *t)
{
  _Alignas(struct cmsghdr) char control[256];
  struct msghdr message = {.msg_control = control, .msg_controllen = sizeof(control)};
  if (recvmsg(t->out, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
    return errno == EAGAIN ? 0 : transfer_failed(t, "reading the error queue", errno);
  const struct sock_extended_err *error = find_error(&message);
  if (error == NULL || error->ee_origin != SO_EE_ORIGIN_ZEROCOPY)
    return 1; // about something else
  int status = complete(o, t, error->ee_info, error->ee_data,
                        (error->ee_code & SO_EE_CODE_ZEROCOPY_COPIED) != 0);
  return status < 0 ? status : 1;
}

// Sleeps until the error queue may hold something.
static int sleep_on(struct transfer *t)
{
  struct pollfd fd = {.fd = t->out}; // the error queue shows as POLLERR, which is always asked for
  int ready = poll(&fd, 1, TRANSFER_POLL_MS);
  int error = ready < 0 ? errno : EAGAIN;
  socklen_t length = sizeof(error);
  if (ready > 0 && getsockopt(t->out, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0)
    error = EAGAIN;
  return transfer_failed(t, "waiting for the kernel to be done", error);
}

int outstanding_wait(struct outstanding *o, struct transfer *t, const unsigned *count,
                     unsigned most)
{
  while (*count > most) {
    int status = take(o, t);
    if (status == 0)
      status = sleep_on(t);
    if (status < 0)
      return status;
  }
  return 0;
}

static void add(struct outstanding *o, struct transfer *t, unsigned slot, uint32_t bytes)
{
  unsigned at = o->next++ % OUTSTANDING_MAX;
  o->sent[at].slot = slot;
  o->sent[at].bytes = bytes;
  o->sent[at].open = true;
  o->of_slot[slot]++;
  o->count++;
  t->asked += bytes;
}

int outstanding_send(struct outstanding *o, struct transfer *t, unsigned slot, const char *bytes,
                     size_t size)
{
  while (size > 0) {
    // The number's place is free only when all older sends are through, in whatever order.
    const unsigned most = o->sent[o->next % OUTSTANDING_MAX].open ? 0 : OUTSTANDING_MAX - 1;
    int status = outstanding_wait(o, t, &o->count, most);
    if (status != 0)
      return status;
    ssize_t sent = send(t->out, bytes, size, MSG_ZEROCOPY);
    if (sent < 0 && errno == ENOBUFS && o->count > 0) { // more than net.core.optmem_max notes
      status = outstanding_wait(o, t, &o->count, o->count - 1);
      if (status != 0)
        return status;
      continue;
    }
    sent = transfer_result(t, "send with MSG_ZEROCOPY", sent);
    if (sent < 0)
      return sent;
    if (sent > 0)
      add(o, t, slot, sent);
    bytes += sent;
    size -= sent;
    t->done += sent;
  }
  return 0;
}
