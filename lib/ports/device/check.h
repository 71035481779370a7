// SPDX-License-Identifier: BSD-3-Clause
// What is wrong with the devices of a configuration, as far as their words tell: drivers that there
// are not, interfaces that are missing or named twice, names that the kernel would cut short.
#ifndef PORTS_DEVICE_CHECK_H
#define PORTS_DEVICE_CHECK_H

#include "config/config.h"

#ifdef __cplusplus
extern "C" {
#endif

// Adds an error, with its place, for each port whose device cannot have been meant so.
void devices_check(const struct config *config, struct config_errors *errors);

#ifdef __cplusplus
}
#endif
#endif
