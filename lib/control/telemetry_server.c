// SPDX-License-Identifier: BSD-3-Clause
#include "control/telemetry_server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/notes.h"

enum { BACKLOG = 64 };

static const struct timeval PAUSE = {.tv_usec = 50000}; // without a descriptor for a client
static const struct timeval PATIENCE = {.tv_sec = TELEMETRY_PATIENCE};

struct client {
  struct telemetry_server *server;
  int fd;
  struct event *reads, *writes; // one of them is pending
  char *reply;                  // that could not be sent yet; NULL: none
  TAILQ_ENTRY(client) place;
};

struct telemetry_server {
  struct event_base *base;
  int fd;
  bool bound;
  struct event *accepts, *pause; // one of them is pending
  telemetry_reply *reply;
  void *arg;
  unsigned n_clients;
  TAILQ_HEAD(, client) clients; // who was silent for longest first
  char path[PATH_MAX];
  char greeting[512];
};

static void let_go(struct client *c)
{
  TAILQ_REMOVE(&c->server->clients, c, place);
  c->server->n_clients--;
  if (c->reads != NULL)
    event_free(c->reads);
  if (c->writes != NULL)
    event_free(c->writes);
  close(c->fd);
  free(c->reply);
  free(c);
}

// Sends what is there to be sent; what finds no room waits for it. Returns false where the client
// is gone, or cannot be served.
static bool deliver(struct client *c)
{
  size_t length = strlen(c->reply);
  ssize_t sent = send(c->fd, c->reply, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN)
    return event_add(c->writes, &PATIENCE) == 0;
  free(c->reply);
  c->reply = NULL;
  return sent == (ssize_t)length && event_add(c->reads, NULL) == 0;
}

static void on_room(evutil_socket_t fd, short what, void *arg)
{
  struct client *c = arg;
  if (what & EV_TIMEOUT || !deliver(c))
    let_go(c);
}

static void on_request(evutil_socket_t fd, short what, void *arg)
{
  struct client *c = arg;
  struct telemetry_server *s = c->server;
  char request[TELEMETRY_REQUEST_MAX + 1];
  ssize_t n = recv(fd, request, TELEMETRY_REQUEST_MAX, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
    if (event_add(c->reads, NULL) != 0)
      let_go(c);
    return;
  }
  if (n <= 0) {
    let_go(c);
    return;
  }
  request[n] = '\0';
  TAILQ_REMOVE(&s->clients, c, place);
  TAILQ_INSERT_TAIL(&s->clients, c, place);
  c->reply = s->reply(s->arg, request);
  if (c->reply == NULL || !deliver(c))
    let_go(c);
}

// Takes the descriptor in any case.
static void welcome(struct telemetry_server *s, int fd)
{
  struct client *c = calloc(1, sizeof(*c));
  if (c == NULL) {
    close(fd);
    return;
  }
  *c = (struct client){.server = s, .fd = fd, .reply = strdup(s->greeting)};
  c->reads = event_new(s->base, fd, EV_READ, on_request, c);
  c->writes = event_new(s->base, fd, EV_WRITE, on_room, c);
  TAILQ_INSERT_TAIL(&s->clients, c, place);
  s->n_clients++;
  if (c->reads == NULL || c->writes == NULL || c->reply == NULL || !deliver(c))
    let_go(c);
}

// Returns whether there was one to let go.
static bool make_room(struct telemetry_server *s)
{
  struct client *silent = TAILQ_FIRST(&s->clients);
  if (silent != NULL)
    let_go(silent);
  return silent != NULL;
}

// A few at a time: what is left has the loop come back. Without a descriptor the socket would have
// it come back at once, for ever.
static void on_client(evutil_socket_t listener, short what, void *arg)
{
  struct telemetry_server *s = arg;
  bool pause = false;
  for (unsigned i = 0; i < BACKLOG && !pause; i++) {
    if (s->n_clients == TELEMETRY_CLIENTS_MAX)
      make_room(s);
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
      welcome(s, fd);
    else if (errno == EAGAIN)
      break;
    else if (errno != ECONNABORTED && errno != EINTR)
      pause = !make_room(s);
  }
  event_add(pause ? s->pause : s->accepts, pause ? &PAUSE : NULL);
}

static void on_pause_over(evutil_socket_t fd, short what, void *arg)
{
  struct telemetry_server *s = arg;
  event_add(s->accepts, NULL);
}

// The address of a path of any length: where it does not fit, by its directory's descriptor, which
// must stay open while the address is used.
static int make_address(const char *path, struct sockaddr_un *address, int *directory)
{
  char parent[PATH_MAX];
  const char *slash = strrchr(path, '/');
  *directory = -1;
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  if (strlen(path) < sizeof(address->sun_path)) {
    strcpy(address->sun_path, path);
    return 0;
  }
  if (slash == NULL)
    return -ENAMETOOLONG;
  snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
  *directory = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (*directory < 0)
    return -errno;
  snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d%s", *directory, slash);
  return 0;
}

// A socket that nobody listens at any more is removed.
static int try_bind(int fd, const struct sockaddr_un *address)
{
  if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
    return 0;
  if (errno != EADDRINUSE)
    return -errno;
  int probe = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  bool dead = probe >= 0 &&
              connect(probe, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
              errno == ECONNREFUSED;
  if (probe >= 0)
    close(probe);
  if (!dead || unlink(address->sun_path) != 0)
    return -EADDRINUSE;
  return bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ? 0 : -errno;
}

// The mode is that of the socket before it gets its name (unix(7); net/unix/af_unix.c, unix_bind),
// so that nobody else can connect at any moment.
static int listen_at(struct telemetry_server *s)
{
  struct sockaddr_un address;
  int directory;
  s->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (s->fd < 0)
    return -errno;
  int status = make_address(s->path, &address, &directory);
  if (status == 0 && fchmod(s->fd, 0600) != 0)
    status = -errno;
  if (status == 0)
    status = try_bind(s->fd, &address);
  s->bound = status == 0;
  if (directory >= 0)
    close(directory);
  if (status == 0 && listen(s->fd, BACKLOG) != 0)
    status = -errno;
  return status;
}

static int serve(struct telemetry_server *s)
{
  s->accepts = event_new(s->base, s->fd, EV_READ, on_client, s);
  s->pause = event_new(s->base, -1, 0, on_pause_over, s);
  if (s->accepts == NULL || s->pause == NULL || event_add(s->accepts, NULL) != 0)
    return -ENOMEM;
  return 0;
}

int telemetry_server_start(struct telemetry_server **server, struct event_base *base,
                           const char *path, const char *greeting, telemetry_reply *reply,
                           void *arg, char *error, size_t size)
{
  struct telemetry_server *s = calloc(1, sizeof(*s));
  if (s == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  s->base = base;
  s->fd = -1;
  s->reply = reply;
  s->arg = arg;
  TAILQ_INIT(&s->clients);
  snprintf(s->path, sizeof(s->path), "%s", path);
  snprintf(s->greeting, sizeof(s->greeting), "%s", greeting);
  int status = listen_at(s);
  if (status == 0)
    status = serve(s);
  if (status == 0) {
    *server = s;
    return 0;
  }
  telemetry_server_stop(s);
  if (status == -EADDRINUSE)
    return fail(error, size, status,
                "another program answers at the telemetry socket %s; stop it, or give this platter "
                "another telemetry.prefix",
                path);
  return fail(error, size, status, "cannot make the telemetry socket %s (%s)", path,
              strerror(-status));
}

void telemetry_server_stop(struct telemetry_server *s)
{
  if (s == NULL)
    return;
  while (make_room(s))
    ;
  if (s->accepts != NULL)
    event_free(s->accepts);
  if (s->pause != NULL)
    event_free(s->pause);
  if (s->fd >= 0)
    close(s->fd);
  if (s->bound)
    unlink(s->path);
  free(s);
}
