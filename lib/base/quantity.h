// SPDX-License-Identifier: BSD-3-Clause
// Numbers with a unit behind them: "100Mbit", "1.5MB", "2Mpps".
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct quantity_unit {
  const char *name; // NULL: end of the list
  double value;
};

extern const struct quantity_unit quantity_bits[];   // bit, kbit, Mbit, Gbit: powers of 1000
extern const struct quantity_unit quantity_frames[]; // pps, kpps, Mpps: powers of 1000
extern const struct quantity_unit quantity_bytes[];  // kB, MB, GB: powers of 1024
extern const struct quantity_unit quantity_plain[];  // no unit

// Digits with at most one point among them, then a unit; over 0. Nothing else: no sign, no
// exponent, no hexadecimal, all of which strtod would take. False: it is something else.
bool quantity_read(const char *text, const struct quantity_unit *units, double *value);

// A time as a person says it: "0.25 s", "12 s", "3 min 20 s", "2 h 5 min", "40 days 3 h".
void quantity_time(double seconds, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
