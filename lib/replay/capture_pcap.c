// SPDX-License-Identifier: BSD-3-Clause
// libpcap does the reading, from a stream of ours, and bounds what a length in the file can make it
// allocate or read. It cuts frames to the snap length of the file's header without a word, though
// traffic generators and others write longer ones: so it is shown a header without one, and its own
// bound, MAXIMUM_SNAPLEN of 262,144 bytes, remains.
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/capture_format.h"

enum { SNAP_LENGTH_AT = 16 }; // in the header: draft-ietf-opsawg-pcap, section 4

struct capture_pcap {
  struct capture_bytes *bytes;
  pcap_t *pcap;
  uint32_t snap_length; // 0: none
};

static ssize_t read_stream(void *bytes, char *to, size_t n)
{
  ssize_t read = capture_bytes_read(bytes, to, n);
  if (read < 0)
    errno = -read;
  return read >= 0 ? read : -1;
}

struct capture_pcap *capture_pcap_open(struct capture_bytes *bytes, char why[CAPTURE_WHY])
{
  uint32_t snap_length = 0;
  size_t n;
  uint8_t *head = capture_bytes_head(bytes, &n);
  if (n == CAPTURE_HEAD) {
    memcpy(&snap_length, head + SNAP_LENGTH_AT, sizeof(snap_length));
    memset(head + SNAP_LENGTH_AT, 0, sizeof(snap_length));
  }
  struct capture_pcap *p = calloc(1, sizeof(*p));
  FILE *file = fopencookie(bytes, "r", (cookie_io_functions_t){.read = read_stream});
  if (p == NULL || file == NULL) {
    free(p);
    if (file != NULL)
      fclose(file);
    snprintf(why, CAPTURE_WHY, "no memory to read it");
    return NULL;
  }
  char detail[PCAP_ERRBUF_SIZE] = "";
  p->bytes = bytes;
  p->pcap = // pcap_close closes the file, too
      pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, detail);
  if (p->pcap == NULL) {
    fclose(file);
    free(p);
    snprintf(why, CAPTURE_WHY, "%s", detail);
    return NULL;
  }
  p->snap_length = pcap_is_swapped(p->pcap) ? __builtin_bswap32(snap_length) : snap_length;
  return p;
}

enum capture_found capture_pcap_next(struct capture_pcap *p, struct capture_frame *frame, int *link,
                                     char why[CAPTURE_WHY])
{
  struct pcap_pkthdr *header;
  int found = pcap_next_ex(p->pcap, &header, &frame->bytes);
  if (found == PCAP_ERROR_BREAK)
    return CAPTURE_END;
  if (found != 1) {
    bool cut;
    const char *error = capture_bytes_error(p->bytes, &cut);
    snprintf(why, CAPTURE_WHY, "%s", *error != '\0' ? error : pcap_geterr(p->pcap));
    // Only a record that asked for more than there is has come to the end.
    cut |= *error == '\0' && feof(pcap_file(p->pcap));
    return cut ? CAPTURE_CUT : CAPTURE_DAMAGED;
  }
  frame->length = header->caplen;
  frame->whole = header->len;
  // tv_usec holds nanoseconds: that is the precision asked for.
  frame->stamp = (uint64_t)header->ts.tv_sec * 1000000000 + (uint64_t)header->ts.tv_usec;
  *link = capture_pcap_link(p);
  return CAPTURE_FRAME;
}

int capture_pcap_link(const struct capture_pcap *p)
{
  return pcap_datalink(p->pcap);
}

uint32_t capture_pcap_snap_length(const struct capture_pcap *p)
{
  return p->snap_length;
}

void capture_pcap_close(struct capture_pcap *p)
{
  if (p == NULL)
    return;
  pcap_close(p->pcap);
  free(p);
}
