// SPDX-License-Identifier: BSD-3-Clause
// What here.c asks of one port's device. Nobody but here.c includes this.
#ifndef PORTS_HERE_H
#define PORTS_HERE_H

#include <stddef.h>

#include <jansson.h>

#include "ports/device/device.h"

// Whether what stands below the device is there and allowed. `device`: its string. Returns 0, or
// -errno and a clause in `why` that says what to do.
int here_device_check(const char *device, const struct device_facts *facts, char *why, size_t size);

// Whether DPDK has a driver for it among those installed.
int here_driver_check(const struct device_facts *facts, const json_t *drivers, char *why,
                      size_t size);

#endif
