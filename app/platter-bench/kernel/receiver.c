// SPDX-License-Identifier: BSD-3-Clause
// The sender's side of the receiver: starting it, connecting, and asking how it went.
#include "kernel/receiver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/notes.h"
#include "cli/wait.h"
#include "kernel/transfer.h"

static int failed(char *error, size_t size, const char *what)
{
  int code = errno;
  return fail(error, size, -code, "the receiver: %s: %s", what, strerror(code));
}

static int open_listener(uint16_t *port)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof(address);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (bind(fd, (struct sockaddr *)&address, length) != 0 || listen(fd, 8) != 0 ||
      getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
    int code = errno;
    close(fd);
    errno = code;
    return -1;
  }
  *port = ntohs(address.sin_port);
  return fd;
}

// In the new process.
static _Noreturn void become_receiver(int listener, int control, int in, uint64_t capacity, int cpu,
                                      pid_t parent)
{
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(1);
  // Ctrl-C goes to both processes: the sender decides, and closing `control` ends this one.
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  if (cpu >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof(set), &set);
  }
  receiver_process(listener, control, in, capacity);
}

// Waits for a reply. The receiver gives up by itself where nothing comes any more.
static int wait_reply(struct receiver *receiver, struct receiver_reply *reply, char *error,
                      size_t size)
{
  double end = wait_now() + 3 * TRANSFER_STALL_SECONDS;
  struct pollfd fd = {.fd = receiver->control, .events = POLLIN};
  int ready;
  while ((ready = poll(&fd, 1, TRANSFER_POLL_MS)) <= 0) {
    if (transfer_stopped())
      return fail(error, size, -EINTR, "stopped by a signal");
    if (ready < 0 && errno != EINTR)
      return failed(error, size, "waiting for it");
    if (wait_now() > end)
      return fail(error, size, -ETIMEDOUT, "the receiver does not answer");
  }
  ssize_t got = recv(receiver->control, reply, sizeof(*reply), 0);
  if (got == 0 || (got < 0 && errno == ECONNRESET))
    return fail(error, size, -EPIPE, "the receiver has ended");
  if (got != sizeof(*reply))
    return failed(error, size, "its answer");
  if (reply->error != 0)
    return fail(error, size, reply->error, "the receiver got %" PRIu64 " bytes, then: %s",
                reply->bytes, strerror(-reply->error));
  return 0;
}

int receiver_start(struct receiver *receiver, int in, uint64_t capacity, int cpu, char *error,
                   size_t size)
{
  struct receiver_reply ready;
  int control[2];
  *receiver = (struct receiver){.control = -1};
  int listener = open_listener(&receiver->port);
  if (listener < 0)
    return failed(error, size, "listening on 127.0.0.1");
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0) {
    close(listener);
    return failed(error, size, "socketpair");
  }
  pid_t parent = getpid();
  receiver->pid = fork();
  if (receiver->pid == 0) {
    close(control[0]);
    become_receiver(listener, control[1], in, capacity, cpu, parent);
  }
  int code = errno;
  close(listener);
  close(control[1]);
  receiver->control = control[0];
  errno = code;
  if (receiver->pid < 0) {
    int status = failed(error, size, "fork");
    close(receiver->control);
    receiver->control = -1;
    return status;
  }
  return wait_reply(receiver, &ready, error, size); // its memory is there
}

// A call that waits may end early without a signal: io_uring's rings notify the process in that way
// when they are taken down. The connection is then still on its way.
static int connect_to(int fd, const struct sockaddr_in *address)
{
  while (connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
    if (errno == EISCONN)
      return 0;
    if (transfer_stopped() || (errno != EINTR && errno != EALREADY))
      return -1;
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    poll(&ready, 1, TRANSFER_POLL_MS);
  }
  return 0;
}

static int open_connection(uint16_t port, uint16_t *from)
{
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof(address);
  struct timeval look = {.tv_usec = TRANSFER_POLL_MS * 1000};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  // A send that waits comes back now and then, for a signal may have come just before it.
  if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &look, sizeof(look)) == 0 &&
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) == 0 &&
      connect_to(fd, &address) == 0 && getsockname(fd, (struct sockaddr *)&address, &length) == 0) {
    *from = ntohs(address.sin_port);
    return fd;
  }
  int code = errno;
  close(fd);
  errno = code;
  return -1;
}

int receiver_connect(struct receiver *receiver, uint64_t length, uint64_t transfers, char *error,
                     size_t size)
{
  struct receiver_request request = {.length = length, .transfers = transfers};
  struct receiver_reply reply;
  int fd = open_connection(receiver->port, &request.from);
  if (fd < 0)
    return failed(error, size, "connecting to it");
  int status = 0;
  if (send(receiver->control, &request, sizeof(request), MSG_NOSIGNAL) != sizeof(request))
    status = failed(error, size, "asking it");
  else
    status = wait_reply(receiver, &reply, error, size); // it has taken the connection
  if (status == 0)
    return fd;
  close(fd);
  return status;
}

int receiver_wait(struct receiver *receiver, struct received *received, char *error, size_t size)
{
  struct receiver_reply reply;
  int status = wait_reply(receiver, &reply, error, size);
  if (status == 0)
    *received = reply.cpu;
  return status;
}

int receiver_compare(struct receiver *receiver, struct difference *difference, char *error,
                     size_t size)
{
  struct receiver_reply reply;
  int status = wait_reply(receiver, &reply, error, size);
  if (status == 0)
    *difference = reply.difference;
  return status;
}

void receiver_stop(struct receiver *receiver)
{
  if (receiver->pid <= 0)
    return;
  close(receiver->control);
  kill(receiver->pid, SIGKILL); // it keeps nothing
  while (waitpid(receiver->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  *receiver = (struct receiver){.control = -1};
}
