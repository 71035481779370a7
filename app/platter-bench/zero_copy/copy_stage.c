// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/copy_stage.h"

#include "packet/packet.h"

DROP_REASON(no_copy_mbuf, "no_copy_mbuf", "no mbuf left for a copy that was to be measured");

struct label copy_site_hand_over = {
    .name = "hand_over",
    .help = "whole packets copied to measure what that costs",
};

__attribute__((constructor)) static void register_site(void)
{
  label_register(&copy_sites, &copy_site_hand_over);
}

// One packet's copies one after the other, not one copy of all packets after the other: so each is
// made from bytes that have just been written. That is as cheap as copying gets.
static void copy_one(struct burst *b, unsigned i, unsigned copies)
{
  for (unsigned c = 0; c < copies; c++) {
    struct rte_mbuf *copy = packet_copied(b->packet[i], b->copier, &copy_site_hand_over);
    if (copy == NULL) {
      burst_drop(b, i, &no_copy_mbuf);
      return;
    }
    b->packet[i] = copy;
  }
}

static void copy_run(const struct stage *stage, struct burst *b)
{
  const struct copy_stage *data = stage->data;
  unsigned copies = __atomic_load_n(&data->copies, __ATOMIC_RELAXED);
  for (unsigned i = 0; copies > 0 && i < b->count; i++)
    if (burst_verdict(b, i) != 0)
      copy_one(b, i, copies);
}

static portset copy_reach(const unsigned *ports, unsigned n, unsigned i)
{
  return 0;
}

const struct stage_type copy_stage = {
    .name = "copy",
    .help = "copies every packet, to measure what that costs",
    .min_ports = 1,
    .max_ports = PORTS_MAX,
    .waits = true,
    .reach = copy_reach,
    .run = copy_run,
};
