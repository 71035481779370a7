// SPDX-License-Identifier: BSD-3-Clause
// Reading headers out of the first bytes of a frame: what stands where. Bounds are checked at each
// step, nothing is trusted, nothing is read beyond `length`. Plain bytes: works on an mbuf's first
// segment and on a capture's record alike.
#ifndef PACKET_HEADERS_H
#define PACKET_HEADERS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  HEADERS_TAGS_MAX = 2,
  HEADERS_TYPE_MIN = 0x600, // IEEE 802.3 clause 3.2.6: smaller numbers are lengths
};

struct headers {
  uint16_t ether_type;            // behind any VLAN tags, host order; or an 802.3 length
  uint8_t n_tags;                 // VLAN tags read (IEEE 802.1Q clause 9.6): 0x8100, 0x88a8
  uint16_t tag[HEADERS_TAGS_MAX]; // TCI, host order, outermost first
  uint16_t network;               // offset of the IPv4 or IPv6 header (or ARP), 0: none read
  uint8_t protocol;   // IPv4 protocol or the last IPv6 next header read; valid if network != 0
                      // and ether_type is IPv4 or IPv6
  uint8_t fragment;   // 1: a fragment (RFC 791 section 3.2, RFC 8200 section 4.5)
  uint16_t transport; // offset of TCP, UDP, ICMP… header; 0: none, or a later fragment
};

// Fills *headers as far as the bytes go and are well formed; a frame that ends early or lies about
// a length gives the fields read up to there, the others 0. Returns the number of bytes that the
// understood headers take, Ethernet header included: at most `length`, 0 where there is no
// Ethernet header.
size_t headers_read(const uint8_t *frame, size_t length, struct headers *headers);

// What a person calls it: "ARP", "IPv6 ICMP", "IPv4 TCP", "IPv4 fragment", "802.3", "0x88cc"…
// `text` gets at most `size` bytes with the NUL; VLAN tags are said ("VLAN 10, IPv4 UDP").
void headers_describe(const struct headers *headers, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
