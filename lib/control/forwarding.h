// SPDX-License-Identifier: BSD-3-Clause
// Makes what the configuration's `forward` and `rules` come to (features/forwarding.h), by asking
// every feature.
#ifndef CONTROL_FORWARDING_H
#define CONTROL_FORWARDING_H

#include "features/forwarding.h"

#ifdef __cplusplus
extern "C" {
#endif

// The kinds that the stages of this build give to `forward`, for config_load. Never freed.
const struct config_kind *forward_kinds(size_t *n);

// `config` as loaded with forward_kinds. `exact`: whoever waits does so for readers and redirects,
// too.
void forwarding_make(struct forwarding *forwarding, const struct config *config, bool exact);

// A stage that no configuration names.
struct trailing_stage {
  const struct stage_type *type;
  const void *data; // for struct stage; must outlive the forwarding
};

// Has the stages run on every port behind those of `forward`, in this order: so a verdict of theirs
// is the last word. They send nowhere by themselves: their reach is empty. Returns 0, or -E2BIG
// where a port would have more than STAGES_MAX, and then nothing has changed.
int forwarding_append(struct forwarding *forwarding, const struct trailing_stage *trailing,
                      unsigned n);

#ifdef __cplusplus
}
#endif
#endif
