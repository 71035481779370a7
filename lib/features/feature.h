// SPDX-License-Identifier: BSD-3-Clause
// A feature is all about one kind of forwarding, in a folder of its own. It announces itself by its
// stage (datapath/stage.h) and, if it has settings, by one row, which its folder defines. No DPDK
// here.
#ifndef FEATURES_FEATURE_H
#define FEATURES_FEATURE_H

#include "config/config.h"

#ifdef __cplusplus
extern "C" {
#endif

struct feature {
  const char *name; // its key under `forward`, and its stage's name
  struct config_settings settings;
};

// How the feature of that name reads its settings; NULL: it has none, or there is no such feature.
const struct config_settings *feature_settings(const char *name);

#ifdef __cplusplus
}
#endif
#endif
