// SPDX-License-Identifier: BSD-3-Clause
// Whether this machine, as this process sees it, has what a configuration needs, asked without
// touching it: no EAL, no device opened, nothing made, removed or changed.
#ifndef CONTROL_HERE_H
#define CONTROL_HERE_H

#include "base/notes.h"
#include "config/config.h"

#ifdef __cplusplus
extern "C" {
#endif

// Adds an error, with its place where it stands in the file, for each thing that keeps a start from
// coming about: cores, devices, drivers, sockets, files, permissions, memory. Captures are read
// through, since memory depends on them. Adds to `warnings` what a start would warn of.
void here_check(const struct config *config, struct config_errors *errors, struct notes *warnings);

#ifdef __cplusplus
}
#endif
#endif
