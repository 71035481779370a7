// SPDX-License-Identifier: BSD-3-Clause
// Where the network header of a frame begins, behind up to two VLAN tags.
#ifndef PACKET_NETWORK_H
#define PACKET_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include <rte_ether.h>

#include "packet/headers.h"
#include "packet/vlan.h"

// Returns the EtherType there, host order, with its place in *at; of a third tag, that tag's. 0:
// the frame has no Ethernet header. Reads nothing beyond `length`.
static inline uint16_t network_find(const uint8_t *frame, size_t length, size_t *at)
{
  if (length < RTE_ETHER_HDR_LEN)
    return 0;
  *at = RTE_ETHER_HDR_LEN;
  uint16_t type = (uint16_t)(frame[*at - 2] << 8 | frame[*at - 1]);
  for (unsigned i = 0; i < HEADERS_TAGS_MAX && vlan_is_tag(type) && *at + VLAN_TAG_SIZE <= length;
       i++) {
    *at += VLAN_TAG_SIZE;
    type = (uint16_t)(frame[*at - 2] << 8 | frame[*at - 1]);
  }
  return type;
}

#endif
