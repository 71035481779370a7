// SPDX-License-Identifier: BSD-3-Clause
// From which frame length on is it cheaper to share a frame's bytes behind a private header than to
// copy all of them? Measures both ways of packet_writable on shared frames, in turn in one run, and
// prints cycles per packet: median and, in brackets, the middle half of the repetitions. The answer
// is PACKET_SHORT_MAX in lib/packet/copy.h.
//
// A packet's cost is what differs between the two ways: the private bytes, the release of the
// caller's reference, and then the freeing of both the copy and the other reader's reference.
//
// Three working sets, for a frame may come from anywhere: a few frames that stay in the
// second-level cache, some that stay in the last-level cache (where a NIC that writes into the
// cache puts them), and more than that. EAL arguments may be given, such as --no-huge.
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_mbuf.h>

#include "packet/copy.h"
#include "packet/packet.h"

enum {
  BURST = 64,
  WARM_FRAMES = 255,   // 0.6 MB
  NEAR_FRAMES = 4095,  // 10 MB
  COLD_FRAMES = 32767, // 80 MB
  FRAME_MAX = 2048,
  HEADER_LENGTH = 14, // an Ethernet header, which is what most rewrites touch
  REPETITIONS = 31,
  PACKETS = 64 * BURST, // in a repetition
};

typedef struct rte_mbuf *copy_function(struct rte_mbuf *m, struct rte_mempool *headers);

static struct rte_mbuf *copy_header(struct rte_mbuf *m, struct rte_mempool *headers)
{
  return packet_copy_header(m, HEADER_LENGTH, headers);
}

static copy_function *const ways[] = {packet_copy_whole, copy_header};
enum { N_WAYS = RTE_DIM(ways) };

// Cycles per packet of one way, over PACKETS frames of one length.
static double measure(copy_function *way, struct rte_mempool *frames, struct rte_mempool *headers,
                      uint16_t length)
{
  uint64_t cycles = 0;
  for (int done = 0; done < PACKETS; done += BURST) {
    struct rte_mbuf *frame[BURST];
    struct rte_mbuf *copy[BURST];
    if (rte_pktmbuf_alloc_bulk(frames, frame, BURST) != 0)
      rte_exit(EXIT_FAILURE, "no frames left\n");
    for (int i = 0; i < BURST; i++) {
      rte_pktmbuf_append(frame[i], length);
      rte_pktmbuf_refcnt_update(frame[i], 1); // the other reader
    }
    uint64_t start = rte_rdtsc_precise();
    for (int i = 0; i < BURST; i++) {
      copy[i] = way(frame[i], headers);
      if (copy[i] == NULL)
        rte_exit(EXIT_FAILURE, "no header mbufs left\n");
    }
    rte_pktmbuf_free_bulk(frame, BURST);
    rte_pktmbuf_free_bulk(copy, BURST);
    cycles += rte_rdtsc_precise() - start;
  }
  return (double)cycles / PACKETS;
}

static int compare_doubles(const void *a, const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure_length(struct rte_mempool *frames, struct rte_mempool *headers, uint16_t length)
{
  double result[N_WAYS][REPETITIONS];
  for (int repetition = -1; repetition < REPETITIONS; repetition++) {
    for (int way = 0; way < N_WAYS; way++) {
      double cycles = measure(ways[way], frames, headers, length);
      if (repetition >= 0) // the first round warms up
        result[way][repetition] = cycles;
    }
  }
  printf("%6u", length);
  for (int way = 0; way < N_WAYS; way++) {
    qsort(result[way], REPETITIONS, sizeof(double), compare_doubles);
    printf("   %5.0f [%5.0f %5.0f]", result[way][REPETITIONS / 2], result[way][REPETITIONS / 4],
           result[way][REPETITIONS * 3 / 4]);
  }
  printf("\n");
}

static void measure_frames(const char *name, unsigned n_frames, struct rte_mempool *headers)
{
  // Without a cache the pool is a queue: a frame comes round again after all the others.
  struct rte_mempool *frames = rte_pktmbuf_pool_create(
      name, n_frames, 0, 0, RTE_PKTMBUF_HEADROOM + FRAME_MAX, SOCKET_ID_ANY);
  if (frames == NULL)
    rte_exit(EXIT_FAILURE, "no memory for %u frames\n", n_frames);
  printf("%s, %u frames: cycles per packet\nlength   whole copy            header and reference\n",
         name, n_frames);
  static const uint16_t lengths[] = {64,  96,  128,  192,  256,  320, 384,
                                     512, 768, 1024, 1280, 1514, 2048};
  for (size_t i = 0; i < RTE_DIM(lengths); i++)
    measure_length(frames, headers, lengths[i]);
  rte_mempool_free(frames);
}

int main(int argc, char **argv)
{
  if (rte_eal_init(argc, argv) < 0)
    rte_exit(EXIT_FAILURE, "EAL does not start\n");
  struct rte_mempool *headers = rte_pktmbuf_pool_create(
      "headers", 1023, 256, 0, RTE_PKTMBUF_HEADROOM + FRAME_MAX, SOCKET_ID_ANY);
  if (headers == NULL)
    rte_exit(EXIT_FAILURE, "no memory for headers\n");
  printf("%.1f GHz, %s\n", (double)rte_get_tsc_hz() / 1e9,
         rte_eal_has_hugepages() ? "hugepages" : "no hugepages");
  measure_frames("warm", WARM_FRAMES, headers);
  measure_frames("near", NEAR_FRAMES, headers);
  measure_frames("cold", COLD_FRAMES, headers);
  rte_mempool_free(headers);
  rte_eal_cleanup();
  return EXIT_SUCCESS;
}
