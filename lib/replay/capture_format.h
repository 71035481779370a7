// SPDX-License-Identifier: BSD-3-Clause
// The two formats of captures, each read record by record. capture_reader.c chooses by the first
// bytes and decides what platter takes; nobody else includes this.
#ifndef REPLAY_CAPTURE_FORMAT_H
#define REPLAY_CAPTURE_FORMAT_H

#include "replay/capture_bytes.h"
#include "replay/capture_reader.h"

enum capture_found {
  CAPTURE_END,
  CAPTURE_FRAME,
  CAPTURE_CUT,     // the file ends in the middle of a record
  CAPTURE_DAMAGED, // or holds what cannot be
};

enum { CAPTURE_WHY = 256 }; // bytes of a sentence that says why

struct capture_pcap;
struct capture_pcapng;

// pcap, by libpcap, which knows its variants. The reader owns nothing but itself; `bytes` must
// last. NULL: it is none, with the reason in `why`.
struct capture_pcap *capture_pcap_open(struct capture_bytes *bytes, char why[CAPTURE_WHY]);

// `link`: the frame's link type, as libpcap counts them (DLT_…). Where no frame is found, `why`
// says so in words.
enum capture_found capture_pcap_next(struct capture_pcap *pcap, struct capture_frame *frame,
                                     int *link, char why[CAPTURE_WHY]);

int capture_pcap_link(const struct capture_pcap *pcap);

// Bytes that the file's header allows a frame; some writers do not keep to it.
uint32_t capture_pcap_snap_length(const struct capture_pcap *pcap);

void capture_pcap_close(struct capture_pcap *pcap); // NULL is allowed

// pcapng (draft-ietf-opsawg-pcapng), by ourselves: libpcap reads no file whose interfaces differ in
// link type or snap length, be it of those that carry no frame, nor sections of both byte orders.
bool capture_pcapng_is(const uint8_t *head, size_t n);
struct capture_pcapng *capture_pcapng_open(struct capture_bytes *bytes); // NULL: no memory
enum capture_found capture_pcapng_next(struct capture_pcapng *pcapng, struct capture_frame *frame,
                                       int *link, char why[CAPTURE_WHY]);
void capture_pcapng_close(struct capture_pcapng *pcapng); // NULL is allowed

#endif
