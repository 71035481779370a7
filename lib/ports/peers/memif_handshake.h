// SPDX-License-Identifier: BSD-3-Clause
// What the peer of a memif may say, in which order, and which memory it may offer. DPDK's driver
// believes it: a region that is larger than its file, or shrinks, is SIGBUS; a ring outside of its
// region, a ring without a region, a second INIT, are SIGSEGV
// (drivers/net/memif/memif_socket.c, 22.11 to 25.11). So messages are looked at before the driver
// gets them. One thread per connection; no DPDK in it.
#ifndef PORTS_PEERS_MEMIF_HANDSHAKE_H
#define PORTS_PEERS_MEMIF_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "ports/peers/memif_wire.h"

#ifdef __cplusplus
extern "C" {
#endif

enum memif_stage {
  MEMIF_EXPECTS_HELLO, // a client: nothing has come
  MEMIF_EXPECTS_INIT,  // a server: nothing has come
  MEMIF_EXPECTS_PARTS, // regions, rings and CONNECT; a client: CONNECTED
  MEMIF_IS_CONNECTED,
};

struct memif_handshake {
  enum memif_stage stage;
  bool server; // platter is
  struct {
    int fd; // the driver's once connected; until then it would forget it
    uint64_t size;
  } region[MEMIF_REGIONS_MAX];
  unsigned n_regions;
  uint64_t bytes;                    // of all regions
  unsigned n_to_server, n_to_client; // rings
  unsigned buffer;                   // bytes of a buffer that the client has laid out; 0: not known
};

void memif_handshake_begin(struct memif_handshake *handshake, bool server);

// Looks at a message that has come with `n` descriptors. Returns NULL: the driver may have it; a
// region's descriptor is kept in mind; or in a few words what is wrong: the caller closes the
// descriptors and the connection. Texts that the peer has set are made printable and end.
const char *memif_handshake_take(struct memif_handshake *handshake, struct memif_message *message,
                                 const int *fds, unsigned n);

// The connection is over: closes what the driver has not mapped and would leave open
// (memif_free_regions closes the descriptors of mapped regions only).
void memif_handshake_end(struct memif_handshake *handshake);

#ifdef __cplusplus
}
#endif
#endif
