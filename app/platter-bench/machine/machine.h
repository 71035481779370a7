// SPDX-License-Identifier: BSD-3-Clause
// What has to be known of a machine to judge figures that were measured on it:
//
//   { "cpu": "…", "system": "maker and product", "virtual": "KVM" | null (no),
//     "cores_online": "0-3", "cores_usable": "0-1", "cores_isolated": "", "siblings": ["0,2"],
//     "caches": [ { "level": 1, "type": "Data", "bytes": 32768, "instances": 2 } ],
//     "tsc_hz": 2600000000, "tsc_invariant": true, "governor": "performance" | "none to set" | …,
//     "kernel": "Linux 6.1.0 x86_64, #1 SMP …", "command_line": "…",
//     "numa_nodes": 1, "memory_bytes": n,
//     "hugepages": [ { "bytes": 2097152, "total": 512, "free": 512 } ],
//     "load": 0.1, "seconds": 12.3, "steal": 0.001, "others": 0.002 }
//
// "siblings" are hardware threads of one core, "load" is the average of the minute before the
// start. The last three are there from machine_end on: how long it took, and the shares of all
// cores' time that the hypervisor gave to others and that other programs of this machine ran for.
// What a machine does not say is null.
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

// Files are read below `root`: "" but in tests.
json_t *machine_new(const char *root);
void machine_end(json_t *machine, const char *root);

// What in this machine makes the figures less certain, or worse than they could be: a new array of
// sentences.
json_t *machine_warnings(const json_t *machine);

// How many CPUs a list as the kernel writes it has: "0-3,8" has 5.
unsigned machine_count(const char *list);

#ifdef __cplusplus
}
#endif
#endif
