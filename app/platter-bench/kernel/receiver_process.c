// SPDX-License-Identifier: BSD-3-Clause
// The receiver's own side: take, say how much CPU it took, compare, say what was found.
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "kernel/receiver.h"
#include "kernel/transfer.h"

enum { TAKE = 256 * 1024 }; // bytes of one call

static void reply_with(int control, const struct receiver_reply *reply)
{
  if (send(control, reply, sizeof(*reply), MSG_NOSIGNAL) != sizeof(*reply))
    _exit(1); // the sender has gone
}

static struct received cpu_time(void)
{
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (struct received){u.ru_utime.tv_sec + u.ru_utime.tv_usec * 1e-6,
                           u.ru_stime.tv_sec + u.ru_stime.tv_usec * 1e-6};
}

static bool ready_in(int fd, int seconds)
{
  struct pollfd p = {.fd = fd, .events = POLLIN};
  return poll(&p, 1, seconds * 1000) > 0;
}

// The connection of the sender: any program may connect to a port on this machine.
static int accept_from(int listener, uint16_t port)
{
  struct timeval stall = {.tv_sec = TRANSFER_STALL_SECONDS};
  while (ready_in(listener, TRANSFER_STALL_SECONDS)) {
    struct sockaddr_in peer = {0};
    int fd = accept4(listener, (struct sockaddr *)&peer, &(socklen_t){sizeof(peer)}, SOCK_CLOEXEC);
    if (fd >= 0 && ntohs(peer.sin_port) == port &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &stall, sizeof(stall)) == 0)
      return fd;
    if (fd >= 0)
      close(fd);
  }
  return -ETIMEDOUT;
}

static int take_all(int fd, uint8_t *memory, uint64_t length, uint64_t *bytes)
{
  while (*bytes < length) {
    uint64_t left = length - *bytes;
    ssize_t got = recv(fd, memory + *bytes, left < TAKE ? left : TAKE, 0);
    if (got < 0 && errno != EINTR)
      return errno == EAGAIN ? -ETIMEDOUT : -errno;
    if (got == 0)
      return -ECONNRESET;
    *bytes += got > 0 ? got : 0;
  }
  return 0;
}

// More than was to be sent: as wrong as less.
static void look_for_more(int fd, uint64_t length, struct difference *difference)
{
  char byte;
  if (recv(fd, &byte, 1, MSG_DONTWAIT) > 0)
    *difference = (struct difference){.found = true, .length = true, .at = length + 1};
}

static void serve(int listener, int control, const struct receiver_request *request,
                  const uint8_t *input, uint8_t *memory)
{
  const uint64_t length = request->length * request->transfers;
  struct receiver_reply reply = {0};
  int fd = accept_from(listener, request->from);
  reply.error = fd < 0 ? fd : 0;
  reply_with(control, &reply);
  if (fd < 0)
    return;
  struct received before = cpu_time();
  reply.error = take_all(fd, memory, length, &reply.bytes);
  reply.cpu = cpu_time();
  reply.cpu.user -= before.user;
  reply.cpu.system -= before.system;
  reply_with(control, &reply);
  if (reply.error == 0) {
    reply.difference = difference_find(input, memory, request->length, request->transfers);
    if (!reply.difference.found)
      look_for_more(fd, length, &reply.difference);
    reply_with(control, &reply);
  }
  close(fd);
}

static void *map(int fd, uint64_t size)
{
  int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  return mmap(NULL, size, fd < 0 ? PROT_READ | PROT_WRITE : PROT_READ, flags, fd, 0);
}

void receiver_process(int listener, int control, int in, uint64_t capacity)
{
  struct receiver_reply ready = {0};
  struct receiver_request request;
  struct stat s = {0};
  fstat(in, &s);
  uint8_t *memory = map(-1, capacity + 1); // one more: no mapping is empty
  const uint8_t *input = map(in, s.st_size > 0 ? s.st_size : 1);
  if (memory == MAP_FAILED || input == MAP_FAILED) {
    ready.error = -ENOMEM;
  } else {
    madvise(memory, capacity + 1, MADV_HUGEPAGE);
    for (uint64_t i = 0; i <= capacity; i += 4096)
      memory[i] = 1;
  }
  reply_with(control, &ready);
  while (recv(control, &request, sizeof(request), 0) == sizeof(request))
    serve(listener, control, &request, input, memory);
  _exit(0);
}
