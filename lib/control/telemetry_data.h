// SPDX-License-Identifier: BSD-3-Clause
// What telemetry's replies are made of. What finds no memory is left out.
#ifndef CONTROL_TELEMETRY_DATA_H
#define CONTROL_TELEMETRY_DATA_H

#include <stdint.h>

#include <jansson.h>

void data_number(json_t *data, const char *name, int64_t value);

// At most 511 bytes.
void data_text(json_t *data, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The reply to what cannot be answered: {"error": …}. The caller owns it.
json_t *data_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
