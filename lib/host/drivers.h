// SPDX-License-Identifier: BSD-3-Clause
// DPDK's drivers as files: what is installed, without loading it.
#ifndef HOST_DRIVERS_H
#define HOST_DRIVERS_H

#include <stdbool.h>

#include <jansson.h>

// The directory that EAL loads drivers from; "": it knows none.
const char *drivers_directory(void);

// What the files there say of themselves, one object each: see drivers.c. json_decref releases it.
// NULL: the directory cannot be read, or memory is out.
json_t *drivers_installed(void);

// Whether one of them drives a virtual device of this name ("net_tap0").
bool drivers_have(const json_t *drivers, const char *name);

// Whether one of them takes a PCI device by its numbers.
bool drivers_take(const json_t *drivers, unsigned vendor, unsigned id);

#endif
