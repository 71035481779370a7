// SPDX-License-Identifier: BSD-3-Clause
// RFC 6815: benchmarks are for isolated networks only. An interface that leads to everybody else is
// known by the default route.
#ifndef BENCH_THROUGHPUT_DEFAULT_ROUTE_H
#define BENCH_THROUGHPUT_DEFAULT_ROUTE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// Whether the kernel has a default route, IPv4 or IPv6, by this interface. `root` stands in front
// of /proc: "" but in tests.
bool default_route_by(const char *root, const char *interface);

#ifdef __cplusplus
}
#endif
#endif
