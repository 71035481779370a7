// SPDX-License-Identifier: BSD-3-Clause
// Searches with the instrument's trials: what lies between the search (search/search.h), which
// knows no device, and the device.
#ifndef BENCH_THROUGHPUT_SEEK_H
#define BENCH_THROUGHPUT_SEEK_H

#include "throughput/measuring.h"

// All goals, once; goals of different trial durations take a search each (RFC 9971, section 6.5.2).
// Adds to outcome->finding. Returns 0, or -errno and a sentence.
int seek_goals(struct measuring *measuring);

// How the device loses from what the generator can offer down (RFC 2544, section 26.3). Fills
// outcome->curve. Returns as above.
int seek_curve(struct measuring *measuring);

// Seconds that all searches for the goals take on a device of known behaviour: roughly what it
// takes on others.
double seek_seconds(const struct throughput_options *options);

#endif
