// SPDX-License-Identifier: BSD-3-Clause
#include "control/circling.h"

#include "packet/count.h"

enum {
  LEAST_SAMPLES = 8, // 2,000 bursts a second: what circles is faster
  LEAST_LOOKS = 2,
};

void circling_note(struct circling *c, uint64_t samples, uint64_t again)
{
  uint64_t n = samples - c->samples, repeats = again - c->again;
  c->samples = samples;
  c->again = again;
  c->running = n >= LEAST_SAMPLES && 2 * repeats > n ? c->running + 1 : 0;
  c->seconds += c->running >= LEAST_LOOKS;
}

void circling_look(struct circling circling[CONFIG_PORTS_MAX], const struct datapath *datapath,
                   unsigned n_ports)
{
  uint64_t samples[CONFIG_PORTS_MAX] = {0}, again[CONFIG_PORTS_MAX] = {0};
  for (unsigned w = 0; w < datapath->n_workers; w++) {
    const struct worker *worker = datapath->worker[w];
    for (unsigned i = 0; i < worker->n_receive; i++) {
      samples[worker->receive[i].port] += count_read(&worker->repeats[i].samples);
      again[worker->receive[i].port] += count_read(&worker->repeats[i].again);
    }
  }
  for (unsigned p = 0; p < n_ports; p++)
    circling_note(&circling[p], samples[p], again[p]);
}
