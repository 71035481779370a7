// SPDX-License-Identifier: BSD-3-Clause
// Each reader below gets the whole frame, the offset at which its header should start and the end
// of the bytes it may look at. It returns the offset behind what it understood, which is the offset
// it was given where that is nothing. Lengths inside the packet may shrink `end`, never move it
// beyond the bytes there are; that they promise more bytes than there are is no error, since a
// packet's first segment or a cut-short record ends early.
//
// Offsets fit 16 bits without a check: two tags, an IPv6 header and IPV6_EXTENSIONS_MAX extension
// headers of at most 2048 bytes end long before 65,536.
#include "packet/headers.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
  ETHER_HEADER = 14,
  TAG_SIZE = 4,
  ETHER_IPV4 = 0x0800,
  ETHER_ARP = 0x0806,
  ETHER_VLAN = 0x8100,
  ETHER_QINQ = 0x88a8,
  ETHER_IPV6 = 0x86dd,
  IPV4_HEADER = 20,
  IPV6_HEADER = 40,
  IPV6_EXTENSIONS_MAX = 8, // RFC 8200 section 4.1 lists seven in its recommended order
  ARP_HEADER = 8,          // RFC 826: up to the addresses
  TCP = 6,
  UDP = 17,
  UDP_HEADER = 8,
};

// Protocols that a person knows by name. IANA's number, and the least bytes of their header.
static const struct protocol {
  uint16_t ether_type; // 0: over IPv4 and IPv6
  uint8_t number;
  uint8_t size;
  const char *name;
} protocols[] = {
    {ETHER_IPV4, 1, 8, "ICMP"},   // RFC 792
    {ETHER_IPV4, 2, 8, "IGMP"},   // RFC 2236 section 2
    {0, TCP, 20, "TCP"},          // RFC 9293 section 3.1
    {0, UDP, UDP_HEADER, "UDP"},  // RFC 768
    {0, 33, 12, "DCCP"},          // RFC 4340 section 5.1
    {0, 47, 4, "GRE"},            // RFC 2784 section 2.1
    {0, 50, 8, "ESP"},            // RFC 4303 section 2
    {ETHER_IPV6, 58, 4, "ICMP"},  // RFC 4443 section 2.1
    {ETHER_IPV4, 51, 12, "AH"},   // RFC 4302 section 2; over IPv6 read as an extension header
    {ETHER_IPV4, 89, 24, "OSPF"}, // RFC 2328 section A.3.1
    {ETHER_IPV6, 89, 16, "OSPF"}, // RFC 5340 section A.3.1
    {0, 103, 4, "PIM"},           // RFC 7761 section 4.9
    {0, 112, 8, "VRRP"},          // RFC 5798 section 5.1
    {0, 132, 12, "SCTP"},         // RFC 9260 section 3
    {0, 136, 8, "UDP-Lite"},      // RFC 3828 section 3.1
};

static const struct protocol *protocol_find(uint16_t ether_type, uint8_t number)
{
  for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
    const struct protocol *protocol = &protocols[i];
    if (protocol->number == number &&
        (protocol->ether_type == 0 || protocol->ether_type == ether_type))
      return protocol;
  }
  return NULL;
}

static uint16_t read_be16(const uint8_t *bytes)
{
  return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static size_t smaller(size_t a, size_t b)
{
  return a < b ? a : b;
}

static size_t read_tags(const uint8_t *frame, size_t at, size_t end, struct headers *headers)
{
  while (headers->n_tags < HEADERS_TAGS_MAX && end - at >= TAG_SIZE &&
         (headers->ether_type == ETHER_VLAN || headers->ether_type == ETHER_QINQ)) {
    headers->tag[headers->n_tags++] = read_be16(frame + at);
    headers->ether_type = read_be16(frame + at + 2);
    at += TAG_SIZE;
  }
  return at;
}

static size_t read_arp(const uint8_t *frame, size_t at, size_t end, struct headers *headers)
{
  if (end - at < ARP_HEADER)
    return at;
  // Two hardware and two protocol addresses.
  size_t size = ARP_HEADER + 2 * ((size_t)frame[at + 4] + frame[at + 5]);
  if (end - at < size)
    return at;
  headers->network = at;
  return at + size;
}

static size_t read_transport(const uint8_t *frame, size_t at, size_t end, struct headers *headers)
{
  const struct protocol *protocol = protocol_find(headers->ether_type, headers->protocol);
  if (protocol == NULL || end - at < protocol->size)
    return at;
  size_t size = protocol->size;
  if (protocol->number == TCP)
    size = (size_t)(frame[at + 12] >> 4) * 4;
  if (size < protocol->size || end - at < size)
    return at;
  if (protocol->number == UDP && read_be16(frame + at + 4) < UDP_HEADER)
    return at;
  headers->transport = at;
  return at + size;
}

// RFC 791 section 3.1.
static size_t read_ipv4(const uint8_t *frame, size_t at, size_t end, struct headers *headers)
{
  const uint8_t *ip = frame + at;
  if (end - at < IPV4_HEADER || ip[0] >> 4 != 4)
    return at;
  size_t size = (size_t)(ip[0] & 0xf) * 4;
  size_t total = read_be16(ip + 2);
  if (size < IPV4_HEADER || total < size || end - at < size)
    return at;

  headers->network = at;
  headers->protocol = ip[9];
  uint16_t fragment = read_be16(ip + 6);
  uint16_t fragment_offset = fragment & 0x1fff;
  headers->fragment = (fragment & 0x3fff) != 0; // an offset, or more to come
  if (fragment_offset != 0)
    return at + size;
  return read_transport(frame, at + size, smaller(end, at + total), headers);
}

// RFC 8200 section 4.5. Returns true where what follows is not the start of the payload. A whole
// packet with a fragment header (RFC 6946) is no fragment.
static bool read_ipv6_fragment(const uint8_t *extension, struct headers *headers)
{
  uint16_t fragment = read_be16(extension + 2);
  headers->fragment = (fragment & 0xfff9) != 0;
  return (fragment & 0xfff8) != 0;
}

// The size of the extension header of this number, 0 where it is none. RFC 8200 section 4, and for
// the numbers IANA's registry of IPv6 extension header types.
static size_t ipv6_extension_size(uint8_t number, const uint8_t *extension)
{
  switch (number) {
  case 0:   // hop-by-hop options
  case 43:  // routing
  case 60:  // destination options
  case 135: // mobility
  case 139: // host identity
  case 140: // shim6
    return 8 + (size_t)extension[1] * 8;
  case 44: // fragment
    return 8;
  case 51: // authentication: RFC 4302 section 2.2
    return 8 + (size_t)extension[1] * 4;
  default:
    return 0;
  }
}

static size_t read_ipv6(const uint8_t *frame, size_t at, size_t end, struct headers *headers)
{
  const uint8_t *ip = frame + at;
  if (end - at < IPV6_HEADER || ip[0] >> 4 != 6)
    return at;
  headers->network = at;
  headers->protocol = ip[6];
  at += IPV6_HEADER;
  end = smaller(end, at + read_be16(ip + 4));

  for (int i = 0; i < IPV6_EXTENSIONS_MAX && end - at >= 8; i++) {
    const uint8_t *extension = frame + at;
    uint8_t number = headers->protocol;
    size_t size = ipv6_extension_size(number, extension);
    if (size == 0)
      break;
    if (end - at < size || (number == 0 && i != 0)) // hop-by-hop options come first or not at all
      return at;
    headers->protocol = extension[0];
    at += size;
    if (number == 44 && read_ipv6_fragment(extension, headers))
      return at;
  }
  return read_transport(frame, at, end, headers);
}

size_t headers_read(const uint8_t *frame, size_t length, struct headers *headers)
{
  memset(headers, 0, sizeof(*headers));
  if (length < ETHER_HEADER)
    return 0;
  headers->ether_type = read_be16(frame + 12);
  size_t at = read_tags(frame, ETHER_HEADER, length, headers);
  switch (headers->ether_type) {
  case ETHER_IPV4:
    return read_ipv4(frame, at, length, headers);
  case ETHER_IPV6:
    return read_ipv6(frame, at, length, headers);
  case ETHER_ARP:
    return read_arp(frame, at, length, headers);
  default:
    return at;
  }
}

static void describe_ip(const struct headers *headers, const char *name, char *text, size_t size)
{
  const struct protocol *protocol = protocol_find(headers->ether_type, headers->protocol);
  if (headers->network == 0)
    snprintf(text, size, "malformed %s", name);
  else if (headers->fragment)
    snprintf(text, size, "%s fragment", name);
  else if (protocol != NULL)
    snprintf(text, size, "%s %s", name, protocol->name);
  else
    snprintf(text, size, "%s protocol %u", name, headers->protocol);
}

void headers_describe(const struct headers *headers, char *text, size_t size)
{
  char tags[32] = "";
  for (unsigned i = 0; i < headers->n_tags; i++) {
    size_t used = strlen(tags);
    snprintf(tags + used, sizeof(tags) - used, "VLAN %u, ", headers->tag[i] & 0xfffu);
  }

  char rest[32];
  if (headers->ether_type == ETHER_IPV4)
    describe_ip(headers, "IPv4", rest, sizeof(rest));
  else if (headers->ether_type == ETHER_IPV6)
    describe_ip(headers, "IPv6", rest, sizeof(rest));
  else if (headers->ether_type == ETHER_ARP)
    snprintf(rest, sizeof(rest), headers->network != 0 ? "ARP" : "malformed ARP");
  else if (headers->ether_type < HEADERS_TYPE_MIN)
    snprintf(rest, sizeof(rest), "802.3");
  else
    snprintf(rest, sizeof(rest), "0x%04x", headers->ether_type);
  snprintf(text, size, "%s%s", tags, rest);
}
