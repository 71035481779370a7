// SPDX-License-Identifier: BSD-3-Clause
// How a packet with other readers is rewritten without touching what they read:
//
//   before   m:  [ header | payload ] -> [ more ]      other readers hold m as well
//   after        [ header' ] -> [ payload ] -> [ more ]
//                 private        indirect       the caller's reference, moved over
//
// Only the segment in which the copied bytes end needs an indirect mbuf. The segments behind it are
// the same for every reader, so the caller's references to them go to the new packet as they are.
// The caller's references to the segments before are given back.
#include "packet/packet.h"

#include <stdbool.h>

#include <rte_common.h>

#include "packet/copy.h"
#include "packet/count.h"
#include "packet/reference.h"

struct label_set copy_sites;

static struct label header_rewrite = {
    .name = "header_rewrite",
    .help = "headers copied to be rewritten, the packet being shared",
};
static struct label short_frame = {
    .name = "short_frame",
    .help = "short frames copied whole to be rewritten, being shared",
};

RTE_INIT(packet_register_copy_sites)
{
  label_register(&copy_sites, &header_rewrite);
  label_register(&copy_sites, &short_frame);
}

struct rte_mbuf *packet_copy_whole(struct rte_mbuf *m, struct rte_mempool *pool)
{
  struct rte_mbuf *copy = rte_pktmbuf_copy(m, pool, 0, rte_pktmbuf_pkt_len(m));
  if (copy != NULL)
    rte_pktmbuf_free(m);
  return copy;
}

// Gives back the caller's references to the segments from `m` up to and without `end`.
static void release_segments(struct rte_mbuf *m, const struct rte_mbuf *end)
{
  while (m != end) {
    struct rte_mbuf *next = m->next;
    rte_pktmbuf_free_seg(m);
    m = next;
  }
}

struct rte_mbuf *packet_copy_header(struct rte_mbuf *m, uint16_t length,
                                    struct rte_mempool *headers)
{
  struct rte_mbuf *header = rte_pktmbuf_copy(m, headers, 0, length);
  if (header == NULL)
    return NULL;

  struct rte_mbuf *last = m; // the segment in which the copied bytes end
  uint16_t offset = length;  // and where in it
  uint16_t n_before = 0;
  for (; offset > last->data_len; last = last->next, n_before++)
    offset -= last->data_len;

  struct rte_mbuf *behind = last->next;
  header->pkt_len = m->pkt_len;
  header->nb_segs = m->nb_segs - n_before; // `header` stands in for `last`
  header->next = behind;
  if (offset < last->data_len) {
    struct rte_mbuf *rest = segment_reference(last, offset, last->data_len - offset, headers);
    if (rest == NULL) {
      header->next = NULL; // what is behind it still belongs to `m`
      header->nb_segs = 1;
      rte_pktmbuf_free(header);
      return NULL;
    }
    rest->next = behind;
    header->next = rest;
    header->nb_segs++;
  }
  release_segments(m, behind);
  return header;
}

static void count_copy(struct copier *copier, const struct label *site, uint32_t bytes)
{
  struct copy_count *count = &copier->copied[site->id];
  count_add(&count->packets, 1);
  count_add(&count->bytes, bytes);
}

struct rte_mbuf *packet_writable_copy(struct rte_mbuf *m, uint16_t length, struct copier *copier)
{
  uint32_t frame_length = rte_pktmbuf_pkt_len(m);
  if (length == 0 || length > PACKET_HEADER_MAX || length > frame_length)
    return NULL;

  bool whole = frame_length <= PACKET_SHORT_MAX;
  struct rte_mbuf *copy = whole ? packet_copy_whole(m, copier->headers)
                                : packet_copy_header(m, length, copier->headers);
  if (copy != NULL)
    count_copy(copier, whole ? &short_frame : &header_rewrite, whole ? frame_length : length);
  return copy;
}

struct rte_mbuf *packet_copied(struct rte_mbuf *m, struct copier *copier, const struct label *site)
{
  uint32_t length = rte_pktmbuf_pkt_len(m);
  struct rte_mbuf *copy = packet_copy_whole(m, copier->frames);
  if (copy != NULL)
    count_copy(copier, site, length);
  return copy;
}
