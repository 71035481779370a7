// SPDX-License-Identifier: BSD-3-Clause
// The rows of features that have settings: one word for each.
#include "features/feature.h"

#include <string.h>

extern const struct feature bridge_feature, wire_feature;

static const struct feature *const rows[] = {&bridge_feature, &wire_feature};

const struct config_settings *feature_settings(const char *name)
{
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    if (strcmp(rows[i]->name, name) == 0)
      return &rows[i]->settings;
  return NULL;
}
