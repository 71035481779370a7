// SPDX-License-Identifier: BSD-3-Clause
// What goes over a memif's socket: messages of memif 2.0, as drivers/net/memif/memif.h of DPDK
// 22.11 and VPP's src/plugins/memif/memif.h have them. Integers in the order of the machine.
#ifndef PORTS_PEERS_MEMIF_WIRE_H
#define PORTS_PEERS_MEMIF_WIRE_H

#include <assert.h>
#include <stdint.h>

enum { // of messages, and their direction (C: client, S: server)
  MEMIF_ACK = 1,
  MEMIF_HELLO,      // S to C, first of all
  MEMIF_INIT,       // C to S
  MEMIF_ADD_REGION, // C to S, with the descriptor of its memory
  MEMIF_ADD_RING,   // C to S, with the descriptor of its eventfd
  MEMIF_CONNECT,    // C to S
  MEMIF_CONNECTED,  // S to C
  MEMIF_DISCONNECT, // both
};

enum {
  MEMIF_BUFFER = 2048,           // bytes, of a client without bsize=
  MEMIF_REGIONS_MAX = 256,       // that DPDK's driver can keep
  MEMIF_LOG2_RING_SIZE_MAX = 14, // that it can keep
  MEMIF_RING_HEADER = 128,       // bytes before a ring's descriptors
  MEMIF_DESCRIPTOR = 16,         // bytes of one
  MEMIF_DESCRIPTOR_LENGTH = 4,   // where in it the length of its buffer stands
  MEMIF_FROM_CLIENT = 1,         // flag of ADD_RING: client to server
};

struct memif_message {
  uint16_t type;
  union {
    struct {
      char name[32];
      uint16_t min_version, max_version;
      uint16_t max_region, max_to_client, max_to_server; // the largest index
      uint8_t max_log2_ring_size;
    } __attribute__((packed)) hello;
    struct {
      uint16_t version;
      uint32_t id;
      uint8_t mode;
      char secret[24];
      char name[32];
    } __attribute__((packed)) init;
    struct {
      uint16_t index;
      uint64_t size;
    } __attribute__((packed)) region;
    struct {
      uint16_t flags, index, region;
      uint32_t offset;
      uint8_t log2_size;
      uint16_t private_header;
    } __attribute__((packed)) ring;
    struct {
      char name[32];
    } __attribute__((packed)) connect; // and CONNECTED
    struct {
      uint32_t code;
      char text[96];
    } __attribute__((packed)) disconnect;
    uint8_t bytes[126];
  } __attribute__((packed));
} __attribute__((packed));

static_assert(sizeof(struct memif_message) == 128, "every message has 128 bytes");

#endif
