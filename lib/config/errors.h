// SPDX-License-Identifier: BSD-3-Clause
#ifndef CONFIG_ERRORS_H
#define CONFIG_ERRORS_H

#include "config/config.h"

// Sorts the errors from number `first` on by their places.
void config_errors_sort(struct config_errors *errors, size_t first);

#endif
