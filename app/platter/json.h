// SPDX-License-Identifier: BSD-3-Clause
// For programs: the summary, and what its parts share with others.
#ifndef PLATTER_JSON_H
#define PLATTER_JSON_H

#include <jansson.h>

#include "control/status.h"

// What stands beside a port's figures: where its packets come from and go to.
struct json_ends {
  const char *device;         // whole, as in the configuration; NULL: a replay, which has
  const char *input, *output; // files instead; NULL: none
};

// The summary as a JSON object; the caller releases it with json_decref. `ends` by port. NULL where
// memory is out.
json_t *json_summary(const struct status *status, const struct layout *layout,
                     const struct json_ends *ends);

// All of a worker's queues, each as "PORT/QUEUE". NULL where memory is out.
json_t *json_queues(const struct layout *layout, const struct layout_queue *queue, unsigned n);

// Prints an object and releases it. False where it is NULL or cannot be written; lack of memory is
// said on stderr.
bool json_print(json_t *object);

#endif
