// SPDX-License-Identifier: BSD-3-Clause
#include "ports/peers/socket.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_kvargs.h>

#include "base/notes.h"
#include "host/unix_sockets.h"

enum {
  HELLO_TIMEOUT = 500,  // milliseconds
  CONNECT_TIMEOUT = 50, // milliseconds
  ANSWER_TIMEOUT = 3,   // seconds
};

static bool says(const struct rte_kvargs *arguments, const char *key, const char *value)
{
  const char *found = rte_kvargs_get(arguments, key);
  return found != NULL && strcmp(found, value) == 0;
}

static bool is_set(const struct rte_kvargs *arguments, const char *key)
{
  const char *found = rte_kvargs_get(arguments, key);
  return found != NULL && strtoul(found, NULL, 0) != 0;
}

static bool memif_listens(const struct rte_kvargs *arguments)
{
  return says(arguments, "socket-abstract", "no") &&
         (says(arguments, "role", "server") || says(arguments, "role", "master"));
}

static bool vhost_listens(const struct rte_kvargs *arguments)
{
  return !is_set(arguments, "client");
}

static bool virtio_user_listens(const struct rte_kvargs *arguments)
{
  return is_set(arguments, "server");
}

static const struct server {
  const char *driver;
  const char *key; // of its path
  bool (*listens)(const struct rte_kvargs *arguments);
  int type;
  bool shared; // several ports of one process may have the same
} servers[] = {
    {"net_memif", "socket", memif_listens, SOCK_SEQPACKET, true},
    {"net_vhost", "iface", vhost_listens, SOCK_STREAM, false},
    {"net_virtio_user", "path", virtio_user_listens, SOCK_STREAM, false},
};

enum { N_SERVERS = sizeof(servers) / sizeof(*servers) };

// A memif server that listens has taken the connection, and sends its hello: it should not find the
// other end closed then.
static void hear_hello(int fd)
{
  struct pollfd wait = {.fd = fd, .events = POLLIN};
  char hello[256];
  if (poll(&wait, 1, HELLO_TIMEOUT) == 1)
    (void)!recv(fd, hello, sizeof(hello), MSG_DONTWAIT);
}

// Connects to a socket. Returns 0, or -errno: ECONNREFUSED where there is a file of that name and
// no process listens behind it. `own`: this process does.
static int knock(const struct server *server, const struct sockaddr_un *address, socklen_t length,
                 bool *own)
{
  struct ucred who = {0}; // of a process in another PID namespace: 0
  socklen_t size = sizeof(who);
  int fd = socket(AF_UNIX, server->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -errno;
  int status = connect(fd, (const struct sockaddr *)address, length) != 0 ? -errno : 0;
  *own = status == 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
         who.pid == getpid();
  if (status == 0 && server->type == SOCK_SEQPACKET)
    hear_hello(fd);
  close(fd);
  return status;
}

static int check_directory(const char *path, char *why, size_t size)
{
  const char *slash = strrchr(path, '/');
  struct stat file;
  char directory[sizeof(((struct sockaddr_un *)NULL)->sun_path)] = ".";
  if (slash != NULL) {
    size_t length = slash > path ? slash - path : 1;
    memcpy(directory, path, length);
    directory[length] = '\0';
  }
  if (stat(directory, &file) != 0)
    return fail(why, size, -errno, "the directory of its socket, '%s': %s", directory,
                strerror(errno));
  if (!S_ISDIR(file.st_mode))
    return fail(why, size, -ENOTDIR, "'%s', where its socket would be, is no directory", directory);
  if (eaccess(directory, W_OK | X_OK) != 0)
    return fail(why, size, -errno, "its socket cannot be made in '%s' (%s)", directory,
                strerror(errno));
  return 0;
}

static int taken(const char *path, char *why, size_t size)
{
  return fail(why, size, -EADDRINUSE,
              "another process listens at '%s' (`ss -xlp` shows which); stop it, or choose another "
              "path",
              path);
}

// What stands in the way of the file without a look at who has it. *there: a socket is there.
static int check_place(const struct server *server, const char *path, bool *there, char *why,
                       size_t size)
{
  struct sockaddr_un address;
  struct stat file;
  *there = false;
  if (*path == '\0' || strlen(path) >= sizeof(address.sun_path))
    return fail(why, size, -ENAMETOOLONG, "%s: a socket's path has 1 to %zu bytes", server->key,
                sizeof(address.sun_path) - 1);
  int status = check_directory(path, why, size);
  if (status != 0 || lstat(path, &file) != 0)
    return status;
  if (!S_ISSOCK(file.st_mode))
    return fail(why, size, -EEXIST, "'%s' is there already, and is no socket", path);
  *there = true;
  return 0;
}

// Removes the file of a socket that nobody uses.
static int prepare_file(const struct server *server, const char *path, char *why, size_t size)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  bool own = false, there;
  int status = check_place(server, path, &there, why, size);
  if (status != 0 || !there)
    return status;
  strcpy(address.sun_path, path);
  status = knock(server, &address, sizeof(address), &own);
  if (status == -ECONNREFUSED)
    return unlink(path) == 0 ? 0
                             : fail(why, size, -errno, "cannot remove '%s', which nobody uses (%s)",
                                    path, strerror(errno));
  if (status == 0 && own && !server->shared)
    return fail(why, size, -EADDRINUSE, "another port of this platter has the socket '%s'", path);
  if (status == 0 && own)
    return 0;
  return taken(path, why, size);
}

static int check_file(const struct server *server, const char *path, char *why, size_t size)
{
  bool there;
  int status = check_place(server, path, &there, why, size);
  return status == 0 && there && unix_socket_listed(path, true) ? taken(path, why, size) : status;
}

static const struct server *find(const char *driver)
{
  for (unsigned i = 0; driver != NULL && i < N_SERVERS; i++)
    if (strcmp(driver, servers[i].driver) == 0)
      return &servers[i];
  return NULL;
}

static int with_path(const char *driver, const char *arguments,
                     int (*what)(const struct server *server, const char *path, char *why,
                                 size_t size),
                     char *why, size_t size)
{
  const struct server *server = find(driver);
  struct rte_kvargs *read = server != NULL ? rte_kvargs_parse(arguments, NULL) : NULL;
  if (read == NULL)
    return 0; // no server, or arguments that the driver will refuse
  const char *path = rte_kvargs_get(read, server->key);
  int status = 0;
  if (path != NULL && server->listens(read))
    status = what(server, path, why, size);
  rte_kvargs_free(read);
  return status;
}

int peer_socket_prepare(const char *driver, const char *arguments, char *why, size_t size)
{
  return with_path(driver, arguments, prepare_file, why, size);
}

int peer_socket_check(const char *driver, const char *arguments, char *why, size_t size)
{
  return with_path(driver, arguments, check_file, why, size);
}

bool peer_socket_alone(const char *driver, const char *arguments, char *path, size_t size)
{
  const struct server *server = find(driver);
  struct rte_kvargs *read =
      server != NULL && !server->shared ? rte_kvargs_parse(arguments, NULL) : NULL;
  const char *found = read != NULL ? rte_kvargs_get(read, server->key) : NULL;
  bool alone = found != NULL && server->listens(read);
  if (alone)
    snprintf(path, size, "%s", found);
  rte_kvargs_free(read);
  return alone;
}

// As memif_connect_client (drivers/net/memif/memif_socket.c) has it. An abstract name begins with a
// zero and has no file.
socklen_t peer_socket_memif_address(const struct rte_kvargs *arguments, struct sockaddr_un *address)
{
  const char *path = rte_kvargs_get(arguments, "socket");
  bool abstract = !says(arguments, "socket-abstract", "no");
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  if (path == NULL)
    path = "/run/memif.sock";
  if (strlen(path) + abstract >= sizeof(address->sun_path))
    return 0;
  strcpy(address->sun_path + abstract, path);
  return abstract ? offsetof(struct sockaddr_un, sun_path) + 1 + strlen(path) : sizeof(*address);
}

static int knock_at(const struct rte_kvargs *arguments)
{
  struct sockaddr_un address;
  socklen_t length = peer_socket_memif_address(arguments, &address);
  if (length == 0 || says(arguments, "role", "server") || says(arguments, "role", "master"))
    return -1;
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, length) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

int peer_socket_knock(const char *driver, const char *arguments)
{
  if (driver == NULL || strcmp(driver, "net_memif") != 0)
    return -1;
  struct rte_kvargs *read = rte_kvargs_parse(arguments, NULL);
  int fd = read != NULL ? knock_at(read) : -1;
  rte_kvargs_free(read);
  return fd;
}

enum peer_answer peer_socket_answer(int fd)
{
  char hello[256];
  ssize_t got = recv(fd, hello, sizeof(hello), MSG_DONTWAIT);
  if (got > 0)
    return PEER_ANSWERS;
  return got < 0 && errno == EAGAIN ? PEER_SAYS_NOTHING : PEER_HAS_GONE;
}

// DPDK's drivers connect, and virtio-user's asks and waits for the answer, on the thread that
// starts and stops ports, for as long as it takes: where nobody accepts connections
// (memif_socket.c, memif_connect_client) or answers (virtio_user/vhost_user.c,
// vhost_user_sock_read), for ever. So the one below stands in front of the C library's for every
// shared object of the process, and gives the sockets of such drivers an end to their patience;
// they then fail as for any other reason.
int connect(int fd, const struct sockaddr *address, socklen_t length)
{
  static int (*own)(int, const struct sockaddr *, socklen_t);
  static const struct timeval connecting = {.tv_usec = CONNECT_TIMEOUT * 1000};
  static const struct timeval answering = {.tv_sec = ANSWER_TIMEOUT};
  if (own == NULL)
    own = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
  if (address->sa_family == AF_UNIX && !(fcntl(fd, F_GETFL) & O_NONBLOCK)) {
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &connecting, sizeof(connecting));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &answering, sizeof(answering));
  }
  return own(fd, address, length);
}
