// SPDX-License-Identifier: BSD-3-Clause
// What config.c and statics.c share. Nobody else includes this.
#ifndef FEATURES_BRIDGE_CONFIG_H
#define FEATURES_BRIDGE_CONFIG_H

#include "config/sections.h"

// `static` of a bridge, behind its `ports`. The field is a struct config_bridge.
bool bridge_statics_read(struct reader *reader, const struct option *option,
                         const struct document_node *node, void *field);

#endif
