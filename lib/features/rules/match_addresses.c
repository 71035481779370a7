// SPDX-License-Identifier: BSD-3-Clause
// Looks a packet's addresses up in a rule's set (addresses.h). Runs on the worker.
#include "features/rules/match_addresses.h"

#include <rte_common.h>

#include "features/rules/addresses.h"
#include "packet/network.h"

enum {
  IPV4_SOURCE = 12, // offsets in the header: RFC 791 section 3.1, RFC 8200 section 3
  IPV4_DESTINATION = 16,
  IPV4_HEADER = 20,
  IPV6_SOURCE = 8,
  IPV6_DESTINATION = 24,
  IPV6_HEADER = 40,
  FRAME_BYTES = RTE_ETHER_HDR_LEN + HEADERS_TAGS_MAX * VLAN_TAG_SIZE + IPV6_HEADER,
};

static bool has_address(const struct rule *rule, const uint8_t *frame, size_t length)
{
  size_t at;
  uint16_t type = network_find(frame, length, &at);
  bool ipv6 = type == RTE_ETHER_TYPE_IPV6;
  if ((!ipv6 && type != RTE_ETHER_TYPE_IPV4) || at + (ipv6 ? IPV6_HEADER : IPV4_HEADER) > length)
    return false;
  const uint8_t *source = frame + at + (ipv6 ? IPV6_SOURCE : IPV4_SOURCE);
  const uint8_t *destination = frame + at + (ipv6 ? IPV6_DESTINATION : IPV4_DESTINATION);
  return (rule->by_source && addresses_have(rule->addresses, source, ipv6)) ||
         (rule->by_destination && addresses_have(rule->addresses, destination, ipv6));
}

void rule_match_addresses(const struct rule *rule, const struct burst *b,
                          struct rule_matches *matches)
{
  uint8_t bytes[FRAME_BYTES];
  unsigned n = 0;
  for (unsigned k = 0; k < matches->count; k++) {
    uint8_t slot = matches->slot[k];
    uint32_t length = RTE_MIN(rte_pktmbuf_pkt_len(b->packet[slot]), (uint32_t)FRAME_BYTES);
    // In the first segment nearly always; else put together.
    const uint8_t *frame = rte_pktmbuf_read(b->packet[slot], 0, length, bytes);
    matches->slot[n] = slot;
    n += frame != NULL && has_address(rule, frame, length);
  }
  matches->count = n;
}
