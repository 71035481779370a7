// SPDX-License-Identifier: BSD-3-Clause
// DPDK's memif driver believes its peer, whoever that is. It reads and writes its sockets by
// recvmsg and sendmsg of the C library, on DPDK's interrupt thread; the two below stand in front of
// those for every shared object of the process, and do for memif's sockets what the driver does not
// (drivers/net/memif/memif_socket.c, 22.11 to 25.11):
//
// - A peer that lies, or talks out of turn, is told why and let go: see memif_handshake.h.
// - A hello that cannot be sent, because the peer has gone again, has the driver close and free
// what
//   the interrupt thread still waits for (memif_listener_handler), which ends the process
//   ("Error adding fd"). So nothing that is sent ever fails: the connection is shut instead, and
//   the driver finds that out when it reads.
// - A peer that reads nothing, or an event that comes late, has the interrupt thread wait for ever.
//   Nothing waits.
// - Whoever connects and says nothing keeps a descriptor. Of those that have not got through their
//   handshake there are sixteen at most; the oldest goes first.
// - The hello offers 255 rings to either side; a ring that no queue stands for is refused, and its
//   descriptor stays open. It offers one now: platter uses one.
#include "ports/peers/memif_socket.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_kvargs.h>
#include <rte_log.h>

#include "ports/peers/descriptor.h"
#include "ports/peers/memif_handshake.h"
#include "ports/peers/socket.h"

enum {
  PORTS_MAX = 32,
  HALF_OPEN_MAX = 16,
  CHANNELS_MAX = PORTS_MAX + HALF_OPEN_MAX + 1,
};

// A connection is known by its descriptor and, since that may be another's by now, its inode.
struct channel {
  int fd;
  ino_t inode;
  uint64_t number; // the smallest came first
  uint32_t id;     // that a client has asked for
  struct memif_handshake handshake;
};

// Of the interrupt thread alone.
static struct {
  struct channel *channel[CHANNELS_MAX];
  uint64_t opened;
} open_channels;

struct known_port {
  char name[64];
  struct sockaddr_un address;
  socklen_t length;
  uint32_t id;
  unsigned buffer;
};

static struct {
  pthread_mutex_t lock;
  unsigned n;
  struct known_port port[PORTS_MAX];
} known = {.lock = PTHREAD_MUTEX_INITIALIZER};

static ino_t inode(int fd)
{
  struct stat file;
  return fstat(fd, &file) == 0 ? file.st_ino : 0;
}

static void forget(struct channel **channel)
{
  memif_handshake_end(&(*channel)->handshake);
  free(*channel);
  *channel = NULL;
}

// Ports that were stopped have closed connections without a word.
static void forget_closed(void)
{
  for (unsigned i = 0; i < CHANNELS_MAX; i++) {
    struct channel **channel = &open_channels.channel[i];
    if (*channel != NULL && inode((*channel)->fd) != (*channel)->inode)
      forget(channel);
  }
}

static void shut_oldest_half_open(void)
{
  struct channel *oldest = NULL;
  unsigned n = 0;
  for (unsigned i = 0; i < CHANNELS_MAX; i++) {
    struct channel *channel = open_channels.channel[i];
    if (channel == NULL || channel->handshake.stage == MEMIF_IS_CONNECTED)
      continue;
    n++;
    if (oldest == NULL || channel->number < oldest->number)
      oldest = channel;
  }
  if (n > HALF_OPEN_MAX)
    shutdown(oldest->fd, SHUT_RDWR);
}

// The end that was connected to has a name.
static bool is_server(int fd)
{
  struct sockaddr_un address;
  socklen_t size = sizeof(address);
  return getsockname(fd, (struct sockaddr *)&address, &size) == 0 && size > sizeof(sa_family_t);
}

// Finds the place of a connection, or makes one. NULL: no memory, no room.
static struct channel **find(int fd)
{
  struct channel **empty = NULL;
  forget_closed();
  for (unsigned i = 0; i < CHANNELS_MAX; i++) {
    struct channel **channel = &open_channels.channel[i];
    if (*channel != NULL && (*channel)->fd == fd)
      return channel;
    if (*channel == NULL)
      empty = channel;
  }
  if (empty == NULL || (*empty = malloc(sizeof(**empty))) == NULL)
    return NULL;
  (*empty)->fd = fd;
  (*empty)->inode = inode(fd);
  (*empty)->number = open_channels.opened++;
  memif_handshake_begin(&(*empty)->handshake, is_server(fd));
  return empty;
}

void memif_socket_announce(const char *port, const char *arguments)
{
  struct rte_kvargs *read = rte_kvargs_parse(arguments, NULL);
  if (read == NULL)
    return;
  const char *id = rte_kvargs_get(read, "id"), *size = rte_kvargs_get(read, "bsize");
  pthread_mutex_lock(&known.lock);
  if (known.n < PORTS_MAX) {
    struct known_port *entry = &known.port[known.n++];
    snprintf(entry->name, sizeof(entry->name), "%s", port);
    entry->length = peer_socket_memif_address(read, &entry->address);
    entry->id = id != NULL ? strtoul(id, NULL, 10) : 0;
    entry->buffer = size != NULL ? strtoul(size, NULL, 10) : MEMIF_BUFFER;
  }
  pthread_mutex_unlock(&known.lock);
  rte_kvargs_free(read);
}

// The port whose socket this is the server's end of, or is connected to; of several on one socket
// the one that the client has asked for, or else any. NULL: none.
static const struct known_port *find_port(const struct channel *channel)
{
  struct sockaddr_un address = {0};
  socklen_t length = sizeof(address);
  const struct known_port *found = NULL;
  int status = channel->handshake.server
                   ? getsockname(channel->fd, (struct sockaddr *)&address, &length)
                   : getpeername(channel->fd, (struct sockaddr *)&address, &length);
  pthread_mutex_lock(&known.lock);
  for (unsigned i = 0; status == 0 && i < known.n; i++)
    if (memcmp(&known.port[i].address, &address, sizeof(address)) == 0 &&
        (found == NULL || known.port[i].id == channel->id))
      found = &known.port[i];
  pthread_mutex_unlock(&known.lock);
  return found;
}

static void say(const struct channel *channel, const char *what, const char *text)
{
  const struct known_port *port = find_port(channel);
  struct ucred who = {0};
  socklen_t size = sizeof(who);
  getsockopt(channel->fd, SOL_SOCKET, SO_PEERCRED, &who, &size);
  rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1,
          "platter: port %s: its memif peer (process %d) %s: %s\n",
          port != NULL ? port->name : "of a memif", who.pid, what, text);
}

// A frame that fills several of the client's buffers has DPDK's driver spoil others, and platter
// cuts off at the size that this end is told (port_longest).
static const char *compare_buffers(const struct channel *channel, char *text, size_t size)
{
  const struct known_port *port = find_port(channel);
  unsigned buffer = channel->handshake.buffer;
  if (!channel->handshake.server || port == NULL || buffer == 0 || buffer == port->buffer)
    return NULL;
  snprintf(text, size, "bsize=%u of the client, bsize=%u of the server: give both the same", buffer,
           port->buffer);
  return text;
}

static const char *look_at(struct channel *channel, struct msghdr *message, ssize_t size,
                           const int *fds, unsigned n, char *text, size_t text_size)
{
  struct memif_message *said = message->msg_iov[0].iov_base;
  if (size != sizeof(*said) || (message->msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
    return "a message of another size";
  const char *wrong = memif_handshake_take(&channel->handshake, said, fds, n);
  if (wrong != NULL)
    return wrong;
  if (said->type == MEMIF_INIT)
    channel->id = said->init.id;
  if (said->type == MEMIF_DISCONNECT && said->disconnect.text[0] != '\0')
    say(channel, "ends the connection", said->disconnect.text);
  if (said->type != MEMIF_CONNECT)
    return NULL;
  wrong = compare_buffers(channel, text, text_size);
  if (wrong != NULL)
    channel->handshake.stage = MEMIF_EXPECTS_PARTS; // the driver will not hear of it
  return wrong;
}

// What the driver gets to read in its place is the end of the connection.
static ssize_t refuse(struct channel *channel, struct msghdr *message, const char *why,
                      const int *fds, unsigned n)
{
  struct memif_message goodbye = {.type = MEMIF_DISCONNECT};
  say(channel, "is let go", why);
  snprintf(goodbye.disconnect.text, sizeof(goodbye.disconnect.text), "%.95s", why);
  send(channel->fd, &goodbye, sizeof(goodbye), MSG_DONTWAIT | MSG_NOSIGNAL);
  peer_descriptors_drop(message, fds, n);
  return 0;
}

ssize_t memif_socket_receive(receive_function *receive, int fd, struct msghdr *message, int flags)
{
  int fds[PEER_DESCRIPTORS_MAX];
  char text[128];
  struct channel **channel = find(fd);
  if (channel == NULL)
    return 0;
  ssize_t size = receive(fd, message, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size <= 0) {
    forget(channel);
    return size;
  }
  unsigned n = peer_descriptors(message, fds);
  const char *wrong = look_at(*channel, message, size, fds, n, text, sizeof(text));
  if (wrong != NULL)
    size = refuse(*channel, message, wrong, fds, n);
  const struct memif_message *said = message->msg_iov[0].iov_base;
  if (wrong != NULL || said->type == MEMIF_DISCONNECT)
    forget(channel);
  return size;
}

ssize_t memif_socket_send(send_function *send_own, int fd, const struct msghdr *message, int flags)
{
  struct memif_message *said = message->msg_iov[0].iov_base;
  if (said->type == MEMIF_HELLO) {
    said->hello.max_to_client = said->hello.max_to_server = 0;
    find(fd);
    shut_oldest_half_open();
  }
  if (send_own(fd, message, flags | MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    shutdown(fd, SHUT_RDWR);
  return sizeof(*said);
}
