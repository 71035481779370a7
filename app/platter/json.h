// SPDX-License-Identifier: BSD-3-Clause
#ifndef PLATTER_JSON_H
#define PLATTER_JSON_H

#include <jansson.h>

#include "control/status.h"

// The summary as a JSON object; the caller releases it with json_decref. NULL where memory is out.
json_t *json_summary(const struct status *status);

#endif
