// SPDX-License-Identifier: BSD-3-Clause
// For programs: the summary, and how JSON is printed.
#ifndef PLATTER_JSON_H
#define PLATTER_JSON_H

#include <jansson.h>

#include "figures/status.h"

// Where a port's packets come from and go to, if not its device.
struct json_ends {
  bool files;                 // a replay's
  const char *input, *output; // NULL: none
};

// All figures (figures/figure.h) as a JSON object; the caller releases it with json_decref. `ends`
// by port. NULL where memory is out.
json_t *json_summary(const struct status *status, const struct json_ends *ends);

// Prints an object and releases it. False where it is NULL or cannot be written; lack of memory is
// said on stderr.
bool json_print(json_t *object);

#endif
