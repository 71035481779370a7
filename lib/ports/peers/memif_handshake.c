// SPDX-License-Identifier: BSD-3-Clause
// A state machine over messages, without sockets: memif_socket.c brings the messages and does what
// is decided here.
#include "ports/peers/memif_handshake.h"

#include <fcntl.h>
#include <unistd.h>

#include "ports/peers/descriptor.h"

// Of all regions of a connection: more than any client offers, and little enough that it can always
// be mapped.
static const uint64_t BYTES_MAX = (uint64_t)64 << 30;

void memif_handshake_begin(struct memif_handshake *handshake, bool server)
{
  *handshake = (struct memif_handshake){
      .stage = server ? MEMIF_EXPECTS_INIT : MEMIF_EXPECTS_HELLO,
      .server = server,
  };
}

void memif_handshake_end(struct memif_handshake *handshake)
{
  for (unsigned i = 0; handshake->stage != MEMIF_IS_CONNECTED && i < handshake->n_regions; i++)
    close(handshake->region[i].fd);
  handshake->n_regions = 0;
}

// DPDK's driver copies names as strings, to the first zero that it finds, and logs them.
static void make_printable(char *text, size_t size)
{
  text[size - 1] = '\0';
  for (; *text != '\0'; text++)
    if (*text < ' ' || *text > '~')
      *text = '?';
}

static const char *take_hello(struct memif_handshake *handshake, struct memif_message *message)
{
  if (handshake->server || handshake->stage != MEMIF_EXPECTS_HELLO)
    return "a HELLO that was not its turn";
  make_printable(message->hello.name, sizeof(message->hello.name));
  handshake->stage = MEMIF_EXPECTS_PARTS;
  return NULL;
}

static const char *take_init(struct memif_handshake *handshake, struct memif_message *message)
{
  if (!handshake->server || handshake->stage != MEMIF_EXPECTS_INIT)
    return "an INIT that was not its turn";
  make_printable(message->init.name, sizeof(message->init.name));
  handshake->stage = MEMIF_EXPECTS_PARTS;
  return NULL;
}

// Memory that the peer can take away while it is mapped would be SIGBUS at any later moment.
static const char *check_memory(int fd, uint64_t size)
{
  if (size == 0 || !peer_descriptor_holds(fd, size))
    return "a region that is larger than its memory";
  int seals = fcntl(fd, F_GET_SEALS);
  if (seals < 0 || !(seals & F_SEAL_SHRINK))
    return "a region whose memory may shrink (no F_SEAL_SHRINK; so have DPDK's clients with "
           "zero-copy=yes)";
  return NULL;
}

static const char *take_region(struct memif_handshake *handshake,
                               const struct memif_message *message, const int *fds, unsigned n)
{
  unsigned index = handshake->n_regions;
  uint64_t size = message->region.size;
  if (n != 1)
    return "a region without its descriptor";
  if (message->region.index != index || index == MEMIF_REGIONS_MAX)
    return "a region out of order";
  if (size > BYTES_MAX - handshake->bytes)
    return "more than 64 GiB of memory";
  const char *wrong = check_memory(fds[0], size);
  if (wrong != NULL)
    return wrong;
  handshake->region[index].fd = fds[0];
  handshake->region[index].size = size;
  handshake->n_regions++;
  handshake->bytes += size;
  return NULL;
}

static const char *take_ring(struct memif_handshake *handshake, const struct memif_message *message,
                             const int *fds, unsigned n)
{
  bool from_client = message->ring.flags & MEMIF_FROM_CLIENT;
  unsigned *rings = from_client ? &handshake->n_to_server : &handshake->n_to_client;
  if (n != 1 || !peer_descriptor_is_eventfd(fds[0]))
    return "a ring without its eventfd";
  if (*rings > 0 || message->ring.index != 0)
    return "a second ring of a direction";
  if (message->ring.region >= handshake->n_regions)
    return "a ring in a region that is not there";
  if (message->ring.log2_size > MEMIF_LOG2_RING_SIZE_MAX)
    return "a ring of more than 16,384 descriptors";
  uint64_t end = (uint64_t)message->ring.offset + MEMIF_RING_HEADER +
                 ((uint64_t)MEMIF_DESCRIPTOR << message->ring.log2_size);
  if (end > handshake->region[message->ring.region].size || message->ring.offset % 8 != 0)
    return "a ring that is not inside of its region";
  uint32_t buffer;
  if (!from_client &&
      pread(handshake->region[message->ring.region].fd, &buffer, sizeof(buffer),
            message->ring.offset + MEMIF_RING_HEADER + MEMIF_DESCRIPTOR_LENGTH) == sizeof(buffer))
    handshake->buffer = buffer;
  ++*rings;
  return NULL;
}

static const char *take_connect(struct memif_handshake *handshake, struct memif_message *message)
{
  if (handshake->n_to_server == 0 || handshake->n_to_client == 0)
    return "a CONNECT without a ring for each direction";
  make_printable(message->connect.name, sizeof(message->connect.name));
  handshake->stage = MEMIF_IS_CONNECTED;
  return NULL;
}

static const char *take_connected(struct memif_handshake *handshake, struct memif_message *message)
{
  if (handshake->server || handshake->stage != MEMIF_EXPECTS_PARTS)
    return "a CONNECTED that was not its turn";
  make_printable(message->connect.name, sizeof(message->connect.name));
  handshake->stage = MEMIF_IS_CONNECTED;
  return NULL;
}

const char *memif_handshake_take(struct memif_handshake *handshake, struct memif_message *message,
                                 const int *fds, unsigned n)
{
  bool part = message->type == MEMIF_ADD_REGION || message->type == MEMIF_ADD_RING ||
              message->type == MEMIF_CONNECT;
  if (part && (!handshake->server || handshake->stage != MEMIF_EXPECTS_PARTS))
    return "a part of a connection that was not its turn";
  if (n > 0 && message->type != MEMIF_ADD_REGION && message->type != MEMIF_ADD_RING)
    return "a descriptor that nobody asked for";
  switch (message->type) {
  case MEMIF_ACK:
    return NULL;
  case MEMIF_HELLO:
    return take_hello(handshake, message);
  case MEMIF_INIT:
    return take_init(handshake, message);
  case MEMIF_ADD_REGION:
    return take_region(handshake, message, fds, n);
  case MEMIF_ADD_RING:
    return take_ring(handshake, message, fds, n);
  case MEMIF_CONNECT:
    return take_connect(handshake, message);
  case MEMIF_CONNECTED:
    return take_connected(handshake, message);
  case MEMIF_DISCONNECT:
    make_printable(message->disconnect.text, sizeof(message->disconnect.text));
    return NULL;
  default:
    return "a message of a kind that memif 2.0 has not";
  }
}
