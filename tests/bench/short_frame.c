// SPDX-License-Identifier: BSD-3-Clause
// From which frame length on is it cheaper to share a frame's bytes behind a private header than to
// copy all of them? Measures both ways of packet_writable in turn in one run and prints cycles per
// packet: median and, in brackets, the middle half of the repetitions. The method is that of
// app/platter-bench/zero_copy/short.h; the answer is PACKET_SHORT_MAX in lib/packet/copy.h.
//
// Three working sets, for a frame may come from anywhere: a few frames that stay in the
// second-level cache, some that stay in the last-level cache (where a NIC that writes into the
// cache puts them), and more than that. EAL arguments may be given, such as --no-huge.
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_eal.h>

#include "report/stats.h"
#include "zero_copy/short.h"

enum {
  WARM_FRAMES = 255,   // 0.6 MB
  NEAR_FRAMES = 4095,  // 10 MB
  COLD_FRAMES = 32767, // 80 MB
  REPETITIONS = 31,
};

static void measure_length(struct rte_mempool *frames, struct rte_mempool *headers, uint16_t length)
{
  struct samples cycles[SHORT_WAYS] = {0};
  for (int repetition = -1; repetition < REPETITIONS; repetition++) {
    for (int way = 0; way < SHORT_WAYS; way++) {
      double took = short_cycles(way, frames, headers, length);
      if (took < 0)
        rte_exit(EXIT_FAILURE, "no mbufs left\n");
      if (repetition >= 0) // the first round warms up
        samples_add(&cycles[way], took);
    }
  }
  printf("%6u", length);
  for (int way = 0; way < SHORT_WAYS; way++) {
    struct spread spread = samples_spread(&cycles[way]);
    printf("   %5.0f [%5.0f %5.0f]", spread.median, spread.low, spread.high);
  }
  printf("\n");
}

static void measure_frames(const char *name, unsigned n_frames, struct rte_mempool *headers)
{
  struct rte_mempool *frames = short_frames(name, n_frames);
  if (frames == NULL)
    rte_exit(EXIT_FAILURE, "no memory for %u frames\n", n_frames);
  printf("%s, %u frames: cycles per packet\nlength   whole copy            header and reference\n",
         name, n_frames);
  for (size_t i = 0; i < SHORT_LENGTHS; i++)
    measure_length(frames, headers, short_length[i]);
  rte_mempool_free(frames);
}

int main(int argc, char **argv)
{
  if (rte_eal_init(argc, argv) < 0)
    rte_exit(EXIT_FAILURE, "EAL does not start\n");
  struct rte_mempool *headers = short_headers();
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
